//! Licences of what we build with: a short list, and an SPDX expression must be satisfiable from it.

use super::Graph;

/// Permissive licences that ask for no more than their text.
const WELCOME: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "NCSA", // libFuzzer, which nothing that ships is built with
    "Unlicense",
    "Zlib",
];

/// Crates whose licence cannot be satisfied from the list.
#[must_use]
pub fn unwelcome(graph: &Graph) -> Vec<String> {
    let refused = graph.packages.iter().filter(|one| !satisfied(&one.licence));
    refused.map(|one| format!("{} {} has the licence {:?}", one.name, one.version, one.licence)).collect()
}

/// Whether an expression of names, `AND`, `OR`, `WITH`, parentheses (and cargo's old `/` for `OR`) can be satisfied.
fn satisfied(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    alternatives(&mut rest) && rest.is_empty()
}

fn alternatives(rest: &mut &[&str]) -> bool {
    let mut any = all(rest);
    while eat(rest, "OR") {
        any |= all(rest);
    }
    any
}

fn all(rest: &mut &[&str]) -> bool {
    let mut every = one(rest);
    while eat(rest, "AND") {
        every &= one(rest);
    }
    every
}

fn one(rest: &mut &[&str]) -> bool {
    if eat(rest, "(") {
        return alternatives(rest) & eat(rest, ")");
    }
    let Some((name, after)) = rest.split_first() else { return false };
    *rest = after;
    if eat(rest, "WITH") {
        // An exception only ever permits more.
        *rest = rest.get(1..).unwrap_or_default();
    }
    WELCOME.contains(name)
}

fn eat(rest: &mut &[&str], token: &str) -> bool {
    let found = rest.first() == Some(&token);
    if found {
        *rest = &rest[1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::Package;

    #[test]
    fn a_choice_with_one_welcome_side_will_do() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR X",
        ] {
            assert!(satisfied(good), "{good}");
        }
    }

    #[test]
    fn what_cannot_be_satisfied_is_refused() {
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND MPL-2.0", "MIT MIT"] {
            assert!(!satisfied(bad), "{bad}");
        }
    }

    #[test]
    fn a_planted_licence_is_named() {
        let package = Package { name: "evil".into(), licence: "AGPL-3.0-only".into(), ..Package::default() };
        assert!(unwelcome(&Graph { packages: vec![package] })[0].contains("evil"));
    }
}
