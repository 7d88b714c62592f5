//! Compressed pages, for who asks (RFC 1951 and 1952).
//!
//! A page is compressed in pieces that know nothing of each other, so that a piece that still stands from the last scrape
//! need not be compressed again, and so that no piece outgrows the window: to move it costs more than to begin anew.

use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::{Compress, Compression, Crc, FlushCompress};
use hyper::header::{self, HeaderValue};

use super::answer::Answer;
use super::request::Head;
use crate::page::Page;

/// Below this, a packet or two, compressing costs more than it saves.
const WORTH_BYTES: usize = 8 * 1024;
/// A piece: below twice the window (32 KiB), where nothing has to be moved.
const PIECE_BYTES: usize = 60 * 1024;
/// By so much an answer's buffer is larger than the last answer, and by so much it grows.
const ROOM_BYTES: usize = 8 * 1024;
/// Deflate, no name, no time, the quickest, Unix (RFC 1952 section 2.3).
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3];
/// An empty last block with fixed codes (RFC 1951 section 3.2.6).
const LAST_BLOCK: [u8; 2] = [3, 0];

/// Whether the client takes gzip (RFC 9110 section 12.5.3: by name or `*`, unless with weight 0).
pub(super) fn wanted(head: &Head) -> bool {
    let codings = head.header("accept-encoding").unwrap_or_default().split(',');
    codings.map(|coding| coding.split(';').map(str::trim)).any(|mut coding| {
        let name = coding.next().unwrap_or_default();
        let weight = coding.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        (name.eq_ignore_ascii_case("gzip") || name == "*") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// Compresses one page after the other in the same memory: a third of a megabyte, which to take from the system anew costs
/// as much as the compressing.
#[derive(Default)]
pub(super) struct Gzip {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Made when the first client wants it.
    machine: Option<Compress>,
    /// Bytes of the last answer, the best guess for the next.
    last: usize,
    /// The memory of the last page that was compressed.
    paper: String,
}

impl Gzip {
    /// An empty text to write a page into: the memory of one that was compressed before, if nobody writes into it now.
    pub(super) fn paper(&self) -> String {
        std::mem::take(&mut self.lock().paper)
    }

    /// The page as it is, or compressed if that is wanted and worth it.
    pub(super) fn answer(&self, content_type: &'static str, page: Page, wanted: bool) -> Answer {
        let worth = wanted && page.len() >= WORTH_BYTES;
        let zipped = worth.then(|| self.compress(&page)).flatten();
        let coded = zipped.is_some();
        let answer = match zipped {
            Some(zipped) => {
                self.keep(page.text);
                Answer::of(200, content_type, zipped)
            }
            None => Answer::of(200, content_type, page.whole().into_bytes()),
        };
        let answer = answer.with(header::VARY, HeaderValue::from_static("accept-encoding"));
        if coded { answer.with(header::CONTENT_ENCODING, HeaderValue::from_static("gzip")) } else { answer }
    }

    fn keep(&self, mut page: String) {
        page.clear();
        self.lock().paper = page;
    }

    // A std mutex: never held across an await.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compressing in memory does not fail; if it ever does, the page as it is serves as well.
    fn compress(&self, page: &Page) -> Option<Vec<u8>> {
        let mut kept = self.lock();
        let mut zipped = Vec::with_capacity(kept.last + ROOM_BYTES);
        let machine = kept.machine.get_or_insert_with(|| Compress::new(Compression::fast(), false));
        zipped.extend(HEAD);
        press(machine, page.text.as_bytes(), &mut zipped)?;
        let mut sum = Crc::new();
        sum.update(page.text.as_bytes());
        for part in &page.standing {
            let begin = zipped.len();
            let part = part.pressed(|text| {
                press(machine, text, &mut zipped)?;
                zipped.get(begin..).map(Box::from)
            })?;
            zipped.truncate(begin);
            zipped.extend_from_slice(&part.bytes);
            sum.combine(&part.sum);
        }
        zipped.extend(LAST_BLOCK);
        zipped.extend(sum.sum().to_le_bytes());
        zipped.extend(sum.amount().to_le_bytes());
        kept.last = zipped.len();
        Some(zipped)
    }
}

/// Appends `bytes` compressed, in blocks of which none is the last, up to a whole byte (RFC 1951 section 3.2.4).
fn press(machine: &mut Compress, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    for piece in bytes.chunks(PIECE_BYTES) {
        machine.reset();
        loop {
            let taken = usize::try_from(machine.total_in()).ok()?;
            machine.compress_vec(piece.get(taken..)?, out, FlushCompress::Sync).ok()?;
            // While there is room left, everything has been written.
            if out.len() < out.capacity() {
                break;
            }
            out.reserve(ROOM_BYTES);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::Arc;

    use super::*;
    use crate::page::Standing;

    fn unzipped(answer: &Answer) -> String {
        let mut page = String::new();
        flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut page).unwrap();
        page
    }

    fn text(length: u64) -> String {
        (0..length).map(|number| format!("{:x} ", number.wrapping_mul(0x9e37_79b9))).collect()
    }

    #[test]
    fn small_pages_are_not_compressed() {
        let page = Page { text: "x".repeat(WORTH_BYTES - 2), standing: vec![Arc::new(Standing::new("y".into()))] };
        let short = Gzip::default().answer("text/plain", page, true);
        assert!(short.headers.iter().all(|(name, _)| name != header::CONTENT_ENCODING));
        assert!(short.body.ends_with(b"xy"));
    }

    #[test]
    fn one_page_leaves_no_trace_in_the_next() {
        let gzip = Gzip::default();
        // From ever larger than the last answer to much smaller, and hard to compress.
        for length in [3_000, 60_000, 200_000, 2_000] {
            let (paper, page) = (gzip.paper(), text(length));
            assert_eq!(paper, "");
            assert_eq!(unzipped(&gzip.answer("text/plain", (paper + &page).into(), true)), page);
        }
    }

    #[test]
    fn what_stands_is_compressed_once_and_follows() {
        let gzip = Gzip::default();
        let standing = [30_000, 0, 70_000, 1].map(|length| Arc::new(Standing::new(text(length)))).to_vec();
        for length in [0, 7, 90_000] {
            let page = Page { text: text(length), standing: standing.clone() };
            assert_eq!(unzipped(&gzip.answer("text/plain", page.clone(), true)), page.whole());
        }
        assert!(standing.iter().all(|part| part.pressed(|_| panic!("compressed again")).is_some()));
    }
}
