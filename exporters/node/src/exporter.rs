//! What the binary needs to know of the role; one line of its registry names this module.

use std::path::Path;
use std::sync::Arc;

use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::{Failure, FailureKind, secret};

pub use crate::config::Config;
pub use crate::families::TABLE;
use crate::role::Node;
use crate::source::kernel;
use crate::source::root::Root;

/// What the role watches.
pub const ABOUT: &str = "Whether a host still is what it was set up to be: swap, names, control groups.";

/// Where the role listens when it is served alone.
pub const PORT: u16 = 19136;

/// What the machine below `root` has of swap, in words.
///
/// # Errors
/// `absent` if that is no Linux machine.
pub fn look(root: &Path) -> Result<String, Failure> {
    let swaps = kernel::swaps(&Root::new(root))?;
    Ok(match swaps.devices.as_slice() {
        _ if swaps.is_off() => "swap is off".into(),
        [device] => format!("swap is on ({})", device.path),
        devices => format!("swap is on ({} devices)", devices.len()),
    })
}

/// The role, ready to run. It remembers nothing over a restart.
///
/// # Errors
/// None.
pub fn build(config: &Config, root: &Path, _state: &Path, health: &Health) -> Result<Arc<dyn Role>, Failure> {
    Ok(Arc::new(Node::new(config, root, health, &secret::environment)))
}

/// The role has no child.
///
/// # Errors
/// Always `unsupported`.
pub fn child(_arguments: &[String]) -> Result<(), Failure> {
    Err(Failure::new(FailureKind::Unsupported, "start", "a child of the node role"))
}
