//! What the log of dqlite says on disk: names, the two metadata files, and the segments.
//!
//! The wire tells neither term nor index; the folder does, even while the program is dead or frozen. Forms are those of
//! dqlite `src/raft/uv_metadata.c`, `uv_segment.c`, `uv_encoding.c`, `uv_snapshot.c`; disk format 1, the same from 1.11
//! to 1.18.
//!
//! [`names`] sorts what stands in the folder, [`log`] concludes from it, [`segment`] walks one file, [`snapshot`] looks at
//! the head of another.

pub mod log;
pub mod names;
pub mod segment;
pub mod snapshot;

#[cfg(test)]
mod tests;

/// Bytes of a metadata file.
pub const METADATA_BYTES: usize = 32;

/// The one disk format there is.
const FORMAT: u64 = 1;

/// What a node must not forget: in which term it is, and whom it voted for in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Grows with every writing; of the two files the higher one holds.
    pub version: u64,
    /// The current term: one more for every election begun.
    pub term: u64,
    /// The id it voted for in this term; nothing if it did not vote.
    pub voted_for: Option<u64>,
}

/// A file that does not have the documented form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A disk format that this version does not know.
    #[error("disk format {0} instead of 1")]
    Format(u64),
    /// Longer than a metadata file can be.
    #[error("{0} bytes instead of 32")]
    Size(usize),
    /// The program itself refuses such a file.
    #[error("its version is zero")]
    NoVersion,
}

/// Reads `metadata1` or `metadata2`; nothing if its writing was cut short, which dqlite itself ignores too.
///
/// # Errors
/// [`Malformed`].
pub fn metadata(bytes: &[u8]) -> Result<Option<Metadata>, Malformed> {
    let (words, rest) = bytes.as_chunks::<8>();
    let [format, version, term, vote] = match words {
        [format, version, term, vote] if rest.is_empty() => [format, version, term, vote].map(|word| word_of(*word)),
        _ if bytes.len() < METADATA_BYTES => return Ok(None),
        _ => return Err(Malformed::Size(bytes.len())),
    };
    match (format, version) {
        (FORMAT, 0) => Err(Malformed::NoVersion),
        (FORMAT, _) => Ok(Some(Metadata { version, term, voted_for: (vote != 0).then_some(vote) })),
        (format, _) => Err(Malformed::Format(format)),
    }
}

fn word_of(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}
