//! What a finished dashboard owes its user, and every name in it against the family tables.
//!
//! The rules are those of Grafana's dashboard-linter as far as they make sense here (`docs/rules` in grafana/dashboard-linter).

use serde_json::Value;

use super::asked::{self, Asked, list};
use crate::contract::vocabulary::Vocabulary;

/// Every finding of a dashboard.
#[must_use]
pub fn judge(dashboard: &Value, vocabulary: &Vocabulary) -> Vec<String> {
    let name = dashboard["uid"].as_str().unwrap_or("a dashboard without a uid");
    let mut findings = page(dashboard);
    findings.extend(list(dashboard, "panels").iter().flat_map(panel));
    for asked in asked::panels(dashboard) {
        findings.extend(question(&asked));
        findings.extend(names(&asked, vocabulary));
    }
    findings.extend(list(dashboard, "panels").iter().flat_map(|panel| columns(panel, vocabulary)));
    findings.extend(asked::choices(dashboard).iter().flat_map(|asked| vocabulary.judge(&asked.place, &asked.expr)));
    findings.into_iter().map(|finding| format!("{name}: {finding}")).collect()
}

/// The page as a whole: it can be imported, and it says for which data source and host it speaks.
fn page(dashboard: &Value) -> Vec<String> {
    let variables = list(&dashboard["templating"], "list");
    let has = |name: &str| variables.iter().any(|variable| variable["name"] == name);
    let mut findings: Vec<String> = ["datasource", "job", "instance"]
        .iter()
        .filter(|name| !has(name))
        .map(|name| format!("no choice of {name}"))
        .collect();
    if !dashboard["id"].is_null() {
        findings.push("carries an id of one Grafana".to_owned());
    }
    if dashboard["editable"] != Value::Bool(false) {
        findings.push("can be edited, so that the next import would undo what somebody did".to_owned());
    }
    let idle = variables.iter().filter(|variable| variable["type"] == "query" && variable["refresh"] != 2);
    findings.extend(idle.map(|variable| format!("choice {} does not follow the time", variable["name"])));
    findings
}

/// One panel: it says what it shows and in which unit.
fn panel(panel: &Value) -> Vec<String> {
    let title = panel["title"].as_str().unwrap_or_default();
    let mut findings = Vec::new();
    if title.is_empty() {
        findings.push(format!("panel {} has no title", panel["id"]));
    }
    if panel["type"] == "row" {
        return findings;
    }
    if panel["description"].as_str().unwrap_or_default().trim().is_empty() {
        findings.push(format!("{title}: no description"));
    }
    if panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap_or_default().is_empty() {
        findings.push(format!("{title}: no unit"));
    }
    if list(panel, "targets").is_empty() {
        findings.push(format!("{title}: asks nothing"));
    }
    if panel["datasource"]["uid"] != "${datasource}" {
        findings.push(format!("{title}: another data source than the one chosen"));
    }
    findings
}

/// One question: it keeps to what is chosen, and looks at counters as counters.
fn question(asked: &Asked) -> Vec<String> {
    let Asked { place, raw, .. } = asked;
    let mut findings = Vec::new();
    if !raw.contains("job=~\"$job\"") {
        findings.push(format!("{place}: does not keep to the chosen job: {raw}"));
    }
    let fixed = ["rate(", "increase("].iter().flat_map(|call| raw.split(call).skip(1));
    for rest in fixed {
        let window = rest.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(window, _)| window);
        if !["$__rate_interval", "$__range", "24h"].contains(&window) {
            findings.push(format!("{place}: a window of its own, [{window}]"));
        }
    }
    if raw.contains("_total{") && !raw.contains("rate(") && !raw.contains("increase(") && !place.contains("since start")
    {
        findings.push(format!("{place}: a counter without rate or increase: {raw}"));
    }
    findings
}

/// Every family, label and value that a question or its legend names.
fn names(asked: &Asked, vocabulary: &Vocabulary) -> Vec<String> {
    let mut findings = vocabulary.judge(&asked.place, &asked.expr);
    let known = vocabulary.alert_labels(&asked.expr);
    let labels = asked.legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    let strange = labels.filter(|label| !known.iter().any(|one| one == label));
    findings.extend(strange.map(|label| format!("{}: no series has a label `{label}` for its legend", asked.place)));
    findings
}

/// Every column of a table is a label of its answers, or the numbers of one of its questions.
fn columns(panel: &Value, vocabulary: &Vocabulary) -> Vec<String> {
    let wanted = list(panel, "transformations").into_iter().flat_map(|one| {
        let matrix = ["rowField", "columnField"].map(|field| one["options"][field].clone());
        list(&one["options"]["include"], "names").into_iter().chain(matrix)
    });
    let wanted: Vec<String> = wanted.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let questions = asked::of_panel(panel);
    let values = ('A'..='Z').zip(&questions).map(|(letter, _)| match questions.len() {
        1 => "Value".to_owned(),
        _ => format!("Value #{letter}"),
    });
    let known: Vec<String> =
        questions.iter().flat_map(|asked| vocabulary.alert_labels(&asked.expr)).chain(values).collect();
    let strange = wanted.into_iter().filter(|name| !known.contains(name));
    strange.map(|name| format!("{}: no answer has `{name}` for its column", panel["title"])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        let variable = |name: &str| json!({"name": name, "type": "query", "refresh": 2, "definition": format!("label_values(up, {name})")});
        json!({
            "uid": "d", "id": null, "editable": false,
            "templating": {"list": [{"name": "datasource"}, variable("job"), variable("instance")]},
            "panels": [{"id": 1, "type": "stat", "title": "Up", "description": "d", "fieldConfig": {"defaults": {"unit": "none"}},
                "datasource": {"uid": "${datasource}"},
                "targets": [{"expr": "up{job=~\"$job\",instance=~\"$instance\"}", "legendFormat": "{{instance}}"}]}],
        })
    }

    fn findings(dashboard: &Value) -> String {
        let foreign = "families: [{name: up, from: prometheus, version: 1.0.0, labels: {job: any, instance: any}},
            {name: a_total, from: prometheus, version: 1.0.0, labels: {job: any, instance: any}}]";
        judge(dashboard, &Vocabulary::default().with_foreign(foreign).unwrap()).join("\n")
    }

    #[test]
    fn a_good_page_passes() {
        assert_eq!(findings(&good()), "");
    }

    #[test]
    fn each_planted_mistake_is_found() {
        let target = "/panels/0/targets/0/expr";
        for (place, value, finding) in [
            ("/id", json!(7), "id of one Grafana"),
            ("/editable", json!(true), "edited"),
            ("/templating/list/0/name", json!("ds"), "no choice of datasource"),
            ("/templating/list/2/refresh", json!(1), "follow the time"),
            ("/templating/list/2/definition", json!("label_values(up, hots)"), "label `hots`"),
            ("/panels/0/title", json!(""), "no title"),
            ("/panels/0/description", json!(" "), "no description"),
            ("/panels/0/fieldConfig/defaults/unit", json!(""), "no unit"),
            ("/panels/0/datasource/uid", json!("P1"), "another data source"),
            ("/panels/0/targets", json!([]), "asks nothing"),
            ("/panels/0/targets/0/legendFormat", json!("{{hots}}"), "label `hots`"),
            (
                "/panels/0/transformations",
                json!([{"options": {"include": {"names": ["instance", "hots"]}}}]),
                "`hots` for its column",
            ),
            (
                "/panels/0/transformations",
                json!([{"options": {"rowField": "Value", "columnField": "hots"}}]),
                "`hots` for its column",
            ),
            (target, json!("up{instance=~\"$instance\"}"), "chosen job"),
            (target, json!("upp{job=~\"$job\"}"), "no such family"),
            (target, json!("up{job=~\"$job\"} +"), "not PromQL"),
            (target, json!("rate(a_total{job=~\"$job\"}[5m])"), "window of its own"),
            (target, json!("a_total{job=~\"$job\"}"), "counter without"),
        ] {
            let mut planted = good();
            match planted.pointer_mut(place) {
                Some(old) => *old = value,
                None => planted["panels"][0]["transformations"] = value,
            }
            assert!(findings(&planted).contains(finding), "{place}: {}", findings(&planted));
        }
    }
}
