//! What runs here and how warm it is, for the head of an explanation.
//!
//! By sysinfo, which reads below `/` and nowhere else, without a limit on bytes or time: so only of the machine's own root, and
//! only when a person asks, on the thread that explains. No sample is made of it.

use sysinfo::{Components, MemoryRefreshKind, RefreshKind, System};

use super::root::Root;

/// Colder and hotter is no temperature of a machine that runs, but the mark of a sensor that has none.
const BELIEVED: std::ops::RangeInclusive<f32> = 1.0..=150.0;

/// What is known of this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// `Debian GNU/Linux 12`.
    pub system: String,
    /// `6.1.0-45-amd64`.
    pub kernel: String,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// The warmest sensor and its °C; sensors that share a label are one to sysinfo.
    pub warmest: Option<(String, f32)>,
}

/// The facts of this machine; `None` for a recording, or for a host that is seen from a container.
#[must_use]
pub fn facts(root: &Root) -> Option<Facts> {
    if !root.is_own() || root.is_of_host().is_err() {
        return None;
    }
    let words = [System::name().ok(), System::os_version().ok()];
    Some(Facts {
        system: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
        kernel: System::kernel_version().unwrap_or_default(),
        memory: memory(),
        warmest: warmest(),
    })
}

fn memory() -> Option<u64> {
    let memory = MemoryRefreshKind::nothing().with_ram();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(memory)).ok()?;
    Some(system.total_memory()).filter(|bytes| *bytes > 0)
}

fn warmest() -> Option<(String, f32)> {
    let sensors = Components::new_with_refreshed_list().ok()?;
    let told = sensors.iter().filter_map(|one| Some((one.label().to_owned(), one.temperature()?)));
    told.filter(|(_, celsius)| BELIEVED.contains(celsius)).max_by(|(_, one), (_, other)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::tests::recorded;

    #[test]
    fn of_a_recording_there_are_none() {
        assert_eq!(facts(&Root::new(&recorded("ubuntu"))), None);
    }

    #[test]
    fn of_this_machine_there_are_unless_it_is_a_container() {
        let root = Root::new(Path::new("/"));
        let facts = facts(&root);
        assert_eq!(facts.is_some(), root.is_of_host().is_ok());
        assert!(facts.is_none_or(|facts| !facts.kernel.is_empty() && facts.memory.is_some()));
    }
}
