//! Compressed pages, for who asks.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{self, HeaderValue};

use super::answer::Answer;
use super::request::Head;

/// Below this, a packet or two, compressing costs more than it saves.
const WORTH_BYTES: usize = 8 * 1024;

/// Whether the client takes gzip (RFC 9110 section 12.5.3: by name or `*`, unless with weight 0).
pub(super) fn wanted(head: &Head) -> bool {
    let codings = head.header("accept-encoding").unwrap_or_default().split(',');
    codings.map(|coding| coding.split(';').map(str::trim)).any(|mut coding| {
        let name = coding.next().unwrap_or_default();
        let weight = coding.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        (name.eq_ignore_ascii_case("gzip") || name == "*") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// The page as it is, or compressed if that is wanted and worth it. `guess` is the expected size.
pub(super) fn answer(content_type: &'static str, page: String, wanted: bool, guess: usize) -> Answer {
    let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
    let (body, zipped) = if wanted && page.len() >= WORTH_BYTES { compress(page, guess) } else { (page.into(), false) };
    let answer = Answer::of(200, content_type, body).with(vary.0, vary.1);
    if zipped { answer.with(header::CONTENT_ENCODING, HeaderValue::from_static("gzip")) } else { answer }
}

fn compress(page: String, guess: usize) -> (Vec<u8>, bool) {
    let mut encoder = GzEncoder::new(Vec::with_capacity(guess), Compression::fast());
    match encoder.write_all(page.as_bytes()).and_then(|()| encoder.finish()) {
        Ok(zipped) => (zipped, true),
        // Writing to memory does not fail; if it ever does, the page as it is serves as well.
        Err(_) => (page.into_bytes(), false),
    }
}
