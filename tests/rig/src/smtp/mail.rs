//! A mail as it lies in the mailbox, taken apart as far as a test wants to look.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One delivered mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The bytes as they came, lines ended by `\n`.
    pub raw: String,
}

impl Mail {
    /// Reads a mail; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Self { raw: String::from_utf8_lossy(bytes).replace("\r\n", "\n") }
    }

    /// The first header of this name, unfolded and decoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        header(head_and_body(&self.raw).0, name).map(|value| decode_words(&value))
    }

    /// Everybody this copy was delivered to.
    #[must_use]
    pub fn delivered_to(&self) -> String {
        self.header("Delivered-To").or_else(|| self.header("X-Original-To")).unwrap_or_default()
    }

    /// The decoded text of the first part of this type (`text/plain`).
    #[must_use]
    pub fn part(&self, kind: &str) -> Option<String> {
        part(&self.raw, kind)
    }

    /// All text parts, decoded.
    #[must_use]
    pub fn everything(&self) -> String {
        let parts = [self.header("Subject"), self.part("text/plain"), self.part("text/html")];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

fn head_and_body(text: &str) -> (&str, &str) {
    text.split_once("\n\n").unwrap_or((text, ""))
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((key, value)) = line.split_once(':') else { continue };
        if !key.eq_ignore_ascii_case(name) {
            continue;
        }
        let mut value = value.trim().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(more.trim());
        }
        return Some(value);
    }
    None
}

fn part(text: &str, kind: &str) -> Option<String> {
    let (head, body) = head_and_body(text);
    let content_type = header(head, "Content-Type").unwrap_or_else(|| "text/plain".to_owned());
    if let Some(boundary) = content_type.split(';').find_map(|one| one.trim().strip_prefix("boundary=")) {
        let marker = format!("--{}", boundary.trim_matches('"'));
        return body.split(&marker).skip(1).find_map(|one| part(one.trim_start_matches('\n'), kind));
    }
    if !content_type.to_ascii_lowercase().starts_with(kind) {
        return None;
    }
    let encoding = header(head, "Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
    Some(match encoding.as_str() {
        "base64" => decode_base64(body),
        "quoted-printable" => decode_quoted(body, false),
        _ => body.to_owned(),
    })
}

fn decode_base64(text: &str) -> String {
    let packed: String = text.split_whitespace().collect();
    String::from_utf8_lossy(&STANDARD.decode(packed).unwrap_or_default()).into_owned()
}

/// Quoted-printable; in a header (`words`) an underscore is a space.
fn decode_quoted(text: &str, words: bool) -> String {
    let joined = text.replace("=\n", "");
    let bytes = joined.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).filter(|_| byte == b'=').and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(if words && byte == b'_' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Encoded words of a header (`=?utf-8?b?…?=`); white space between two of them does not count.
fn decode_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, word)) = rest.split_once("=?") {
        let mut pieces = word.splitn(3, '?');
        let (_, encoding) = (pieces.next(), pieces.next().unwrap_or_default());
        let Some((text, after)) = pieces.next().and_then(|tail| tail.split_once("?=")) else { break };
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&if encoding.eq_ignore_ascii_case("b") { decode_base64(text) } else { decode_quoted(text, true) });
        (rest, after_word) = (after, true);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Subject: =?utf-8?b?b2Rpbjog?=\r\n =?utf-8?q?pool_t=C3=A4nk?=\r\nDelivered-To: a@example.org\r\n\
        Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\na=C3=A4 soft=\r\n line=3D\r\n--b\r\nContent-Type: text/html\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nPGI+eDwvYj4=\r\n--b--\r\n";

    #[test]
    fn headers_are_unfolded_and_decoded() {
        let mail = Mail::parse(MAIL.as_bytes());
        assert_eq!(mail.header("subject").unwrap(), "odin: pool tänk");
        assert_eq!(mail.delivered_to(), "a@example.org");
        assert_eq!(mail.header("References"), None);
    }

    #[test]
    fn parts_are_found_and_decoded() {
        let mail = Mail::parse(MAIL.as_bytes());
        assert_eq!(mail.part("text/plain").unwrap().trim(), "aä soft line=");
        assert_eq!(mail.part("text/html").unwrap(), "<b>x</b>");
    }
}
