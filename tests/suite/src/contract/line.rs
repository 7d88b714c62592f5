//! The line on a locked phone: `{mark} {where}: {what}, {number or consequence}. {first thing to do or cause}`.

/// Characters of a whole line, mark included.
const LINE: usize = 110;
/// Characters of the `summary` annotation it is made of.
const SUMMARY: usize = 100;

/// What begins a line; the words say the same, so the mark is never the only carrier of the meaning.
const MARKS: &[&str] = &["🔴", "🟠", "🔵", "✅", "⏸", "🧪"];

/// What is wrong with a summary with its templates filled in.
#[must_use]
pub fn judge_summary(alert: &str, summary: &str) -> Vec<String> {
    let mut findings = shape(summary);
    let length = summary.chars().count();
    if length > SUMMARY {
        findings.push(format!("{length} characters, at most {SUMMARY}"));
    }
    if MARKS.iter().any(|mark| summary.contains(mark)) {
        findings.push("carries a mark; the router adds it".to_owned());
    }
    if summary.contains(alert) {
        findings.push("says the alert's name; a person wants to know what is wrong".to_owned());
    }
    findings.into_iter().map(|finding| format!("{alert}: {finding}: {summary:?}")).collect()
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
        Some(rest) => findings.extend(shape(rest.trim_start_matches('\u{fe0f}').trim_start())),
        None => findings.push("no mark".to_owned()),
    }
    findings.into_iter().map(|finding| format!("{alert}: {finding}: {line:?}")).collect()
}

/// What both have in common.
fn shape(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let Some((place, rest)) = text.split_once(": ") else {
        return vec!["does not say where".to_owned()];
    };
    if place.is_empty() || place.contains(' ') {
        findings.push("does not begin with a host".to_owned());
    }
    if !rest.contains(". ") && !rest.contains(", ") && !rest.contains('(') {
        findings.push("says what, but not what follows or what to do".to_owned());
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
}
