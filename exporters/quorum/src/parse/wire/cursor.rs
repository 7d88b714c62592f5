//! Walks over the body of an answer, never beyond its end.

use super::Refusal;

/// The rest of a body.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Cursor { rest: body }
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> u64 {
        self.rest.len() as u64
    }

    /// The next number.
    pub(super) fn number(&mut self) -> Result<u64, Refusal> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Refusal::Short)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// The next text of at most `limit` bytes, and the padding behind it.
    pub(super) fn text(&mut self, limit: usize) -> Result<String, Refusal> {
        let window = self.rest.get(..=limit).unwrap_or(self.rest);
        let end = window.iter().position(|byte| *byte == 0).ok_or(Refusal::Text)?;
        let (text, _) = window.split_at(end);
        self.rest = self.rest.get((end + 1).next_multiple_of(8)..).ok_or(Refusal::Short)?;
        String::from_utf8(text.to_vec()).map_err(|_| Refusal::Text)
    }

    /// What is left, up to a zero or `limit` bytes, in printable form: for a person, not for a decision.
    pub(super) fn words(&self, limit: usize) -> String {
        let window = self.rest.get(..limit).unwrap_or(self.rest);
        let text = window.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
    }
}
