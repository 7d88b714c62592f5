//! `multipart/form-data` as Discord takes it: `payload_json` and `files[n]`.

use serde_json::Value;

use super::record::Attached;
use super::request::Payload;

/// The boundary named in a content type, if it is a multipart form.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let rest = content_type.strip_prefix("multipart/form-data")?;
    rest.split(';').find_map(|part| part.trim().strip_prefix("boundary=")).map(|value| value.trim_matches('"'))
}

/// Takes a form apart.
pub(crate) fn payload(body: &[u8], boundary: &str) -> Result<Payload, &'static str> {
    let mut payload = Payload { json: Value::Object(serde_json::Map::new()), files: Vec::new() };
    for part in parts(body, boundary)? {
        let (head, content) = split_at(part, b"\r\n\r\n").ok_or("A part of the form has no head.")?;
        let head = String::from_utf8_lossy(head);
        let name = parameter(&head, "name").ok_or("A part of the form has no name.")?;
        if name == "payload_json" {
            payload.json = serde_json::from_slice(content).map_err(|_| "The request body contains invalid JSON.")?;
        } else if let Some(number) = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')) {
            let id = number.parse().map_err(|_| "A file of the form has no number.")?;
            let filename = parameter(&head, "filename").ok_or("A file of the form has no name.")?;
            payload.files.push(Attached { id, filename, content: content.to_vec() });
        } else {
            return Err("A part of the form is neither payload_json nor a file.");
        }
    }
    Ok(payload)
}

fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, &'static str> {
    let marker = format!("--{boundary}");
    let mut rest = body.strip_prefix(marker.as_bytes()).ok_or("The form does not begin with its boundary.")?;
    let next = format!("\r\n{marker}");
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(found);
        }
        rest = rest.strip_prefix(b"\r\n").ok_or("A boundary of the form is broken.")?;
        let (part, after) = split_at(rest, next.as_bytes()).ok_or("The form has no end.")?;
        found.push(part);
        rest = after;
    }
}

fn split_at<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

fn parameter(head: &str, name: &str) -> Option<String> {
    let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let value = disposition.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n\
        {\"content\":\"a\"}\r\n--x\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"list.txt\"\r\n\r\none\r\ntwo\r\n--x--\r\n";

    #[test]
    fn json_and_files_are_taken_apart() {
        let payload = payload(FORM, boundary("multipart/form-data; boundary=x").unwrap()).unwrap();
        assert_eq!(payload.json["content"], "a");
        assert_eq!(payload.files[0].filename, "list.txt");
        assert_eq!(payload.files[0].content, b"one\r\ntwo");
    }

    #[test]
    fn a_form_that_is_cut_off_is_refused() {
        for end in [FORM.len() - 6, FORM.len() / 2, 3] {
            assert!(payload(&FORM[..end], "x").is_err(), "{end}");
        }
    }
}
