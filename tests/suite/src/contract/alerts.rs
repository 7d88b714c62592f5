//! What every alert must bring: words, a runbook, and tests for firing and for keeping still.

use std::collections::BTreeSet;

use super::proofs::Proof;
use super::query::{inside_template, template_labels};
use super::rules::Alert;
use super::vocabulary::Vocabulary;

const ANNOTATIONS: &[&str] = &["summary", "over", "action", "description", "runbook_url"];
const SEVERITIES: &[&str] = &["critical", "warning", "info"];

/// Alerts that always fire, so no test can show them still.
const ALWAYS: &[&str] = &["Watchdog"];

/// Words every alert needs.
#[must_use]
pub fn judge_words(alert: &Alert) -> Vec<String> {
    let name = &alert.name;
    let blank = |key: &&str| alert.annotations.get(*key).is_none_or(|text| text.trim().is_empty());
    let mut findings: Vec<String> =
        ANNOTATIONS.iter().copied().filter(blank).map(|key| format!("{name}: no {key}")).collect();
    let severity = alert.labels.get("severity").map(String::as_str).unwrap_or_default();
    if !SEVERITIES.contains(&severity) {
        findings.push(format!("{name}: severity {severity:?} is not one of {SEVERITIES:?}"));
    }
    let page = alert.annotations.get("runbook_url").map(String::as_str).unwrap_or_default();
    if !page.ends_with(&format!("/rules/runbooks/{name}.md")) {
        findings.push(format!("{name}: runbook_url does not lead to its own page"));
    }
    findings
}

/// The alert's runbook is among `pages` (names of files).
#[must_use]
pub fn judge_runbook(alert: &Alert, pages: &BTreeSet<String>) -> Vec<String> {
    let page = format!("{}.md", alert.name);
    if pages.contains(&page) { Vec::new() } else { vec![format!("{}: no runbook {page}", alert.name)] }
}

/// Shown to fire and shown to keep still.
#[must_use]
pub fn judge_proofs(alert: &Alert, proofs: &[Proof]) -> Vec<String> {
    let name = &alert.name;
    let mine = || proofs.iter().filter(|proof| proof.alertname == *name);
    let mut findings = Vec::new();
    if !mine().any(|proof| !proof.exp_alerts.is_empty()) {
        findings.push(format!("{name}: no test shows it firing"));
    }
    if !mine().any(|proof| proof.exp_alerts.is_empty()) && !ALWAYS.contains(&name.as_str()) {
        findings.push(format!("{name}: no test shows it keeping still"));
    }
    findings
}

/// Everything the alert selects, in its expression and inside its templates, and every label its templates read.
#[must_use]
pub fn judge_selectors(alert: &Alert, vocabulary: &Vocabulary) -> Vec<String> {
    let mut findings = vocabulary.judge(&alert.name, &alert.expr);
    let known = vocabulary.alert_labels(&alert.expr);
    for (key, template) in &alert.annotations {
        let place = format!("{} {key}", alert.name);
        findings.extend(inside_template(template).iter().flat_map(|text| vocabulary.judge(&place, text)));
        let strange = template_labels(template).into_iter().filter(|label| !known.contains(label));
        findings.extend(strange.map(|label| format!("{place}: the alert never has a label `{label}`")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::proofs::Expected;

    fn alert() -> Alert {
        let url = "https://a.example/rules/runbooks/A.md";
        let words = [("summary", "s"), ("over", "o"), ("action", "a"), ("description", "d"), ("runbook_url", url)];
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Alert {
            name: "A".into(),
            expr: "up == 0".into(),
            labels: map(&[("severity", "critical")]),
            annotations: map(&words),
        }
    }

    #[test]
    fn a_missing_word_is_found() {
        assert_eq!(judge_words(&alert()), [""; 0]);
        for key in ANNOTATIONS {
            let mut planted = alert();
            planted.annotations.remove(*key);
            assert!(judge_words(&planted).iter().any(|finding| finding.contains(key)), "{key}");
        }
        let mut planted = alert();
        planted.labels.insert("severity".into(), "page".into());
        assert!(judge_words(&planted)[0].contains("severity"));
    }

    #[test]
    fn a_missing_page_is_found() {
        assert_eq!(judge_runbook(&alert(), &BTreeSet::from(["A.md".to_owned()])), [""; 0]);
        assert_eq!(judge_runbook(&alert(), &BTreeSet::new()).len(), 1);
    }

    #[test]
    fn firing_and_silence_must_both_be_shown() {
        let firing = Proof { alertname: "A".into(), exp_alerts: vec![Expected::default()] };
        let still = Proof { alertname: "A".into(), exp_alerts: Vec::new() };
        assert_eq!(judge_proofs(&alert(), &[firing.clone(), still.clone()]), [""; 0]);
        assert!(judge_proofs(&alert(), &[firing])[0].contains("still"));
        assert!(judge_proofs(&alert(), &[still])[0].contains("firing"));
    }

    #[test]
    fn a_mistake_inside_a_template_is_found() {
        let foreign = "families: [{name: up, from: prometheus, version: 1.0.0, labels: {job: any, instance: any}}]";
        let vocabulary = Vocabulary::default().with_foreign(foreign).unwrap();
        let mut planted = alert();
        assert_eq!(judge_selectors(&planted, &vocabulary), [""; 0]);
        planted.annotations.insert("summary".into(), "{{ range query (printf `upp{job=%q}` $labels.jobb) }}".into());
        let findings = judge_selectors(&planted, &vocabulary).join("\n");
        assert!(findings.contains("`upp`") && findings.contains("`jobb`"), "{findings}");
    }
}
