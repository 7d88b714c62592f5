//! The first bytes of a snapshot's data: how much it is when unpacked.
//!
//! dqlite packs a snapshot as one LZ4 frame and always writes into its head how long the content is (dqlite
//! `src/raft/uv_fs.c`, `UvFsMakeCompressedFile`; LZ4 `doc/lz4_Frame_format.md`); built without LZ4 it writes the content
//! as it is. So no byte of the database has to be unpacked, or read.
//!
//! The content is the database, with dqlite before 1.17 its write-ahead log too, behind a head of some 40 bytes (dqlite
//! `src/fsm.c`).

use super::{FORMAT, word_of};

/// As many bytes of the beginning as [`content`] asks for.
pub const HEAD_BYTES: usize = 14;

/// An LZ4 frame.
const LZ4_MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// Bits 6 and 7 of the frame's flags: its version, which is 1.
const LZ4_VERSION: u8 = 0b1100_0000;
/// Set in the flags if the length of the content follows.
const LZ4_HAS_LENGTH: u8 = 0b0000_1000;

/// A file that does not have the documented form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Fewer bytes than any snapshot has.
    #[error("cut short")]
    Short,
    /// Neither packed nor the one form of content there is.
    #[error("neither an LZ4 frame nor a snapshot of format 1")]
    Strange,
    /// Packed in a way in which dqlite does not.
    #[error("an LZ4 frame that does not say how long its content is")]
    NoLength,
}

/// Bytes of the content of a snapshot, whose file begins with `head` and is `size` bytes long.
///
/// # Errors
/// [`Malformed`].
pub fn content(head: &[u8], size: u64) -> Result<u64, Malformed> {
    match head {
        [a, b, c, d, flags, _, length @ ..] if [*a, *b, *c, *d] == LZ4_MAGIC => packed(*flags, length),
        _ => {
            let format = head.first_chunk().ok_or(Malformed::Short)?;
            if word_of(*format) == FORMAT { Ok(size) } else { Err(Malformed::Strange) }
        }
    }
}

/// What stands in the frame's head, behind its flags and a byte that says how large its blocks are.
fn packed(flags: u8, length: &[u8]) -> Result<u64, Malformed> {
    if flags & LZ4_VERSION != 0b0100_0000 {
        return Err(Malformed::Strange);
    }
    if flags & LZ4_HAS_LENGTH == 0 {
        return Err(Malformed::NoLength);
    }
    match word_of(*length.first_chunk().ok_or(Malformed::Short)?) {
        0 => Err(Malformed::NoLength),
        length => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The beginning of a frame with these flags and this length.
    fn frame(flags: u8, length: u64) -> Vec<u8> {
        [LZ4_MAGIC.as_slice(), &[flags, 0x40], &length.to_le_bytes()].concat()
    }

    /// Taken at entry 1024 by libdqlite 1.11.1 and 1.18.1. Unpacked with `lz4`, both are as long as they say: 40 bytes of
    /// head and a database of 217,088 bytes with a log of 618,032, and one of 233,472 bytes.
    #[test]
    fn real_snapshots_say_how_long_they_are() {
        assert_eq!(content(b"\x04\x22\x4d\x18\x4c\x40\x58\xbe\x0c\0\0\0\0\0", 15_062), Ok(40 + 217_088 + 618_032));
        assert_eq!(content(b"\x04\x22\x4d\x18\x4c\x40\x28\x90\x03\0\0\0\0\0", 6_395), Ok(40 + 233_472));
    }

    #[test]
    fn a_length_may_be_any_but_none() {
        assert_eq!(content(&frame(0x4c, 70_000_000_000), 9), Ok(70_000_000_000));
        assert_eq!(frame(0x4c, 1).len(), HEAD_BYTES);
    }

    #[test]
    fn one_that_is_not_packed_is_as_long_as_its_file() {
        let head = [1_u64, 1].map(u64::to_le_bytes).concat();
        assert_eq!(content(&head[..HEAD_BYTES], 4136), Ok(4136));
    }

    #[test]
    fn anything_else_gives_no_number() {
        for (head, expected) in [
            (vec![], Malformed::Short),
            (frame(0x4c, 5)[..HEAD_BYTES - 1].to_vec(), Malformed::Short),
            (frame(0x4c, 5)[..5].to_vec(), Malformed::Short),
            (frame(0x44, 5), Malformed::NoLength),
            (frame(0x4c, 0), Malformed::NoLength),
            (frame(0x8c, 5), Malformed::Strange),
            (b"SQLite format 3\0".to_vec(), Malformed::Strange),
            (vec![0; HEAD_BYTES], Malformed::Strange),
        ] {
            assert_eq!(content(&head, 1000), Err(expected), "{head:02x?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head: Vec<u8>, size: u64) {
            let _ = content(&head, size);
        }
    }
}
