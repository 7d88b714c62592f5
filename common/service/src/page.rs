//! A page of `/metrics`: what was written for this scrape, and parts that still stand from the one before.

use std::sync::{Arc, OnceLock};

use flate2::Crc;

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Written for this scrape.
    pub text: String,
    /// Follow it; the first maybe in the middle of the family with which the text ends.
    pub standing: Vec<Arc<Standing>>,
}

/// A part of a page that is the same for several scrapes: it is compressed once, when the first client wants it so.
#[derive(Debug, Default)]
pub struct Standing {
    text: String,
    pressed: OnceLock<Option<Pressed>>,
}

/// A part of a page as it travels.
#[derive(Debug)]
pub(crate) struct Pressed {
    /// Compressed.
    pub(crate) bytes: Box<[u8]>,
    /// Of the part before that.
    pub(crate) sum: Crc,
}

impl Page {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len() + self.standing.iter().map(|part| part.text.len()).sum::<usize>()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The page in one piece.
    #[must_use]
    pub fn whole(mut self) -> String {
        self.text.reserve(self.len() - self.text.len());
        self.text.extend(self.standing.iter().map(|part| part.text()));
        self.text
    }
}

impl From<String> for Page {
    fn from(text: String) -> Page {
        Page { text, standing: Vec::new() }
    }
}

impl Standing {
    /// A part of these lines.
    #[must_use]
    pub fn new(text: String) -> Standing {
        Standing { text, pressed: OnceLock::new() }
    }

    /// Its lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part as `press` makes it smaller, which is asked once; nothing if that cannot be.
    pub(crate) fn pressed(&self, press: impl FnOnce(&[u8]) -> Option<Box<[u8]>>) -> Option<&Pressed> {
        let pressed = || {
            let bytes = press(self.text.as_bytes())?;
            let mut sum = Crc::new();
            sum.update(self.text.as_bytes());
            Some(Pressed { bytes, sum })
        };
        self.pressed.get_or_init(pressed).as_ref()
    }
}
