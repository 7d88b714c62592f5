//! A position in bytes of either byte order, and a lazy view of an array of numbers.

/// Reads forward and never past the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    input: &'a [u8],
    at: usize,
    little: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(input: &'a [u8], little: bool) -> Self {
        Cursor { input, at: 0, little }
    }

    /// Bytes from the start of the input.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn remaining(&self) -> usize {
        self.input.len().saturating_sub(self.at)
    }

    pub(super) fn little(&self) -> bool {
        self.little
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.input.len());
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.input.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        let bytes = self.take(2)?.try_into().ok()?;
        Some(if self.little { i16::from_le_bytes(bytes) } else { i16::from_be_bytes(bytes) })
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        let bytes = self.take(4)?.try_into().ok()?;
        Some(if self.little { i32::from_le_bytes(bytes) } else { i32::from_be_bytes(bytes) })
    }
}

/// An array of 64-bit numbers in the kernel's byte order, read where it lies. Its length is part of its meaning: the
/// kernel's statistics are arrays whose layout is told by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Words<'a> {
    /// The words of `bytes`; what is left of a last word that is not whole is not part of the array.
    pub(crate) fn new(bytes: &'a [u8], little: bool) -> Self {
        Words { bytes, little }
    }

    /// Number of whole words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / 8
    }

    /// True if there is no whole word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The word at this place, or nothing if the array is shorter.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<u64> {
        let start = index.checked_mul(8)?;
        let bytes = self.bytes.get(start..start.checked_add(8)?)?.try_into().ok()?;
        Some(if self.little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }
}
