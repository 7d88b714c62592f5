//! Where to look further: Runbook, Graph, Dashboard, Silence. Printed, never fetched.

use crate::state::{Group, Instance};
use crate::webhook::Labels;

/// The longest address, in bytes (a Discord button's limit, in ASCII).
const URL: usize = 512;

/// One link. The address is http or https, ASCII, without anything that could end an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) label: &'static str,
    pub(super) url: String,
    /// Whether the host is one that Discord takes for a button: with a dot.
    pub(super) public_form: bool,
}

/// The links of a group, by the words of its worst alert.
pub(super) fn of(group: &Group, worst: &Instance) -> Vec<Link> {
    let annotated = |names: [&str; 2]| names.iter().find_map(|name| worst.annotations.get(name));
    let dashboard = annotated(["dashboard_url", "dashboard"]).unwrap_or(&worst.dashboard_url);
    let silence = match &*worst.silence_url {
        // What is over needs no silence.
        _ if !group.open => String::new(),
        "" => silence(group, worst),
        given => given.to_owned(),
    };
    let candidates = [
        ("Runbook", annotated(["runbook_url", "runbook"]).unwrap_or_default()),
        ("Graph", &*worst.generator_url),
        ("Dashboard", dashboard),
        ("Silence", &silence),
    ];
    candidates.into_iter().filter_map(|(label, url)| link(label, url)).collect()
}

/// A link, when the address is a sound one.
fn link(label: &'static str, url: &str) -> Option<Link> {
    let url = url.trim();
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        url.get(8..)?
    } else if lower.starts_with("http://") {
        url.get(7..)?
    } else {
        return None;
    };
    let sound = url.bytes().all(|byte| byte.is_ascii_graphic() && !br#""'<>`\^{}|"#.contains(&byte));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    (sound && url.len() <= URL && !host.is_empty() && !authority.contains('@')).then(|| Link {
        label,
        url: url.to_owned(),
        public_form: host.trim_matches('.').contains('.'),
    })
}

/// Alertmanager's form for a new silence, filled in with the group's labels.
fn silence(group: &Group, worst: &Instance) -> String {
    if group.external_url.is_empty() {
        return String::new();
    }
    let pick = |name: &str| worst.labels.get(name).map(|value| (name.to_owned(), value.to_owned()));
    let named: Labels = ["alertname", "node", "instance"].into_iter().filter_map(pick).collect();
    let labels = if group.labels.is_empty() { &named } else { &group.labels };
    let matchers: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    let filter = percent(&format!("{{{}}}", matchers.join(",")));
    format!("{}/#/silences/new?filter={filter}", group.external_url.trim_end_matches('/'))
}

/// Percent-encoding of everything but unreserved characters.
fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_http_addresses_are_links() {
        for good in ["https://a.example/x?y=%22#z", "HTTP://10.0.0.1:9090/graph"] {
            assert!(link("Graph", good).is_some_and(|link| link.public_form), "{good}");
        }
        assert_eq!(link("Graph", "http://odin:9090/").map(|link| link.public_form), Some(false));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "ftp://a.b",
            "https://a.b/\"onclick",
            "https://u:p@a.b/",
            "//a.b",
            "https://a.b/ö",
            "",
        ] {
            assert_eq!(link("Graph", bad), None, "{bad}");
        }
        assert_eq!(link("Graph", &format!("https://a.b/{}", "x".repeat(512))), None);
    }
}
