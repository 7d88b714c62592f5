//! Every question in a finished dashboard, as Prometheus would be asked when all is chosen at the top of the page.

use serde_json::Value;

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Heading of its panel, or the name of the choice that it fills.
    pub place: String,
    /// As it stands in the file.
    pub raw: String,
    /// PromQL with Grafana's variables filled in.
    pub expr: String,
    /// What its series are called.
    pub legend: String,
}

/// All questions of the panels.
#[must_use]
pub fn panels(dashboard: &Value) -> Vec<Asked> {
    list(dashboard, "panels").iter().flat_map(of_panel).collect()
}

/// The questions of one panel.
#[must_use]
pub fn of_panel(panel: &Value) -> Vec<Asked> {
    let asked = |target: &Value| {
        let raw = text(target, "expr");
        Asked { place: text(panel, "title"), expr: filled(&raw), raw, legend: text(target, "legendFormat") }
    };
    list(panel, "targets").iter().map(asked).collect()
}

/// All choices at the top that ask Prometheus: as an expression that has one series for each choice.
#[must_use]
pub fn choices(dashboard: &Value) -> Vec<Asked> {
    let asked = |variable: &Value| {
        let raw = text(variable, "definition");
        let (selector, label) = raw.strip_prefix("label_values(")?.strip_suffix(')')?.rsplit_once(", ")?;
        let expr = filled(&format!("group by ({label}) ({selector})"));
        Some(Asked { place: text(variable, "name"), raw: raw.clone(), expr, legend: String::new() })
    };
    list(&dashboard["templating"], "list").iter().filter_map(asked).collect()
}

pub(super) fn list(value: &Value, key: &str) -> Vec<Value> {
    value[key].as_array().cloned().unwrap_or_default()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Grafana's variables as they are when everything is chosen and six hours are shown.
fn filled(raw: &str) -> String {
    let times = [("$__rate_interval", "5m"), ("$__interval", "1m"), ("$__range", "6h")];
    let mut text = times.iter().fold(raw.to_owned(), |text, (name, value)| text.replace(name, value));
    while let Some(at) = text.find("\"$") {
        let end = text[at + 2..].find('"').map_or(text.len(), |length| at + 2 + length);
        text.replace_range(at + 1..end, ".+");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn questions_and_choices_are_found() {
        let dashboard = json!({
            "panels": [{"title": "row"}, {"title": "Errors", "targets": [
                {"expr": "rate(a_total{job=~\"$job\",b=\"c\"}[$__rate_interval])", "legendFormat": "{{b}}"}]}],
            "templating": {"list": [{"name": "datasource"}, {"name": "pool", "definition": "label_values(a{job=~\"$job\"}, pool)"}]},
        });
        let found = panels(&dashboard);
        assert_eq!((found.len(), found[0].place.as_str()), (1, "Errors"));
        assert_eq!(found[0].expr, "rate(a_total{job=~\".+\",b=\"c\"}[5m])");
        let found = choices(&dashboard);
        assert_eq!((found.len(), found[0].expr.as_str()), (1, "group by (pool) (a{job=~\".+\"})"));
    }
}
