//! What the binary needs to know of the role; one line of its registry names this module.

use std::path::Path;
use std::sync::Arc;

use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::{Failure, FailureKind};

pub use crate::config::Config;
pub use crate::families::TABLE;
use crate::role::Quorum;
use crate::source::microk8s::Microk8s;

/// What the role watches.
pub const ABOUT: &str = "Whether the cluster's store survives one more failure, and which node may be stopped.";

/// Where the role listens when it is served alone.
pub const PORT: u16 = 19137;

/// What the machine below `root` has of MicroK8s, in words.
///
/// # Errors
/// `absent` if there is none; `denied` with the command that grants it.
pub fn look(root: &Path) -> Result<String, Failure> {
    let microk8s = Microk8s::new(root);
    microk8s.present()?;
    let version = microk8s.snap().map_or_else(|_| "of unknown version".to_owned(), |snap| snap.version);
    let info = microk8s.info()?;
    Ok(match microk8s.table().map(|table| table.members.len()) {
        Ok(count) => format!("MicroK8s {version}, member {} of a cluster of {count}", info.address),
        Err(_) => format!("MicroK8s {version}, member {}", info.address),
    })
}

/// The role, ready to run. It keeps nothing over a restart.
///
/// # Errors
/// The system gives no event queue for the wire client.
pub fn build(config: &Config, root: &Path, _state: &Path, health: &Health) -> Result<Arc<dyn Role>, Failure> {
    Ok(Arc::new(Quorum::new(config, root, health)))
}

/// The role has no child process.
///
/// # Errors
/// Always `unsupported`.
pub fn child(_arguments: &[String]) -> Result<(), Failure> {
    Err(Failure::new(FailureKind::Unsupported, "start", "a child of the quorum role, which has none"))
}
