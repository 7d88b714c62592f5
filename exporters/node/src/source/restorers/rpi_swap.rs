//! `rpi-swap` of Raspberry Pi OS: a generator that makes swap unless its settings say `Mechanism=none`.

use gjallarhorn_service::Failure;

use super::Place;
use super::settings::Settings;
use crate::parse::rpi_swap::{Mechanism, mechanism};
use crate::restore::{Brings, Cause};
use crate::words::Restorer;

const GENERATOR: &str = "rpi-swap-generator";
/// swap.conf(5) of the package.
const FOLDERS: [&str; 4] = ["etc/rpi", "run/rpi", "usr/local/lib/rpi", "usr/lib/rpi"];

pub(super) fn look(place: &Place<'_>) -> Result<Vec<Cause>, Failure> {
    let Some(generator) = place.systemd()?.generator(GENERATOR)? else { return Ok(Vec::new()) };
    let settings = Settings::read(place.root, &FOLDERS, "swap.conf", |_| false)?;
    let (path, can_start) = match mechanism(&settings.merged()) {
        Mechanism::Off => return Ok(Vec::new()),
        Mechanism::Zram => ("/dev/zram0".to_owned(), place.can_set_up("zram0")?),
        Mechanism::File(path) => (path.clone(), place.can_start(&path)?),
    };
    // It makes swap by default: where no file says how, the generator itself says so.
    let file = settings.file_that(|ini| ini.get("Main", "Mechanism").is_some()).unwrap_or(&generator).to_owned();
    let cause = Cause { by: Restorer::RpiSwap, brings: Brings::Device(path), file };
    Ok(can_start.then_some(cause).into_iter().collect())
}
