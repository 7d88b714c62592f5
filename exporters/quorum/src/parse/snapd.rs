//! What snapd answers when it is asked for a snap (its REST API, `GET /v2/snaps/[name]`).

use serde::Deserialize;

/// A channel is `track/risk/branch`.
const LONGEST: usize = 256;

/// Why an answer tells no channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is another answer than 200.
    #[error("snapd answers {0}")]
    Status(u16),
    /// It is no answer of snapd's to that question, and why.
    #[error("no answer of snapd's: {0}")]
    Malformed(String),
}

#[derive(Deserialize)]
struct Reply {
    result: Snap,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Snap {
    /// Empty, or not there, for a snap that was built at home.
    #[serde(default)]
    tracking_channel: String,
}

/// The channel that the snap follows; empty if it follows none.
///
/// # Errors
/// [`Refusal`].
pub fn channel(answer: &[u8]) -> Result<String, Refusal> {
    let malformed = |why: &str| Refusal::Malformed(why.to_owned());
    let answer = str::from_utf8(answer).map_err(|error| malformed(&error.to_string()))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| malformed("its head does not end"))?;
    let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    match status.ok_or_else(|| malformed("it begins with no status"))? {
        200 => {}
        other => return Err(Refusal::Status(other)),
    }
    let reply: Reply = serde_json::from_str(body).map_err(|error| malformed(&error.to_string()))?;
    let channel = reply.result.tracking_channel;
    if channel.len() > LONGEST || channel.chars().any(char::is_control) {
        return Err(malformed("the channel is none"));
    }
    Ok(channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: &str, body: &str) -> Result<String, Refusal> {
        channel(format!("HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n{body}").as_bytes())
    }

    #[test]
    fn the_channel_is_told() {
        let body = r#"{"type":"sync","status-code":200,"result":{"name":"microk8s","channel":"1.31/stable","tracking-channel":"1.32/stable"}}"#;
        assert_eq!(answered("200 OK", body).unwrap(), "1.32/stable");
        assert_eq!(answered("200 OK", r#"{"result":{"name":"microk8s"}}"#).unwrap(), "");
    }

    #[test]
    fn what_is_no_channel_is_none() {
        assert_eq!(answered("404 Not Found", "{}"), Err(Refusal::Status(404)));
        let long = format!(r#"{{"result":{{"tracking-channel":"{}"}}}}"#, "x".repeat(300));
        for body in ["", "{}", "[]", r#"{"result":7}"#, r#"{"result":{"tracking-channel":"a\nb"}}"#, long.as_str()] {
            assert!(matches!(answered("200 OK", body), Err(Refusal::Malformed(_))), "{body}");
        }
        for answer in ["", "HTTP/1.1", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 x\r\n\r\n{}", "SSH-2.0\r\n\r\n"] {
            assert!(matches!(channel(answer.as_bytes()), Err(Refusal::Malformed(_))), "{answer}");
        }
        assert!(matches!(channel(b"HTTP/1.1 200\r\n\r\n\xff"), Err(Refusal::Malformed(_))));
    }
}
