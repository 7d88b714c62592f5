//! A webhook's address, which is a password.

use std::fmt;

use gjallarhorn_service::secret::Secret;

/// Where messages go: `https://discord.com/api/webhooks/{id}/{token}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    base: Secret,
    id: String,
    thread: Option<u64>,
}

/// What is wrong with an address; the address itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It has another shape.
    #[error("not a webhook's address: expected https://discord.com/api/webhooks/ID/TOKEN")]
    Shape,
    /// It holds control characters or white space.
    #[error("a webhook's address holds no white space")]
    Space,
}

impl Address {
    /// Reads an address. A `thread_id` in its query is kept unless `thread` says another.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn read(secret: &Secret, thread: Option<u64>) -> Result<Self, AddressError> {
        let text = secret.reveal();
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(AddressError::Space);
        }
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let base = base.trim_end_matches('/');
        let (_, path) = base.split_once("/webhooks/").ok_or(AddressError::Shape)?;
        let (id, token) = path.split_once('/').ok_or(AddressError::Shape)?;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) || token.is_empty() || token.contains('/') {
            return Err(AddressError::Shape);
        }
        let in_query = query.split('&').find_map(|pair| pair.strip_prefix("thread_id=")).and_then(|id| id.parse().ok());
        Ok(Address { base: Secret::new(base), id: id.to_owned(), thread: thread.or(in_query) })
    }

    /// The webhook's id: no secret, and the name of its limits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// For a new message. `wait=true`, or Discord would not say whether it was saved.
    #[must_use]
    pub fn create(&self, components: bool) -> Secret {
        self.with("", &[("wait", "true"), ("with_components", if components { "true" } else { "" })])
    }

    /// For the edit of a message.
    #[must_use]
    pub fn edit(&self, message: &str, components: bool) -> Secret {
        let path = format!("/messages/{message}");
        self.with(&path, &[("with_components", if components { "true" } else { "" })])
    }

    /// For a look at the webhook itself.
    #[must_use]
    pub fn look(&self) -> Secret {
        self.base.clone()
    }

    fn with(&self, path: &str, pairs: &[(&str, &str)]) -> Secret {
        let mut pairs: Vec<_> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.extend(self.thread.map(|thread| format!("thread_id={thread}")));
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        Secret::new(format!("{}{path}{query}", self.base.reveal()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Address").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Address, AddressError> {
        Address::read(&Secret::new(text), None)
    }

    #[test]
    fn an_address_has_an_id_and_a_token() {
        let address = read("https://discord.com/api/v10/webhooks/12/abc-D_e/?thread_id=7").expect("reads");
        assert_eq!(address.id(), "12");
        assert_eq!(
            address.create(true).reveal(),
            "https://discord.com/api/v10/webhooks/12/abc-D_e?wait=true&with_components=true&thread_id=7"
        );
        assert_eq!(
            address.edit("99", false).reveal(),
            "https://discord.com/api/v10/webhooks/12/abc-D_e/messages/99?thread_id=7"
        );
    }

    #[test]
    fn other_shapes_are_refused_without_being_repeated() {
        for text in
            ["", "https://discord.com/", "https://x/webhooks/a/tok", "https://x/webhooks/1", "https://x/webhooks/1/a/b"]
        {
            assert_eq!(read(text), Err(AddressError::Shape), "{text}");
        }
        assert_eq!(read("https://x/webhooks/1/to ken"), Err(AddressError::Space));
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", read("https://x/webhooks/1/token").expect("reads")).contains("token"));
    }
}
