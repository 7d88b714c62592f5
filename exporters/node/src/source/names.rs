//! The names under which the host is known, and the identity of its disk.

use gjallarhorn_service::Failure;

use super::kernel::malformed;
use super::root::{Root, absent_is};
use crate::parse::{Malformed, kubelet, machine_id, names};

/// One word.
const WORD_LIMIT: usize = 4096;
/// A file of arguments.
const ARGUMENTS_LIMIT: usize = 64 * 1024;
/// The arguments of MicroK8s' kubelet.
pub const KUBELET: &str = "var/snap/microk8s/current/args/kubelet";

/// What was read, each by itself.
#[derive(Debug)]
pub struct Names {
    /// The name in `/etc/hostname`.
    pub file: Result<String, Failure>,
    /// The name of the Kubernetes node; `None` if nothing says that this host is one.
    pub node: Result<Option<Node>, Failure>,
    /// The short hash of the machine-id.
    pub machine_id: Result<String, Failure>,
}

/// How a Kubernetes node comes by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// The configuration of this program says so.
    Configured(String),
    /// The kubelet is told so.
    Overridden(String),
    /// The kubelet takes the hostname in lower case.
    Hostname,
}

impl Names {
    /// Reads all of them; `configured` is the node's name if the configuration gives it.
    #[must_use]
    pub fn read(root: &Root, configured: Option<&str>) -> Names {
        Names { file: file(root), node: node(root, configured), machine_id: machine_id(root) }
    }
}

fn file(root: &Root) -> Result<String, Failure> {
    root.is_of_host()?;
    let path = "etc/hostname";
    let text = root.text(path, WORD_LIMIT)?;
    let name = names::of_file(&text).ok_or_else(|| malformed(path, Malformed::new("a name", &text)))?;
    Ok(name.to_owned())
}

fn node(root: &Root, configured: Option<&str>) -> Result<Option<Node>, Failure> {
    if let Some(name) = configured {
        return Ok(Some(Node::Configured(name.to_owned())));
    }
    root.is_of_host()?;
    let Some(text) = absent_is(None, root.text(KUBELET, ARGUMENTS_LIMIT).map(Some))? else { return Ok(None) };
    let name = kubelet::hostname_override(&text).map_err(|error| malformed(KUBELET, error))?;
    Ok(Some(name.map_or(Node::Hostname, Node::Overridden)))
}

fn machine_id(root: &Root) -> Result<String, Failure> {
    root.is_of_host()?;
    let path = "etc/machine-id";
    machine_id::short_hash(&root.text(path, WORD_LIMIT)?).map_err(|error| malformed(path, error))
}
