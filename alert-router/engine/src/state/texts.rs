//! Names and values as the state keeps them: one piece of memory for all of them. A storm brings ten thousand alerts,
//! and a map of three labels takes a node made for eleven.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::webhook::Labels;

/// Names and values, in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// Name, value, name, value …, without anything between them: no character is safe from a hostile label.
    text: Box<str>,
    /// Where each name ends, and where its value does.
    ends: Box<[(u32, u32)]>,
}

impl Texts {
    /// Packs names and values.
    pub(crate) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for (name, value) in pairs {
            text.push_str(name);
            let end = here(&text);
            text.push_str(value);
            ends.push((end, here(&text)));
        }
        Self { text: text.into(), ends: ends.into() }
    }

    /// All names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let begins = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        begins.zip(&self.ends).map(|(begin, (middle, end))| (self.piece(begin, *middle), self.piece(*middle, *end)))
    }

    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    fn piece(&self, from: u32, to: u32) -> &str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// The end of a text. A webhook is refused long before it has four gigabytes.
fn here(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Labels::deserialize(deserializer)?;
        Ok(Self::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        for pairs in [&[][..], &[("", "")], &[("a", "1"), ("b", ""), ("ö\0", "…\u{ffff}"), ("", "x")]] {
            let texts = Texts::of(pairs.iter().copied());
            assert_eq!(texts.iter().collect::<Vec<_>>(), pairs);
            for (name, value) in pairs {
                assert_eq!(texts.get(name), Some(*value));
            }
            assert_eq!(texts.get("ab"), None);
        }
    }

    #[test]
    fn a_checkpoint_shows_them_as_a_map() {
        let texts = Texts::of([("alertname", "Down"), ("node", "odin")]);
        let json = serde_json::to_string(&texts).unwrap();
        assert_eq!(json, r#"{"alertname":"Down","node":"odin"}"#);
        assert_eq!(serde_json::from_str::<Texts>(&json).unwrap(), texts);
    }
}
