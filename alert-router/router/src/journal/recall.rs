//! What a starting router reads back.

use rusqlite::Row;

use super::failure::JournalFailure;
use super::store::Store;

/// Everything the engine and the limiter need to go on where the last process stopped.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// The newest checkpoint: the number of the last event in it, and the engine's bytes.
    pub checkpoint: Option<(u64, Vec<u8>)>,
    /// Every event after it, in order.
    pub events: Vec<StoredEvent>,
    /// Rate limits that had been announced.
    pub buckets: Vec<StoredBucket>,
    /// The newest time in the file, in milliseconds since 1970: a clock that says less is wrong.
    pub newest_ms: i64,
}

/// One event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub at_ms: i64,
    /// One word.
    pub kind: String,
    /// How the shell wrote it.
    pub body: Vec<u8>,
    /// The webhook it came from, if it came from one.
    pub inbox: Option<StoredInbox>,
}

/// A webhook as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredInbox {
    /// The id the sender was given.
    pub delivery: String,
    /// Which sender.
    pub source: String,
    /// The body.
    pub raw: Vec<u8>,
}

/// A rate limit as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBucket {
    /// The webhook's id.
    pub webhook: String,
    /// The limiter's word for the route.
    pub route: String,
    /// Requests left.
    pub remaining: u32,
    /// Until then.
    pub until_ms: i64,
}

impl Recalled {
    /// The number of the newest event, in the log or in the checkpoint.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        let checkpoint = self.checkpoint.as_ref().map_or(0, |(seq, _)| *seq);
        self.events.last().map_or(checkpoint, |event| event.seq.max(checkpoint))
    }
}

impl Store {
    /// Reads back what an earlier process left.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn recall(&self) -> Result<Recalled, JournalFailure> {
        let connection = self.connection();
        let checkpoint = self.checkpoint()?;
        let after = checkpoint.as_ref().map_or(0, |(seq, _)| *seq);
        let events = connection
            .prepare(
                "SELECT e.seq, e.at_ms, e.kind, e.body, i.delivery, i.source, i.raw
                 FROM event e LEFT JOIN inbox i ON i.seq = e.seq WHERE e.seq > ? ORDER BY e.seq",
            )?
            .query_map([i64::try_from(after).unwrap_or(i64::MAX)], event)?
            .collect::<Result<_, _>>()?;
        let buckets = connection
            .prepare("SELECT webhook, route, remaining, until_ms FROM bucket")?
            .query_map([], bucket)?
            .collect::<Result<_, _>>()?;
        Ok(Recalled { checkpoint, events, buckets, newest_ms: self.newest_ms()? })
    }

    /// The parts of the checkpoint, put together.
    fn checkpoint(&self) -> Result<Option<(u64, Vec<u8>)>, JournalFailure> {
        let mut parts = self.connection().prepare("SELECT seq, body FROM checkpoint ORDER BY part")?;
        let (mut rows, mut whole) = (parts.query([])?, None);
        while let Some(row) = rows.next()? {
            let (_, bytes) = whole.get_or_insert((number(row, 0)?, Vec::new()));
            bytes.extend_from_slice(row.get_ref(1)?.as_blob().unwrap_or_default());
        }
        Ok(whole)
    }

    fn newest_ms(&self) -> Result<i64, JournalFailure> {
        let newest = "SELECT MAX(COALESCE((SELECT at_ms FROM event ORDER BY seq DESC LIMIT 1), 0),
                                 COALESCE((SELECT at_ms FROM checkpoint LIMIT 1), 0))";
        Ok(self.connection().query_row(newest, [], |row| row.get(0))?)
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let inbox = match (row.get::<_, Option<String>>(4)?, row.get::<_, Option<Vec<u8>>>(6)?) {
        (Some(delivery), Some(raw)) => Some(StoredInbox { delivery, source: row.get(5)?, raw }),
        _ => None,
    };
    Ok(StoredEvent { seq: number(row, 0)?, at_ms: row.get(1)?, kind: row.get(2)?, body: row.get(3)?, inbox })
}

fn bucket(row: &Row<'_>) -> rusqlite::Result<StoredBucket> {
    let remaining = u32::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
    Ok(StoredBucket { webhook: row.get(0)?, route: row.get(1)?, remaining, until_ms: row.get(3)? })
}

pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
