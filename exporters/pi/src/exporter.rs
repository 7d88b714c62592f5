//! What the binary needs to know of the role; one line of its registry names this module.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::{Failure, FailureKind};

pub use crate::config::Config;
pub use crate::families::TABLE;
use crate::role::Pi;
use crate::source::doors;
use crate::source::firmware::Mailbox;
use crate::source::machine::Machine;

/// What the role watches.
pub const ABOUT: &str = "Heat, throttling, supply and fans of a Raspberry Pi.";

/// Where the role listens when it is served alone.
pub const PORT: u16 = 19135;

/// The verb that leads the binary to [`child`].
const CHILD_VERB: &str = "pi-child";

/// By what the machine below `root` is known as a Raspberry Pi, in words.
///
/// # Errors
/// `absent` if it is none.
pub fn look(root: &Path) -> Result<String, Failure> {
    Machine::new(root).sign()
}

/// The role, ready to run; starts the child that asks the firmware.
///
/// # Errors
/// The system gives no process.
pub fn build(config: &Config, root: &Path, state: &Path, health: &Health) -> Result<Arc<dyn Role>, Failure> {
    let lock = lock_file(state);
    let devices = config.devices.clone().unwrap_or_else(|| root.join("dev"));
    let mut arguments = vec![CHILD_VERB, word(&devices)?];
    if let Some(lock) = &lock {
        arguments.push(word(lock)?);
    }
    let mailbox = Mailbox::start(&arguments)?;
    Ok(Arc::new(Pi::new(config, root, health, Box::new(mailbox))))
}

/// The life of the child, given the arguments after its verb: the folder of the devices, and the lock file if there is one.
///
/// # Errors
/// As [`doors::serve`]; `malformed` if the arguments are others.
pub fn child(arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [devices] => doors::serve(Path::new(devices), None),
        [devices, lock] => doors::serve(Path::new(devices), Some(Path::new(lock))),
        _ => Err(Failure::new(FailureKind::Malformed, "start", CHILD_VERB)),
    }
}

/// The lock that keeps the child of a restarted program from asking while an older one is stuck. Where nothing can be
/// written there is no lock.
fn lock_file(state: &Path) -> Option<PathBuf> {
    let path = state.join("pi-child.lock");
    let made = fs::create_dir_all(state)
        .and_then(|()| fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path));
    match made {
        Ok(_) => Some(path),
        Err(error) => {
            tracing::warn!(folder = %state.display(), %error, "no lock can be held against an older child");
            None
        }
    }
}

fn word(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| Failure::new(FailureKind::Malformed, "use", path.display().to_string()))
}
