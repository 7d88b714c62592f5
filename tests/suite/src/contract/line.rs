//! The line on a locked phone: `{mark} {where}: {what}, {number or consequence}. {first thing to do or cause}`.

/// Characters of a whole line, mark included.
const LINE: usize = 110;
/// Characters of the `summary` annotation it is made of.
const SUMMARY: usize = 100;
/// Characters of the `over` annotation: mark, reason of a delay and duration come to it.
const OVER: usize = 80;
/// Words that promise more than the end of an alert proves: it also ends when something worse took its place.
const PROMISES: &[&str] = &["again", "healthy", "fine", "back", "ONLINE", "resolved", "recovered"];

/// What begins a line; the words say the same, so the mark is never the only carrier of the meaning.
const MARKS: &[&str] = &["🔴", "🟠", "🔵", OVER_MARK, "⏸", "🧪"];
/// The mark of what is over, after which nothing is left to do.
const OVER_MARK: &str = "✅";

/// What is wrong with a summary with its templates filled in.
#[must_use]
pub fn judge_summary(alert: &str, summary: &str) -> Vec<String> {
    let mut findings = annotation(alert, summary, SUMMARY);
    findings.extend(consequence(summary));
    named(alert, summary, findings)
}

/// What is wrong with the words for the end, with their templates filled in.
#[must_use]
pub fn judge_over(alert: &str, over: &str) -> Vec<String> {
    let mut findings = annotation(alert, over, OVER);
    if let Some(promise) = over.split_whitespace().find(|word| PROMISES.contains(word)) {
        findings.push(format!("promises {promise:?}, which the end of an alert does not prove"));
    }
    if over.ends_with(['.', '!', '?']) {
        findings.push("ends a sentence that goes on with the duration".to_owned());
    }
    named(alert, over, findings)
}

/// What is wrong with a line as the phone shows it.
#[must_use]
pub fn judge_line(alert: &str, line: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let length = line.chars().count();
    if length > LINE {
        findings.push(format!("{length} characters, at most {LINE}"));
    }
    match MARKS.iter().find_map(|mark| line.strip_prefix(mark)) {
        Some(rest) => {
            let text = rest.trim_start_matches('\u{fe0f}').trim_start();
            findings.extend(shape(text));
            findings.extend(consequence(text).filter(|_| !line.starts_with(OVER_MARK)));
        }
        None => findings.push("no mark".to_owned()),
    }
    named(alert, line, findings)
}

/// Findings as sentences that say of what they speak.
fn named(alert: &str, text: &str, findings: Vec<String>) -> Vec<String> {
    findings.into_iter().map(|finding| format!("{alert}: {finding}: {text:?}")).collect()
}

/// What an annotation owes beyond its shape: its length, and to leave mark and name to others.
fn annotation(alert: &str, text: &str, most: usize) -> Vec<String> {
    let mut findings = shape(text);
    let length = text.chars().count();
    if length > most {
        findings.push(format!("{length} characters, at most {most}"));
    }
    if MARKS.iter().any(|mark| text.contains(mark)) {
        findings.push("carries a mark; the router adds it".to_owned());
    }
    if text.contains(alert) {
        findings.push("says the alert's name; a person wants to know what is wrong".to_owned());
    }
    findings
}

/// What is told of trouble says more than that there is some.
fn consequence(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(": ")?;
    let bare = !rest.contains(". ") && !rest.contains(", ") && !rest.contains('(');
    bare.then(|| "says what, but not what follows or what to do".to_owned())
}

/// What every text has in common.
fn shape(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let Some((place, _)) = text.split_once(": ") else {
        return vec!["does not say where".to_owned()];
    };
    if place.is_empty() || place.contains(' ') {
        findings.push("does not begin with a host".to_owned());
    }
    if text.lines().count() != 1 || text.contains("  ") || text.trim() != text {
        findings.push("not one clean line".to_owned());
    }
    if ["**", "__", "~~", "`", "](", "||", "<t:"].iter().any(|sign| text.contains(sign)) {
        findings.push("Markdown".to_owned());
    }
    if ["{{", "[no value]", "%!"].iter().any(|sign| text.contains(sign)) {
        findings.push("a template shows through".to_owned());
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_book_passes() {
        let line = "odin: pool tank lost a disk (…0003 gone), can lose 1 more. See zpool status tank";
        assert_eq!(judge_summary("ZfsPoolDegraded", line), [""; 0]);
        assert_eq!(judge_line("ZfsPoolDegraded", &format!("🟠 {line}")), [""; 0]);
    }

    #[test]
    fn each_planted_mistake_is_found() {
        let long = format!("odin: {}. Look", "x".repeat(100));
        for (bad, finding) in [
            (long.as_str(), "at most 100"),
            ("pool tank degraded. Look", "where"),
            ("the host odin: pool tank, degraded", "begin with a host"),
            ("odin: pool tank degraded", "what follows"),
            ("odin: pool **tank**, degraded", "Markdown"),
            ("odin: pool `tank`, degraded", "Markdown"),
            ("odin: pool  tank, degraded", "clean line"),
            ("odin: pool tank,\ndegraded", "clean line"),
            ("odin: pool {{ $labels.pool }}, degraded", "template"),
            ("🔴 odin: pool tank, degraded", "mark"),
            ("odin: ZfsPoolDegraded, look", "alert's name"),
        ] {
            let findings = judge_summary("ZfsPoolDegraded", bad).join("\n");
            assert!(findings.contains(finding), "{bad}: {findings}");
        }
        assert!(judge_line("X", "odin: pool tank, degraded")[0].contains("no mark"));
    }

    #[test]
    fn the_end_owes_no_consequence_but_the_truth() {
        let over = "odin: pool tank is no longer reported DEGRADED";
        assert_eq!(judge_over("ZfsPoolDegraded", over), [""; 0]);
        assert_eq!(judge_line("ZfsPoolDegraded", &format!("✅ {over} after 15 min")), [""; 0]);
        let long = format!("odin: {}", "x".repeat(75));
        for (bad, finding) in [
            (long.as_str(), "at most 80"),
            ("pool tank is no longer DEGRADED", "where"),
            ("odin: pool tank ONLINE again", "promises \"ONLINE\""),
            ("odin: pool tank is well again", "promises \"again\""),
            ("odin: pool tank is no longer DEGRADED.", "duration"),
            ("odin: pool `tank` is no longer DEGRADED", "Markdown"),
            ("✅ odin: pool tank is no longer DEGRADED", "mark"),
            ("odin: ZfsPoolDegraded is over", "alert's name"),
        ] {
            let findings = judge_over("ZfsPoolDegraded", bad).join("\n");
            assert!(findings.contains(finding), "{bad}: {findings}");
        }
    }
}
