//! Packed name/value lists in the kernel's NATIVE encoding.
//!
//! Format (OpenZFS `module/nvpair/nvpair.c`, unchanged from 0.8 to 2.4): byte 0 is the encoding (0 native, 1 XDR),
//! byte 1 the byte order (1 little endian), two bytes are reserved, then version `i32` and flags `u32`. From offset 12
//! on come the pairs, each `{size i32, name size i16, reserved i16, elements i32, type i32, name and its NUL, padded to
//! 8; value}`; an `i32` of 0 ends the list. A nested list has a header of 24 bytes as its value and its pairs follow
//! the pair; an array of lists has as value n pointers of 8 bytes and n such headers, and the pairs of each list
//! follow in order. Since pairs start at offset 12, values are not aligned to 8.
//!
//! The decoder borrows from the input and copies nothing but names that are not UTF-8. It never panics, it reads no
//! pair twice, and what it cannot read is listed beside what it could. XDR, which only stands in on-disk labels, is
//! refused.

use std::borrow::Cow;

mod cursor;
#[cfg(test)]
pub(crate) mod encode;
#[cfg(test)]
mod tests;
mod walk;

pub use cursor::Words;

/// Bounds of a decoding; beyond them the rest of the input is left unread and a [`Fault`] says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lists within lists, the outermost counted. The kernel itself packs no more than 20.
    pub depth: usize,
    /// Pairs in all lists together.
    pub pairs: usize,
    /// Names of lists of which nothing is kept; what is in them is only stepped over.
    pub passed_over: &'static [&'static str],
}

impl Limits {
    /// Room for a pool of some five thousand devices, each with its extended statistics (about 80 pairs).
    pub const POOL: Limits = Limits { depth: 20, pairs: 400_000, passed_over: &["vdev_stats_ex"] };
}

/// Why nothing at all could be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer bytes than the 12 of the header.
    #[error("packed list of {0} bytes is shorter than its header")]
    Short(usize),
    /// XDR, as in on-disk labels; the kernel answers in native encoding.
    #[error("packed list is in XDR encoding, only the kernel's native encoding is read")]
    Xdr,
    /// An encoding nobody has defined.
    #[error("packed list has the unknown encoding {0}")]
    Encoding(u8),
    /// A byte order nobody has defined.
    #[error("packed list has the unknown byte order {0}")]
    ByteOrder(u8),
    /// A version nobody has defined; 0 is the only one since 2005.
    #[error("packed list has the unknown version {0}")]
    Version(i32),
}

/// One thing that could not be decoded, beside what could.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub struct Fault {
    /// Where the pair begins, from the start of the input.
    pub at: usize,
    /// What is wrong with it.
    pub what: Cow<'static, str>,
}

/// A decoded input.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'a> {
    /// The outermost list, as far as it could be read.
    pub list: List<'a>,
    /// What could not be read, at most [`Decoded::MAX_FAULTS`].
    pub faults: Vec<Fault>,
}

impl Decoded<'_> {
    /// Faults kept; damaged input can hold one for every pair.
    pub const MAX_FAULTS: usize = 16;
}

/// A list of named values, in the order of the input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List<'a> {
    pairs: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// The value of a pair.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Present, without a value (type 1).
    Flag,
    /// Type 8.
    U64(u64),
    /// Type 9. Bytes that are not UTF-8 are replaced.
    Text(Cow<'a, str>),
    /// Type 16.
    Words(Words<'a>),
    /// Type 19.
    List(List<'a>),
    /// Type 20.
    Lists(Vec<List<'a>>),
    /// A type the health of a pool needs nothing of, walked over; the number of `data_type_t`.
    Other(i32),
}

impl<'a> List<'a> {
    /// The value of the first pair of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The names and values, in the order of the input.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.pairs.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// The number under this name, if there is one of this type.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Value::U64(number) => Some(*number),
            _ => None,
        }
    }

    /// The text under this name, if there is one of this type.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The array of numbers under this name, if there is one of this type.
    #[must_use]
    pub fn words(&self, name: &str) -> Option<Words<'a>> {
        match self.get(name)? {
            Value::Words(words) => Some(*words),
            _ => None,
        }
    }

    /// The list under this name, if there is one of this type.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&List<'a>> {
        match self.get(name)? {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The array of lists under this name; empty if there is none.
    #[must_use]
    pub fn lists(&self, name: &str) -> &[List<'a>] {
        match self.get(name) {
            Some(Value::Lists(lists)) => lists,
            _ => &[],
        }
    }
}

/// Decodes a packed list as the kernel writes it.
///
/// # Errors
/// Only when nothing can be read at all; a damaged pair becomes a [`Fault`] beside what could be read.
pub fn decode(input: &[u8], limits: Limits) -> Result<Decoded<'_>, Refusal> {
    let &[encoding, order, _, _, ..] = input else { return Err(Refusal::Short(input.len())) };
    match encoding {
        0 => {}
        1 => return Err(Refusal::Xdr),
        other => return Err(Refusal::Encoding(other)),
    }
    let little = match order {
        1 => true,
        0 => false,
        other => return Err(Refusal::ByteOrder(other)),
    };
    let mut cursor = cursor::Cursor::new(input, little);
    cursor.skip(4);
    let version = cursor.i32().ok_or(Refusal::Short(input.len()))?;
    cursor.i32().ok_or(Refusal::Short(input.len()))?;
    if version != 0 {
        return Err(Refusal::Version(version));
    }
    Ok(walk::walk(cursor, limits))
}
