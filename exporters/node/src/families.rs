//! The family table of the node role: every name, help, type, unit and label it can say.
//!
//! "No sample" means that a check does not apply here or that its source could not be read; it is never written as 0 or 1.
//! Which source, and why, is told by `gjallarhorn_source_state{role="node"}`.

use gjallarhorn_metrics::families;

use crate::words::{Check, Kind, Restorer};

/// Who brings a device back, or that nobody is known who does: it was turned on by hand, or by something we do not know.
const BROUGHT_BY: &[&str] = &const {
    let mut words = [UNKNOWN; Restorer::WORDS.len() + 1];
    let mut at = 0;
    while at < Restorer::WORDS.len() {
        words[at] = Restorer::WORDS[at];
        at += 1;
    }
    words
};

/// No restorer is known for a device.
pub const UNKNOWN: &str = "unknown";

families! {
    /// 1 if the host conforms, 0 if it does not. No sample of a check that does not apply, that the configuration leaves
    /// out, or whose source could not be read.
    pub OK = gauge "node_conformity_ok" None [check: Check::WORDS];
    /// What the checks saw: the kernel's hostname, the one in /etc/hostname, the Kubernetes node's, bytes of a memory page, a
    /// hash of the machine-id by which cloned systems are found. Empty is not known.
    pub INFO = gauge "node_conformity_info" None [hostname, etc_hostname, node, page_size, machine_id_hash];
    /// When the kernel started, by the clock of the host.
    pub BOOT_TIMESTAMP = gauge "node_conformity_boot_timestamp_seconds" Seconds [];

    /// Size of a swap device that is on. No series while none is.
    pub SWAP_SIZE_BYTES = gauge "node_conformity_swap_size_bytes" Bytes [device, kind: Kind::WORDS];
    /// Used part of a swap device that is on.
    pub SWAP_USED_BYTES = gauge "node_conformity_swap_used_bytes" Bytes [device, kind: Kind::WORDS];
    /// 1 for each swap device that is on: who brings it back, `unknown` if nobody was found who does. No series while it
    /// could not be looked for.
    pub SWAP_DEVICE_INFO = gauge "node_conformity_swap_device_info" None [device, kind: Kind::WORDS, by: BROUGHT_BY];
    /// How often swap was turned on since the exporter started: from no device to at least one.
    pub SWAP_ACTIVATIONS = counter "node_conformity_swap_activations_total" None [];
    /// 1 for each thing that turns swap on at boot, whether swap is on now or not: who, which file says so, and which
    /// device it brings (empty if that cannot be told from files).
    pub SWAP_RESTORER = gauge "node_conformity_swap_restorer" None [by: Restorer::WORDS, device, file];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_good() {
        let findings = gjallarhorn_metrics::lint::tables(&[TABLE]);
        assert!(findings.is_empty(), "{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }

    #[test]
    fn a_device_may_be_brought_by_every_restorer_or_by_none_that_is_known() {
        assert!(Restorer::WORDS.iter().all(|word| BROUGHT_BY.contains(word)));
        assert_eq!(BROUGHT_BY.last(), Some(&UNKNOWN));
    }
}
