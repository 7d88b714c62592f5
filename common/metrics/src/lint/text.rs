//! Rules of a family's help text.

use crate::family::Definition;

/// Longest help in characters: it is one line in Grafana's and Prometheus' metric pickers.
const LONGEST: usize = 240;

/// All rules of this file.
pub(super) fn check(family: &Definition, words: &mut Vec<String>) {
    let help = family.help;
    if !help.starts_with(|letter: char| letter.is_uppercase() || letter.is_ascii_digit()) || !help.ends_with('.') {
        words.push(String::from("the help is a sentence: it begins with a capital and ends with a full stop"));
    }
    if help.split_whitespace().count() < 2 {
        words.push(String::from("the help says more than the name does"));
    }
    if help.contains("  ") || help.contains(['\n', '\t']) {
        words.push(String::from("the help is one line with single spaces"));
    }
    if help.chars().count() > LONGEST {
        words.push(format!("the help has at most {LONGEST} characters, the rest belongs to the role's page"));
    }
}
