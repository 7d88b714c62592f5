//! `explain`: the ledger in words.

use std::process::ExitCode;

use super::cli::Options;
use super::{FAILED, WRONG, complain, print, serve};
use crate::ledger;

/// Explains an alert, or what went wrong lately.
#[must_use]
pub fn run(options: &Options, what: Option<&str>) -> ExitCode {
    let config = match serve::source(options).read() {
        Ok(config) => config,
        Err(error) => {
            complain(error.as_ref());
            return WRONG.into();
        }
    };
    let told = match what {
        Some(what) => ledger::explain(&config.state_dir, what),
        None => ledger::troubles(&config.state_dir).map(Some),
    };
    match told {
        Ok(Some(text)) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Ok(None) => {
            print(&format!(
                "the ledger knows no fingerprint, alertname or delivery id like this: {}\n",
                what.unwrap_or_default()
            ));
            FAILED.into()
        }
        Err(failure) => {
            complain(&failure);
            FAILED.into()
        }
    }
}
