//! Whatever turns swap on at boot, each looked for by itself: one that cannot be read hides no other.
//!
//! Adding one is a word of [`Restorer`], and a line in [`LOOKS`]; a service of a package is only a line in [`services`].
//! What it *will* do counts, not what it did at the last boot: settings, not the units that generators left in `/run`.

mod dphys;
mod fstab;
mod gpt_auto;
mod rpi_swap;
mod services;
mod settings;
mod swap_unit;
mod zram_generator;

use gjallarhorn_service::{Failure, failure};

use super::root::Root;
use super::systemd::{Systemd, is_masked};
use crate::parse::cmdline::Switches;
use crate::parse::unit;
use crate::restore::Cause;
use crate::words::Restorer;

#[cfg(test)]
mod tests;

/// A settings file of a person.
const SETTINGS_LIMIT: usize = 64 * 1024;
/// The kernel keeps no more.
const CMDLINE_LIMIT: usize = 16 * 1024;

/// One restorer, and what it will do at the next boot: nothing, or one cause for each device.
#[derive(Debug)]
pub struct Finding {
    /// Who.
    pub by: Restorer,
    /// What it will do.
    pub causes: Result<Vec<Cause>, Failure>,
}

/// What a look at one restorer is given.
struct Place<'r> {
    root: &'r Root,
    systemd: Result<Systemd<'r>, Failure>,
    switches: Switches,
}

type Look = fn(&Place<'_>) -> Result<Vec<Cause>, Failure>;

const LOOKS: &[(Restorer, Look)] = &[
    (Restorer::DphysSwapfile, dphys::look),
    (Restorer::RpiSwap, rpi_swap::look),
    (Restorer::ZramConfig, |place| services::look(place, Restorer::ZramConfig)),
    (Restorer::ZramTools, |place| services::look(place, Restorer::ZramTools)),
    (Restorer::ZramGenerator, zram_generator::look),
    (Restorer::Fstab, fstab::look),
    (Restorer::SwapUnit, swap_unit::look),
    (Restorer::GptAuto, gpt_auto::look),
    (Restorer::Swapspace, |place| services::look(place, Restorer::Swapspace)),
    (Restorer::Service, services::look_at_own),
];

/// Looks for each restorer.
#[must_use]
pub fn look(root: &Root) -> Vec<Finding> {
    let switches = root.text("proc/cmdline", CMDLINE_LIMIT).map(|text| Switches::parse(&text)).unwrap_or_default();
    let place = Place { root, systemd: Systemd::read(root), switches };
    LOOKS.iter().map(|(by, look)| Finding { by: *by, causes: look(&place) }).collect()
}

impl<'r> Place<'r> {
    /// What systemd will start.
    fn systemd(&self) -> Result<&Systemd<'r>, Failure> {
        self.systemd.as_ref().map_err(again)
    }

    /// Whether the swap unit of a path can be started: neither it nor the target that wants it is masked.
    fn can_start(&self, path: &str) -> Result<bool, Failure> {
        Ok(!is_masked(self.root, "swap.target")? && !is_masked(self.root, &unit::of_path(path))?)
    }

    /// The same for a device that zram-generator sets up.
    fn can_set_up(&self, zram: &str) -> Result<bool, Failure> {
        let service = format!("systemd-zram-setup@{zram}.service");
        Ok(self.can_start(&format!("/dev/{zram}"))? && !is_masked(self.root, &service)?)
    }
}

/// The same failure, once more.
pub(crate) fn again(failure: &Failure) -> Failure {
    let copy = Failure::new(failure.kind, failure.doing, failure.what.clone());
    match &failure.source {
        Some(source) => copy.because(failure::chain(source.as_ref())),
        None => copy,
    }
}
