//! The results of all scenes as Markdown.

use std::fmt::Write as _;

use super::play::Outcome;

/// Two tables: how soon each state was told, and what each answer came to.
#[must_use]
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from("| state | told by every exporter after |\n|---|---|\n");
    for outcome in outcomes {
        let after = outcome.told_after.map_or("not told".to_owned(), |after| format!("{:.1} s", after.as_secs_f64()));
        let _ = writeln!(text, "| {} | {after} |", outcome.scene);
    }
    text.push_str("\n| state | node | may it be stopped? | what happened |\n|---|---|---|---|\n");
    for row in outcomes.iter().flat_map(|outcome| &outcome.rows) {
        let _ = writeln!(text, "{row}");
    }
    text
}

/// A page with `text` between the marks of `name`; without such marks it comes at the end, with them.
#[must_use]
pub fn placed(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (head, rest) = page.split_once(&begin).unwrap_or((page, ""));
    let tail = rest.split_once(&end).map_or("", |(_, tail)| tail);
    format!("{head}{begin}{text}{end}{tail}")
}

/// Everything that was wrong in any of them.
#[must_use]
pub fn faults(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().flat_map(|outcome| &outcome.faults).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_never_told_says_so() {
        let outcome = Outcome { scene: "odd", told_after: None, rows: Vec::new(), faults: vec!["why".into()] };
        assert!(markdown(&[outcome]).contains("| odd | not told |"));
    }

    #[test]
    fn a_part_of_a_page_is_replaced_and_the_rest_stays() {
        let page = placed("# A\n", "one", "1\n");
        let page = placed(&page, "two", "2\n");
        assert_eq!(page, "# A\n<!-- one -->\n1\n<!-- /one -->\n<!-- two -->\n2\n<!-- /two -->\n");
        assert_eq!(placed(&page, "one", "3\n"), page.replace('1', "3"));
    }
}
