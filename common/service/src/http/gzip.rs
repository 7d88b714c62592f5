//! Compressed pages, for who asks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::{Compress, Compression, FlushCompress, Status};
use hyper::header::{self, HeaderValue};

use super::answer::Answer;
use super::request::Head;

/// Below this, a packet or two, compressing costs more than it saves.
const WORTH_BYTES: usize = 8 * 1024;

/// The largest window there is (RFC 1951 section 2).
const WINDOW_BITS: u8 = 15;
/// By so much an answer's buffer is larger than the last answer, and by so much it grows.
const ROOM_BYTES: usize = 8 * 1024;

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
    pub(super) fn answer(&self, content_type: &'static str, page: String, wanted: bool) -> Answer {
        let worth = wanted && page.len() >= WORTH_BYTES;
        let zipped = worth.then(|| self.compress(page.as_bytes())).flatten();
        let coded = zipped.is_some();
        let answer = match zipped {
            Some(zipped) => {
                self.keep(page);
                Answer::of(200, content_type, zipped)
            }
            None => Answer::of(200, content_type, page.into_bytes()),
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
    fn compress(&self, page: &[u8]) -> Option<Vec<u8>> {
        let mut kept = self.lock();
        let mut zipped = Vec::with_capacity(kept.last + ROOM_BYTES);
        let machine = kept.machine.get_or_insert_with(|| Compress::new_gzip(Compression::fast(), WINDOW_BITS));
        machine.reset();
        loop {
            let taken = usize::try_from(machine.total_in()).ok()?;
            match machine.compress_vec(page.get(taken..)?, &mut zipped, FlushCompress::Finish).ok()? {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError => zipped.reserve(ROOM_BYTES),
            }
        }
        kept.last = zipped.len();
        Some(zipped)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unzipped(answer: &Answer) -> String {
        let mut page = String::new();
        flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut page).unwrap();
        page
    }

    #[test]
    fn small_pages_are_not_compressed() {
        let short = Gzip::default().answer("text/plain", "x".repeat(WORTH_BYTES - 1), true);
        assert!(short.headers.iter().all(|(name, _)| name != header::CONTENT_ENCODING));
    }

    #[test]
    fn one_page_leaves_no_trace_in_the_next() {
        let gzip = Gzip::default();
        // From ever larger than the last answer to much smaller, and hard to compress.
        for length in [3_000, 60_000, 200_000, 2_000] {
            let page: String =
                (0..length).map(|number: u64| format!("{:x} ", number.wrapping_mul(0x9e37_79b9))).collect();
            let paper = gzip.paper();
            assert_eq!(paper, "");
            assert_eq!(unzipped(&gzip.answer("text/plain", paper + &page, true)), page);
        }
    }
}
