//! One request to Discord: body, address, answer.

use bytes::Bytes;
use gjallarhorn_client::{Client, Delivery, Error, ErrorKind, Method, Request};
use gjallarhorn_service::secret::Secret;
use sha2::{Digest, Sha256};

use super::heard::Heard;

/// A request's body and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `application/json` or `multipart/form-data; boundary=…`.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Body {
    /// JSON that is already written.
    #[must_use]
    pub fn json(bytes: Vec<u8>) -> Self {
        Body { content_type: "application/json".into(), bytes: bytes.into() }
    }

    /// JSON and one text file, as Discord wants them (RFC 7578; parts `payload_json` and `files[0]`). The boundary is
    /// made of the content's hash, so content cannot hold it.
    #[must_use]
    pub fn with_file(json: &[u8], name: &str, file: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(json).chain_update(file).finalize();
        let boundary: String =
            hash.iter().take(12).fold(String::from("gjallarhorn-"), |text, byte| text + &format!("{byte:02x}"));
        let name: String =
            name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter)).collect();
        let mut bytes = Vec::with_capacity(json.len() + file.len() + 512);
        for (disposition, kind, content) in [
            ("name=\"payload_json\"".to_owned(), "application/json", json),
            (format!("name=\"files[0]\"; filename=\"{name}\""), "text/plain; charset=utf-8", file),
        ] {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
            );
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Body { content_type: format!("multipart/form-data; boundary={boundary}"), bytes: bytes.into() }
    }
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// Whether the request may have been taken all the same.
    pub ambiguous: bool,
    /// Whether trying again can help; not if the address or our settings forbid it.
    pub hopeless: bool,
    /// In words without secrets.
    pub words: String,
}

impl From<Error> for Unheard {
    fn from(error: Error) -> Self {
        Unheard {
            ambiguous: error.delivery() == Delivery::Ambiguous,
            hopeless: error.kind == ErrorKind::Unusable,
            words: error.to_string(),
        }
    }
}

/// Sends one request and reads the answer.
///
/// # Errors
/// [`Unheard`].
pub async fn exchange(client: &Client, method: Method, address: &Secret, body: Option<Body>) -> Result<Heard, Unheard> {
    let mut request = Request::new(method, address.reveal())?;
    if let Some(body) = body {
        request = request.header("content-type", &body.content_type)?.body(body.bytes);
    }
    match client.send(request).await {
        Ok(response) => {
            let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok());
            Ok(Heard::read(response.status, header, &response.body))
        }
        // The status came, the body was too large to take: what matters is known.
        Err(error) => match error.status() {
            Some(status) => Ok(Heard { status, ..Heard::default() }),
            None => Err(error.into()),
        },
    }
}
