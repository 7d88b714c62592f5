//! Who a message would ring: the mentions in its content that `allowed_mentions` lets live.
//!
//! Stricter than the real service on purpose: it also counts a mention inside a code span, and one that only the default
//! for webhooks would have kept quiet. A sender that means to be quiet says so.

use serde::Serialize;
use serde_json::Value;

/// The live mentions of one version of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mentions {
    /// `@everyone` or `@here`.
    pub everyone: bool,
    /// Ids of users.
    pub users: Vec<String>,
    /// Ids of roles.
    pub roles: Vec<String>,
}

impl Mentions {
    /// Nobody is mentioned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What `content` mentions, as far as `allowed` (the request's `allowed_mentions`) lets it.
    pub(crate) fn live(content: &str, allowed: Option<&Value>) -> Self {
        let found = Self::written(content);
        let Some(allowed) = allowed.filter(|value| !value.is_null()) else {
            return found;
        };
        let parsed = |kind: &str| list(allowed, "parse").any(|word| word == kind);
        let kept = |ids: Vec<String>, kind: &str| {
            ids.into_iter().filter(|id| parsed(kind) || list(allowed, kind).any(|one| one == id)).collect()
        };
        Self {
            everyone: found.everyone && parsed("everyone"),
            users: kept(found.users, "users"),
            roles: kept(found.roles, "roles"),
        }
    }

    fn written(content: &str) -> Self {
        let mut found =
            Self { everyone: content.contains("@everyone") || content.contains("@here"), ..Self::default() };
        for part in content.split("<@").skip(1) {
            let Some((id, _)) = part.split_once('>') else { continue };
            let (ids, id) = match id.strip_prefix('&') {
                Some(role) => (&mut found.roles, role),
                None => (&mut found.users, id.trim_start_matches('!')),
            };
            if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
                ids.push(id.to_owned());
            }
        }
        found
    }
}

fn list<'a>(allowed: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    allowed[key].as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LOUD: &str = "@everyone <@1> <@!2> <@&3> <@x> <#4>";

    #[test]
    fn without_a_word_everything_lives() {
        let live = Mentions::live(LOUD, None);
        assert!(live.everyone);
        assert_eq!((live.users, live.roles), (vec!["1".to_owned(), "2".to_owned()], vec!["3".to_owned()]));
    }

    #[test]
    fn an_empty_parse_silences_all_but_the_listed() {
        assert!(Mentions::live(LOUD, Some(&json!({"parse": []}))).is_empty());
        let live = Mentions::live(LOUD, Some(&json!({"parse": [], "roles": ["3"], "users": ["9"]})));
        assert_eq!(live, Mentions { roles: vec!["3".to_owned()], ..Mentions::default() });
    }

    #[test]
    fn here_counts_as_everyone() {
        assert!(Mentions::live("@here", Some(&json!({"parse": ["everyone"]}))).everyone);
    }
}
