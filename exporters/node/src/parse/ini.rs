//! The files of systemd and its friends. Format: systemd.syntax(7).

/// Sections, in the order of the files they come from; a section may occur more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Section {
    name: String,
    settings: Vec<(String, String)>,
}

impl Ini {
    /// Reads a file. What is neither a section nor `key=value` is left out, as systemd does.
    #[must_use]
    pub fn parse(text: &str) -> Ini {
        let mut ini = Ini::default();
        for line in joined(text) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                ini.sections.push(Section { name: name.to_owned(), settings: Vec::new() });
            } else if let (Some(section), Some((key, value))) = (ini.sections.last_mut(), line.split_once('=')) {
                section.settings.push((key.trim_end().to_owned(), value.trim_start().to_owned()));
            }
        }
        ini
    }

    /// Adds a file that is read after this one, and wins.
    pub fn append(&mut self, later: Ini) {
        self.sections.extend(later.sections);
    }

    /// The last value of a key; an empty one takes back what was set before.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&str> {
        let sections = self.sections.iter().filter(|one| one.name == section);
        let mut values = sections.flat_map(|one| &one.settings).filter(|(name, _)| name == key);
        values.next_back().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The names of the sections, each once, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sections.iter().map(|section| section.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Lines without comments and blanks at their ends; a backslash at the end of a line joins the next one to it.
fn joined(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with(['#', ';']) || (line.is_empty() && open.is_empty()) {
            continue;
        }
        match line.strip_suffix('\\') {
            Some(part) => open = open + part + " ",
            None => lines.push(std::mem::take(&mut open) + line),
        }
    }
    if !open.is_empty() {
        lines.push(open.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sections_keys_comments_and_joined_lines() {
        let ini = Ini::parse(
            "; vendor\nstray=1\n[Main]\n# Mechanism=zram\n Mechanism = none \nnothing\n\n[zram0]\nzram-size = ram \\\n# in between\n/ 2\n",
        );
        assert_eq!(ini.get("Main", "Mechanism"), Some("none"));
        assert_eq!(ini.get("zram0", "zram-size"), Some("ram  / 2"));
        assert_eq!(ini.get("Main", "nothing"), None);
        assert_eq!(ini.get("", "stray"), None);
        assert_eq!(ini.names(), ["Main", "zram0"]);
    }

    #[test]
    fn a_later_file_wins_and_an_empty_value_takes_back() {
        let mut ini = Ini::parse("[Main]\nMechanism=none\nA=1\n");
        ini.append(Ini::parse("[Main]\nMechanism=zram\nA=\n"));
        assert_eq!((ini.get("Main", "Mechanism"), ini.get("Main", "A")), (Some("zram"), None));
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(text in "(\\PC|\n|\\\\\n){0,200}") {
            let ini = Ini::parse(&text);
            for name in ini.names() {
                let _ = ini.get(name, "Mechanism");
            }
        }

        #[test]
        fn a_setting_reads_back(section in "[A-Za-z0-9]{1,9}", key in "[A-Za-z-]{1,9}", value in "[a-z0-9+/]{1,9}") {
            let ini = Ini::parse(&format!("[{section}]\n{key} = {value}\n"));
            prop_assert_eq!(ini.get(&section, &key), Some(value.as_str()));
        }
    }
}
