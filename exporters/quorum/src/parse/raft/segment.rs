//! Walks one segment from batch to batch without reading the entries themselves.
//!
//! A segment is the format word, then batches: checksum of the head (u32), checksum of the data (u32), the number of
//! entries (u64), for each its term (u64), type (u8), 3 unused bytes and size (u32), then the data. An open segment is
//! made with its full size and zeros, so its end is where the zeros begin.
//!
//! A file can be written while it is walked. A head whose checksum does not fit is the end of what is there *now*; the
//! next walk goes on from it.

use super::FORMAT;

/// The bytes of a file, wherever they are.
pub trait Bytes {
    /// What reading can fail with.
    type Error;

    /// Fills `into` from `offset` on as far as the file goes; gives how much that was.
    ///
    /// # Errors
    /// Whatever reading gave.
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<usize, Self::Error>;
}

impl Bytes for &[u8] {
    type Error = std::convert::Infallible;

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<usize, Self::Error> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let count = rest.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(rest) {
            *place = *byte;
        }
        Ok(count)
    }
}

/// How far a segment was walked, and what was seen on the way. Walking on from an old one is cheap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Entries so far.
    pub entries: u64,
    /// The term of the last of them.
    pub term: Option<u64>,
    /// Why it ended.
    pub end: End,
    /// Where the next batch begins.
    offset: u64,
    /// Where the last batch begins, and the first words of it: an old walk holds only if they still stand there.
    last: Option<(u64, [u8; PREAMBLE])>,
}

/// Why a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// The file is over.
    #[default]
    Over,
    /// Nothing is written yet behind the last batch.
    Room,
    /// What stands behind the last batch is no batch: it is being written, or it is broken.
    Torn,
    /// The file begins with a format that this version does not know.
    Foreign(u64),
    /// There were more batches than one walk takes; the next one goes on.
    More,
}

/// Two checksums and a number.
const PREAMBLE: usize = 16;
/// Term, type and size of an entry.
const ENTRY: usize = 16;
/// As many entries as the largest segment (8 MiB) can hold in one batch, by dqlite's own reckoning.
const ENTRIES_LIMIT: u64 = 8 * 1024 * 1024 / 32;
/// Batches of one walk: a segment of 8 MiB of ordinary writes has some two thousand.
const BATCHES_LIMIT: usize = 20_000;
/// Read in one piece: enough for the head of an ordinary batch.
const WINDOW: usize = 1024;

/// Walks a segment, from where an earlier walk ended if the file is still the same one.
///
/// # Errors
/// Whatever reading gave.
pub fn walk<B: Bytes>(file: &mut B, earlier: Option<Walk>) -> Result<Walk, B::Error> {
    let mut walk = match earlier {
        Some(walk) if walk.holds(file)? => walk,
        _ => Walk::default(),
    };
    if walk.offset == 0 {
        let mut format = [0; 8];
        let read = file.read_at(0, &mut format)?;
        match u64::from_le_bytes(format) {
            FORMAT if read == format.len() => walk.offset = 8,
            0 if read == format.len() => return Ok(Walk { end: End::Room, ..walk }),
            0 => return Ok(walk),
            _ if read < format.len() => return Ok(Walk { end: End::Torn, ..walk }),
            other => return Ok(Walk { end: End::Foreign(other), ..walk }),
        }
    }
    for _ in 0..BATCHES_LIMIT {
        match batch(file, walk.offset)? {
            Ok(batch) => walk.take(&batch),
            Err(end) => return Ok(Walk { end, ..walk }),
        }
    }
    Ok(Walk { end: End::More, ..walk })
}

impl Walk {
    fn holds<B: Bytes>(&self, file: &mut B) -> Result<bool, B::Error> {
        let Some((offset, preamble)) = self.last else { return Ok(false) };
        let mut found = [0; PREAMBLE];
        Ok(file.read_at(offset, &mut found)? == PREAMBLE && found == preamble)
    }

    fn take(&mut self, batch: &Batch) {
        self.last = Some((self.offset, batch.preamble));
        self.offset = self.offset.saturating_add(batch.bytes);
        self.entries = self.entries.saturating_add(batch.entries);
        self.term = Some(batch.term);
    }
}

/// One batch.
struct Batch {
    preamble: [u8; PREAMBLE],
    entries: u64,
    term: u64,
    bytes: u64,
}

/// The batch that begins at `offset`, or why there is none.
fn batch<B: Bytes>(file: &mut B, offset: u64) -> Result<Result<Batch, End>, B::Error> {
    let mut window = [0; WINDOW];
    let read = file.read_at(offset, &mut window)?;
    let found = window.get(..read).unwrap_or_default();
    let Some((preamble, heads)) = found.split_first_chunk::<PREAMBLE>() else {
        return Ok(Err(if found.iter().all(|byte| *byte == 0) { End::Over } else { End::Torn }));
    };
    if *preamble == [0; PREAMBLE] {
        return Ok(Err(End::Room));
    }
    let entries = word(&preamble[8..]);
    if entries == 0 || entries > ENTRIES_LIMIT {
        return Ok(Err(End::Torn));
    }
    let length = usize::try_from(entries).unwrap_or(0) * ENTRY;
    if let Some(heads) = heads.get(..length) {
        return Ok(understood(preamble, entries, heads));
    }
    let mut heads = vec![0; length];
    let read = file.read_at(offset.saturating_add(PREAMBLE as u64), &mut heads)?;
    Ok(if read == length { understood(preamble, entries, &heads) } else { Err(End::Torn) })
}

/// A batch whose head is whole.
fn understood(preamble: &[u8; PREAMBLE], entries: u64, heads: &[u8]) -> Result<Batch, End> {
    let expected = u32::from_le_bytes([preamble[0], preamble[1], preamble[2], preamble[3]]);
    if checksum(checksum(0, &preamble[8..]), heads) != expected {
        return Err(End::Torn);
    }
    let (heads, _) = heads.as_chunks::<ENTRY>();
    let sizes = heads.iter().map(|head| u64::from(u32::from_le_bytes([head[12], head[13], head[14], head[15]])));
    let bytes = (PREAMBLE + heads.len() * ENTRY) as u64 + sizes.sum::<u64>();
    let term = heads.last().map_or(0, |head| word(head));
    Ok(Batch { preamble: *preamble, entries, term, bytes })
}

fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// dqlite's checksum (`src/raft/byte.c`): the polynomial of CRC-32, highest bit first, begun with 0 and not inverted.
fn checksum(begun: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(begun, |sum, byte| {
        let mut sum = sum ^ (u32::from(*byte) << 24);
        for _ in 0..8 {
            sum = if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04c1_1db7 };
        }
        sum
    })
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
