//! What the nodes are called. dqlite knows addresses; people know host names.

use std::collections::BTreeMap;

use super::input::Member;

/// Names by address or by host; what is not named is called by the host part of its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Calls the member at `address` (or every address of a host, if there is no port in it) by `name`.
    pub fn call(&mut self, address: &str, name: &str) {
        if !name.is_empty() {
            self.0.insert(address.to_owned(), name.to_owned());
        }
    }

    /// The name of the node at an address.
    #[must_use]
    pub fn of<'a>(&'a self, address: &'a str) -> &'a str {
        let host = host(address);
        self.0.get(address).or_else(|| self.0.get(host)).map_or(host, String::as_str)
    }

    /// The address or host that is called `name`; letter case does not matter.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(_, known)| known.eq_ignore_ascii_case(name));
        named.next().map(|(address, _)| address.as_str())
    }

    /// Whether a person who says `word` means this member: by id, address, host or name; letter case does not matter.
    #[must_use]
    pub fn means(&self, word: &str, member: &Member) -> bool {
        let names = [member.address.as_str(), host(&member.address), self.of(&member.address)];
        names.iter().any(|name| name.eq_ignore_ascii_case(word)) || (member.id != 0 && member.id.to_string() == word)
    }
}

/// The host part of `host:port`; an IPv6 address loses its brackets.
#[must_use]
pub fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::wire::Role;

    #[test]
    fn a_node_is_meant_by_any_of_its_names() {
        let mut names = Names::default();
        names.call("10.0.0.2", "pi-2");
        let member = Member { id: 7, address: "10.0.0.2:19001".into(), role: Role::Voter };
        for word in ["7", "10.0.0.2", "10.0.0.2:19001", "pi-2", "PI-2"] {
            assert!(names.means(word, &member), "{word}");
        }
        for word in ["", "8", "10.0.0", "pi"] {
            assert!(!names.means(word, &member), "{word}");
        }
        assert_eq!((names.address("PI-2"), names.address("pi-3")), (Some("10.0.0.2"), None));
        assert_eq!((names.of("10.0.0.2:19001"), names.of("[fe80::1]:19001")), ("pi-2", "fe80::1"));
    }

    #[test]
    fn the_id_of_a_half_joined_node_names_nobody() {
        let member = Member { id: 0, address: "a:1".into(), role: Role::Spare };
        assert!(!Names::default().means("0", &member));
    }
}
