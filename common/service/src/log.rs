//! Logs: one line per event on standard error, logfmt or JSON.
//!
//! Writing a line can block: standard error may be a pipe to a journal whose disk is the very thing that hangs. So a
//! thread of its own writes, from a bounded queue; when the queue is full, lines are dropped and the next one that fits
//! says how many. Spans are not recorded: an event carries what it has to say.

use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Duration;

use tracing::span;
use tracing::{Event, Metadata, Subscriber};

pub use tracing::Level;

use crate::clock::Timestamp;

mod line;
mod queue;

use queue::Queue;

static QUEUE: OnceLock<Queue> = OnceLock::new();

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
    let _ = tracing::subscriber::set_global_default(Lines { level, format });
}

/// Waits until every line so far is written, at most `patience`: for the end of a program.
pub fn flush(patience: Duration) {
    if let Some(queue) = QUEUE.get() {
        queue.flush(patience);
    }
}

struct Lines {
    level: Level,
    format: Format,
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(self.level.into())
    }

    fn event(&self, event: &Event<'_>) {
        QUEUE.get_or_init(Queue::start).push(line::render(self.format, Timestamp::now(), event));
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[cfg(test)]
mod tests;
