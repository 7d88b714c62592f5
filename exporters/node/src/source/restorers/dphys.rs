//! `dphys-swapfile`: a service that makes a swap file and turns it on, unless its size is set to 0.

use gjallarhorn_service::Failure;

use super::{Place, SETTINGS_LIMIT};
use crate::parse::shell::variable;
use crate::restore::{Brings, Cause};
use crate::source::root::absent_is;
use crate::words::Restorer;

pub(super) const UNIT: &str = "dphys-swapfile.service";
const SETTINGS: &str = "etc/dphys-swapfile";
const DEFAULT_FILE: &str = "/var/swap";

pub(super) fn look(place: &Place<'_>) -> Result<Vec<Cause>, Failure> {
    let Some(file) = place.systemd()?.starts_service(UNIT)? else { return Ok(Vec::new()) };
    let settings = absent_is(String::new(), place.root.text(SETTINGS, SETTINGS_LIMIT))?;
    if variable(&settings, "CONF_SWAPSIZE") == Some("0") {
        return Ok(Vec::new());
    }
    let path = variable(&settings, "CONF_SWAPFILE").filter(|path| path.starts_with('/')).unwrap_or(DEFAULT_FILE);
    Ok(vec![Cause { by: Restorer::DphysSwapfile, brings: Brings::Device(path.to_owned()), file }])
}
