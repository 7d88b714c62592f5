//! Services that turn swap on: those of known packages, and those that somebody wrote on this host.

use gjallarhorn_service::Failure;

use super::{Place, SETTINGS_LIMIT, dphys};
use crate::parse::shell::variable;
use crate::restore::{Brings, Cause};
use crate::source::root::absent_is;
use crate::source::systemd;
use crate::words::{Kind, Restorer};

/// A service of a package.
struct Known {
    by: Restorer,
    unit: &'static str,
    brings: Brings,
    /// A settings file and the variables that turn it off when they are `false`.
    settings: Option<(&'static str, &'static [&'static str])>,
}

const KNOWN: &[Known] = &[
    zram(Restorer::ZramConfig, "zram-config.service", None),
    zram(
        Restorer::ZramConfig,
        "armbian-zram-config.service",
        Some(("etc/default/armbian-zram-config", &["ENABLED", "SWAP"])),
    ),
    zram(Restorer::ZramConfig, "zram-swap.service", None),
    zram(Restorer::ZramConfig, "nvzramconfig.service", None),
    zram(Restorer::ZramTools, "zramswap.service", None),
    Known { by: Restorer::Swapspace, unit: "swapspace.service", brings: Brings::Some(Kind::File), settings: None },
];

const fn zram(by: Restorer, unit: &'static str, settings: Option<(&'static str, &'static [&'static str])>) -> Known {
    Known { by, unit, brings: Brings::Some(Kind::Zram), settings }
}

/// The services of one package.
pub(super) fn look(place: &Place<'_>, by: Restorer) -> Result<Vec<Cause>, Failure> {
    let mut causes = Vec::new();
    for known in KNOWN.iter().filter(|known| known.by == by) {
        if let Some(file) = place.systemd()?.starts_service(known.unit)?
            && !is_off(place, known)?
        {
            causes.push(Cause { by, brings: known.brings.clone(), file });
        }
    }
    Ok(causes)
}

fn is_off(place: &Place<'_>, known: &Known) -> Result<bool, Failure> {
    let Some((file, variables)) = known.settings else { return Ok(false) };
    let text = absent_is(String::new(), place.root.text(file, SETTINGS_LIMIT))?;
    Ok(variables.iter().any(|name| variable(&text, name) == Some("false")))
}

/// Services in `/etc/systemd/system` that start at boot and call `swapon`.
pub(super) fn look_at_own(place: &Place<'_>) -> Result<Vec<Cause>, Failure> {
    let known = |unit: &str| unit == dphys::UNIT || KNOWN.iter().any(|known| known.unit == unit);
    let mut causes = Vec::new();
    for (unit, _) in place.systemd()?.starts(|unit| unit.ends_with(".service") && !known(unit))? {
        let own = systemd::file(place.root, &unit)?.filter(|file| file.starts_with("etc/"));
        if let Some(file) = own
            && calls_swapon(&absent_is(Vec::new(), place.root.read(&file, SETTINGS_LIMIT))?)
        {
            causes.push(Cause { by: Restorer::Service, brings: Brings::Anything, file: format!("/{file}") });
        }
    }
    Ok(causes)
}

fn calls_swapon(unit: &[u8]) -> bool {
    let text = String::from_utf8_lossy(unit);
    text.lines().any(|line| line.trim_start().starts_with("Exec") && line.contains("swapon"))
}
