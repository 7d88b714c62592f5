//! One request as it came from the wire, and where its path leads.

use serde_json::Value;

use super::multipart;
use super::record::Attached;

/// A whole request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// The payload of a request: the JSON and the files beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Payload {
    pub(crate) json: Value,
    pub(crate) files: Vec<Attached>,
}

/// Where a path leads: a webhook, or one of its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) webhook: String,
    pub(crate) token: String,
    pub(crate) message: Option<String>,
}

/// What is asked of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Look,
    Delete,
    EditMessage,
    LookMessage,
    DeleteMessage,
}

impl Asked {
    /// The value of a flag in the query (`wait=true`).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query.split('&').any(|pair| pair.split_once('=') == Some((name, "true")))
    }

    /// The payload, or why it is none.
    pub(crate) fn payload(&self) -> Result<Payload, &'static str> {
        if let Some(boundary) = multipart::boundary(&self.content_type) {
            return multipart::payload(&self.body, boundary);
        }
        if !self.content_type.starts_with("application/json") {
            return Err("Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.");
        }
        let json = serde_json::from_slice(&self.body).map_err(|_| "The request body contains invalid JSON.")?;
        Ok(Payload { json, files: Vec::new() })
    }
}

impl Route {
    /// `/api[/v10]/webhooks/{id}/{token}[/messages/{id}]`, as documented.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/api/")?;
        let rest = match rest.split_once('/') {
            Some((version, rest)) if version.starts_with('v') => rest,
            _ => rest,
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let (webhook, token, message) = match parts.as_slice() {
            ["webhooks", webhook, token] => (webhook, token, None),
            ["webhooks", webhook, token, "messages", message] => (webhook, token, Some((*message).to_owned())),
            _ => return None,
        };
        Some(Self { webhook: (*webhook).to_owned(), token: (*token).to_owned(), message })
    }

    /// What a method means here; none for a method that is not allowed.
    pub(crate) fn action(&self, method: &str) -> Option<Action> {
        Some(match (method, self.message.is_some()) {
            ("POST", false) => Action::Create,
            ("GET", false) => Action::Look,
            ("DELETE", false) => Action::Delete,
            ("PATCH", true) => Action::EditMessage,
            ("GET", true) => Action::LookMessage,
            ("DELETE", true) => Action::DeleteMessage,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_and_without_a_version_lead_to_the_same_place() {
        let plain = Route::parse("/api/webhooks/1/abc").unwrap();
        assert_eq!(Some(plain.clone()), Route::parse("/api/v10/webhooks/1/abc"));
        assert_eq!(plain.action("POST"), Some(Action::Create));
        assert_eq!(plain.action("PUT"), None);
    }

    #[test]
    fn a_message_is_found_below_its_webhook() {
        let route = Route::parse("/api/v10/webhooks/1/abc/messages/5").unwrap();
        assert_eq!(route.message.as_deref(), Some("5"));
        assert_eq!(route.action("PATCH"), Some(Action::EditMessage));
        assert_eq!(Route::parse("/api/webhooks/1"), None);
        assert_eq!(Route::parse("/webhooks/1/abc"), None);
    }
}
