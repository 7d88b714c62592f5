//! Whether a host conforms.

use crate::parse::names;
use crate::parse::swaps::Swaps;
use crate::source::names::Node;
use crate::words::Check;

use super::Causes;

/// What is known of the host at one moment; `None` is not known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Which swap is on.
    pub swaps: Option<&'a Swaps>,
    /// What turns swap on at boot.
    pub causes: Option<&'a Causes>,
    /// The kernel's hostname.
    pub hostname: Option<&'a str>,
    /// The name in `/etc/hostname`.
    pub etc_hostname: Option<&'a str>,
    /// How the Kubernetes node comes by its name; `None` also where the host is no node.
    pub node: Option<&'a Node>,
    /// Whether memory of control groups can be limited.
    pub memory_cgroup: Option<bool>,
    /// Bytes of a page of memory.
    pub page_size: Option<u64>,
    /// Bytes that a page should have, by the configuration.
    pub expected_page_size: Option<u64>,
    /// Whether the kernel is a 64-bit one.
    pub is_64bit: Option<bool>,
    /// Seconds since 1970 at which the kernel started.
    pub boot_time: Option<u64>,
    /// The short hash of the machine-id.
    pub machine_id_hash: Option<&'a str>,
}

impl Seen<'_> {
    /// The name of the Kubernetes node.
    #[must_use]
    pub fn node_name(&self) -> Option<String> {
        match self.node? {
            Node::Configured(name) | Node::Overridden(name) => Some(name.clone()),
            Node::Hostname => self.host_name().map(str::to_lowercase),
        }
    }

    /// The name of the host: the kernel's, or where that cannot be seen the one in `/etc/hostname`.
    #[must_use]
    pub fn host_name(&self) -> Option<&str> {
        self.hostname.or(self.etc_hostname)
    }
}

/// Every check and its outcome, in the order of the words.
#[must_use]
pub fn evaluate(seen: &Seen<'_>) -> Vec<(Check, Option<bool>)> {
    Check::ALL.iter().map(|check| (*check, outcome(*check, seen))).collect()
}

fn outcome(check: Check, seen: &Seen<'_>) -> Option<bool> {
    match check {
        Check::SwapOff => seen.swaps.map(Swaps::is_off),
        Check::SwapStaysOff => seen.causes.and_then(stays_off),
        Check::HostnameFile => Some(seen.hostname? == seen.etc_hostname?),
        Check::HostnameNode => Some(seen.host_name()? == seen.node_name()?),
        Check::HostnameValid => seen.host_name().map(|name| names::complaint(name).is_none()),
        Check::CgroupMemory => seen.memory_cgroup,
        Check::PageSizeExpected => Some(seen.page_size? == seen.expected_page_size?),
        Check::Kernel64bit => seen.is_64bit,
    }
}

/// One that was found is enough to say that swap returns; that it does not may be said only if everybody was looked for.
fn stays_off(causes: &Causes) -> Option<bool> {
    match (causes.found.is_empty(), causes.complete) {
        (false, _) => Some(false),
        (true, true) => Some(true),
        (true, false) => None,
    }
}
