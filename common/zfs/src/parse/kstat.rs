//! The kernel files of a pool under `/proc/spl/kstat/zfs/<pool>/`: one word, one table.
//!
//! They are made without taking the pool's locks, so they answer while everything else hangs (OpenZFS
//! `module/zfs/spa_stats.c`).

use std::time::Duration;

use super::model::PoolState;
use super::words::text;

#[cfg(test)]
mod tests;

/// A kernel file that does not look as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not the one word it should hold.
    #[error("expected one word, found `{0}`")]
    NotOneWord(String),
    /// A table without the columns needed.
    #[error("no column `{0}` in the table")]
    NoColumn(&'static str),
    /// A line of the table that does not fit its header.
    #[error("a line that does not fit its header: `{0}`")]
    BadLine(String),
}

/// What the state file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWord {
    /// The state.
    pub state: PoolState,
    /// The word itself, if this version does not know it.
    pub unknown: Option<String>,
}

/// Reads `state` (0.8 and later): one word in capitals. A word nobody knows is [`PoolState::Unknown`] and kept, so that
/// it is seen and hides nothing else.
///
/// # Errors
/// [`Malformed::NotOneWord`] if the file holds anything but one word.
pub fn state(bytes: &[u8]) -> Result<StateWord, Malformed> {
    let word = one_word(bytes)?;
    let lower = word.to_ascii_lowercase();
    // `UNKNOWN` is the kernel's own word for a number without a name.
    let known = PoolState::ALL.iter().find(|state| state.word() == lower);
    Ok(match known {
        Some(state) => StateWord { state: *state, unknown: None },
        None => StateWord { state: PoolState::Unknown, unknown: Some(word) },
    })
}

/// Reads `txgs`: how long the oldest transaction group that is on its way to disk has been in its present step. Zero if
/// none is on its way; `None` if the table is empty, because its history is switched off (`zfs_txg_history=0`).
///
/// `boot_clock` is the moment of the reading on `CLOCK_MONOTONIC_RAW`, the clock of the table (`gethrtime()` in OpenZFS
/// `include/os/linux/spl/sys/time.h`). It is not the clock of `/proc/uptime`, which is steered by NTP and drifts
/// seconds away from it in a day.
///
/// # Errors
/// [`Malformed`] if there is no header with the needed columns or a line does not fit it.
pub fn syncing(bytes: &[u8], boot_clock: Duration) -> Result<Option<Duration>, Malformed> {
    let text = text(bytes);
    let mut lines = text.lines();
    // Before 0.8 a line of the kstat framework itself stood above the header.
    let Some(header) = lines.find(|line| line.split_whitespace().any(|word| word == "birth")) else {
        return if text.trim().is_empty() { Ok(None) } else { Err(Malformed::NoColumn("birth")) };
    };
    let columns = Columns::find(header)?;
    let mut longest = None;
    for line in lines.rev().filter(|line| !line.trim().is_empty()) {
        let row = columns.row(line).ok_or_else(|| Malformed::BadLine(excerpt(line)))?;
        longest = longest.max(Some(row.on_its_way(boot_clock)));
        // Groups arrive in their order: all older ones, a hundred of them, have arrived as well.
        if row.state == COMMITTED {
            break;
        }
    }
    Ok(longest)
}

/// The letter of a group that has arrived.
const COMMITTED: &str = "C";

/// More columns than the table has ever had (12).
const WIDTH: usize = 24;

/// Where the needed columns stand. They are found by name, because they moved once and may again.
struct Columns {
    birth: usize,
    state: usize,
    open: usize,
    quiesce: usize,
    wait: usize,
}

/// One transaction group: when it was born and how long each finished step took, in nanoseconds.
struct Row<'a> {
    state: &'a str,
    birth: u64,
    open: u64,
    quiesce: u64,
    wait: u64,
}

impl Columns {
    fn find(header: &str) -> Result<Self, Malformed> {
        let place = |name: &'static str| {
            header.split_whitespace().position(|word| word == name).ok_or(Malformed::NoColumn(name))
        };
        Ok(Columns {
            birth: place("birth")?,
            state: place("state")?,
            open: place("otime")?,
            quiesce: place("qtime")?,
            wait: place("wtime")?,
        })
    }

    fn row<'a>(&self, line: &'a str) -> Option<Row<'a>> {
        let mut words = [""; WIDTH];
        for (place, word) in words.iter_mut().zip(line.split_ascii_whitespace()) {
            *place = word;
        }
        let number = |at: usize| words.get(at)?.parse().ok();
        Some(Row {
            state: words.get(self.state).filter(|word| !word.is_empty())?,
            birth: number(self.birth)?,
            open: number(self.open)?,
            quiesce: number(self.quiesce)?,
            wait: number(self.wait)?,
        })
    }
}

impl Row<'_> {
    /// How long it has been in its present step on the way to disk; zero if it is still open or has arrived.
    ///
    /// The letter names the step it is *in* (`spa_txg_history_set`): Q being closed, W waiting, S being written.
    fn on_its_way(&self, now: Duration) -> Duration {
        let done = match self.state {
            "Q" => self.open,
            "W" => self.open.saturating_add(self.quiesce),
            "S" => self.open.saturating_add(self.quiesce).saturating_add(self.wait),
            _ => return Duration::ZERO,
        };
        now.saturating_sub(Duration::from_nanos(self.birth.saturating_add(done)))
    }
}

fn one_word(bytes: &[u8]) -> Result<String, Malformed> {
    let text = text(bytes);
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(word), None) => Ok(word.to_owned()),
        _ => Err(Malformed::NotOneWord(excerpt(&text))),
    }
}

/// The beginning of an offending text, short enough for a log line.
fn excerpt(text: &str) -> String {
    text.trim().chars().take(60).collect()
}
