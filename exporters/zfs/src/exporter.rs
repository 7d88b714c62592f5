//! What the binary needs to know of the role; one line of its registry names this module.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::{Failure, FailureKind};
use gjallarhorn_zfs::source::kernel::{self, Kernel};
use gjallarhorn_zfs::source::machine::Machine;

pub use crate::config::Config;
pub use crate::families::TABLE;
use crate::role::Zfs;

/// What the role watches.
pub const ABOUT: &str = "What pools, their disks and their scrubs say.";

/// Where the role listens when it is served alone: the port of the exporter that most people know.
pub const PORT: u16 = 9134;

/// The verb that leads the binary to [`child`].
const CHILD_VERB: &str = "zfs-child";

/// What the machine below `root` has of ZFS, in words.
///
/// # Errors
/// `absent` if no module is loaded.
pub fn look(root: &Path) -> Result<String, Failure> {
    let machine = Machine::new(root);
    let pools = machine.pools()?;
    let version = machine.version().unwrap_or_else(|_| "of unknown version".into());
    Ok(match pools.len() {
        0 => format!("OpenZFS {version}, no pool"),
        1 => format!("OpenZFS {version}, 1 pool ({})", pools.join(", ")),
        count => format!("OpenZFS {version}, {count} pools ({})", pools.join(", ")),
    })
}

/// The role, ready to run; starts the child that asks the kernel.
///
/// # Errors
/// The system gives no process.
pub fn build(config: &Config, root: &Path, state: &Path, health: &Health) -> Result<Arc<dyn Role>, Failure> {
    let root_word = word(root)?;
    let lock = lock_file(state);
    let mut arguments = vec![CHILD_VERB, root_word];
    if let Some(lock) = &lock {
        arguments.push(word(lock)?);
    }
    let kernel = Kernel::start(&arguments)?;
    Ok(Arc::new(Zfs::new(config, root, state, health, Box::new(kernel))))
}

/// The life of the child, given the arguments after its verb: the root, and the lock file if there is one.
///
/// # Errors
/// As [`kernel::serve`]; `malformed` if the arguments are others.
pub fn child(arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [root] => kernel::serve(Path::new(root), None),
        [root, lock] => kernel::serve(Path::new(root), Some(Path::new(lock))),
        _ => Err(Failure::new(FailureKind::Malformed, "start", CHILD_VERB)),
    }
}

/// The lock that keeps the child of a restarted program from asking while an older one is stuck. Where nothing can be
/// remembered there is no lock either; one page for a person at a terminal does not need it.
fn lock_file(state: &Path) -> Option<PathBuf> {
    let path = state.join("zfs-child.lock");
    let made = fs::create_dir_all(state)
        .and_then(|()| fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path));
    match made {
        Ok(_) => Some(path),
        Err(error) => {
            tracing::warn!(folder = %state.display(), %error, "nothing can be remembered, and no lock can be held");
            None
        }
    }
}

fn word(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| Failure::new(FailureKind::Malformed, "use", path.display().to_string()))
}
