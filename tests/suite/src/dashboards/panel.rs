//! One panel as Grafana's JSON model.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::source::{Ask, Column, Kind, Panel};

/// The data source that is chosen at the top of the page.
#[must_use]
pub fn datasource() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

/// Columns and rows of a kind that says nothing else.
#[must_use]
pub fn size(kind: Kind) -> (u8, u8) {
    match kind {
        Kind::Stat => (4, 4),
        Kind::Bars => (8, 7),
        Kind::Lines => (12, 8),
        Kind::Timeline | Kind::Table => (24, 8),
        Kind::Matrix => (12, 8),
    }
}

/// The JSON of a panel; `expand` fills in the choices of the page.
#[must_use]
pub fn render(panel: &Panel, id: u32, place: &Value, expand: &dyn Fn(&str) -> String) -> Value {
    json!({
        "datasource": datasource(),
        "description": panel.about,
        "fieldConfig": {"defaults": defaults(panel), "overrides": overrides(panel)},
        "gridPos": place,
        "id": id,
        "options": options(panel.kind),
        "targets": targets(panel, expand),
        "title": panel.title,
        "transformations": transformations(panel),
        "type": kind(panel.kind),
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Stat => "stat",
        Kind::Bars => "bargauge",
        Kind::Lines => "timeseries",
        Kind::Timeline => "state-timeline",
        Kind::Table | Kind::Matrix => "table",
    }
}

fn targets(panel: &Panel, expand: &dyn Fn(&str) -> String) -> Vec<Value> {
    let over_time = matches!(panel.kind, Kind::Lines | Kind::Timeline);
    let format = if matches!(panel.kind, Kind::Table | Kind::Matrix) { "table" } else { "time_series" };
    let target = |(letter, ask): (char, &Ask)| {
        json!({"datasource": datasource(), "editorMode": "code", "expr": expand(&ask.expr), "format": format,
            "instant": !over_time, "legendFormat": ask.legend, "range": over_time, "refId": letter.to_string()})
    };
    ('A'..='Z').zip(&panel.ask).map(target).collect()
}

fn defaults(panel: &Panel) -> Value {
    let mut defaults = json!({"color": {"mode": colour_mode(panel)}, "custom": custom(panel), "mappings": mappings(&panel.words),
        "noValue": "none", "thresholds": thresholds(&panel.steps), "unit": panel.unit});
    if panel.kind == Kind::Bars && panel.unit == "percentunit" {
        defaults["min"] = json!(0);
        defaults["max"] = json!(1);
    }
    defaults
}

fn colour_mode(panel: &Panel) -> &'static str {
    if panel.kind == Kind::Lines { "palette-classic" } else { "thresholds" }
}

fn custom(panel: &Panel) -> Value {
    match panel.kind {
        Kind::Lines => {
            let style = if panel.steps.is_empty() { "off" } else { "dashed" };
            json!({"drawStyle": "line", "fillOpacity": 8, "lineWidth": 1, "showPoints": "never", "spanNulls": false,
                "thresholdsStyle": {"mode": style}})
        }
        Kind::Timeline => json!({"fillOpacity": 80, "lineWidth": 0, "spanNulls": false}),
        Kind::Matrix => json!({"align": "center", "cellOptions": {"type": "color-background", "mode": "basic"}}),
        Kind::Table => json!({"align": "auto", "cellOptions": {"type": "auto"}}),
        Kind::Stat | Kind::Bars => json!({}),
    }
}

/// `red 80` is red from 80 on; the first colour has no number.
fn thresholds(steps: &[String]) -> Value {
    let step = |text: &String| match text.rsplit_once(' ') {
        Some((colour, from)) => json!({"color": colour, "value": from.parse::<f64>().ok()}),
        None => json!({"color": text, "value": null}),
    };
    let steps: Vec<Value> =
        if steps.is_empty() { vec![json!({"color": "text", "value": null})] } else { steps.iter().map(step).collect() };
    json!({"mode": "absolute", "steps": steps})
}

/// `1: yes green` shows a green "yes" where the number is 1.
fn mappings(words: &BTreeMap<String, String>) -> Value {
    let word = |(at, (number, text)): (usize, (&String, &String))| {
        let (text, colour) = text.rsplit_once(' ').unwrap_or((text, "text"));
        (number.clone(), json!({"color": colour, "index": at, "text": text}))
    };
    let options: Map<String, Value> = words.iter().enumerate().map(word).collect();
    if options.is_empty() { json!([]) } else { json!([{"options": options, "type": "value"}]) }
}

fn overrides(panel: &Panel) -> Vec<Value> {
    panel.columns.iter().filter_map(|column| of_column(panel, column)).collect()
}

/// Unit, words and colours of one column, found by its heading.
fn of_column(panel: &Panel, column: &Column) -> Option<Value> {
    let mut properties = Vec::new();
    if let Some(unit) = &column.unit {
        properties.push(json!({"id": "unit", "value": unit}));
    }
    if !column.words.is_empty() {
        properties.push(json!({"id": "mappings", "value": mappings(&column.words)}));
    }
    if !column.steps.is_empty() {
        properties.push(json!({"id": "thresholds", "value": thresholds(&column.steps)}));
    }
    if !column.words.is_empty() || !column.steps.is_empty() {
        let mode = if panel.kind == Kind::Matrix { "color-text" } else { "color-background" };
        properties.push(json!({"id": "custom.cellOptions", "value": {"type": mode, "mode": "basic"}}));
    }
    let found = json!({"id": "byName", "options": column.heading});
    (!properties.is_empty()).then(|| json!({"matcher": found, "properties": properties}))
}

fn transformations(panel: &Panel) -> Vec<Value> {
    match panel.kind {
        Kind::Matrix => panel.matrix.iter().map(|(down, across)| matrix(down, across)).collect(),
        Kind::Table => {
            let join = (panel.ask.len() > 1).then(|| json!({"id": "merge", "options": {}}));
            join.into_iter().chain(only(panel)).collect()
        }
        Kind::Stat | Kind::Bars | Kind::Lines | Kind::Timeline => Vec::new(),
    }
}

fn matrix(down: &str, across: &str) -> Value {
    json!({"id": "groupingToMatrix", "options": {"columnField": across, "rowField": down, "valueField": "Value"}})
}

/// The columns of a table, in their order and by their headings; what is not named is left out.
fn only(panel: &Panel) -> [Value; 2] {
    let name = |column: &Column| match column.of.len() {
        1 if panel.ask.len() > 1 => format!("Value #{}", column.of),
        1 => "Value".to_owned(),
        _ => column.of.clone(),
    };
    let names: Vec<String> = panel.columns.iter().map(name).collect();
    let order: Map<String, Value> = names.iter().enumerate().map(|(at, name)| (name.clone(), json!(at))).collect();
    let pairs = names.iter().zip(&panel.columns);
    let headings: Map<String, Value> = pairs.map(|(name, column)| (name.clone(), json!(column.heading))).collect();
    [
        json!({"id": "filterFieldsByName", "options": {"include": {"names": names}}}),
        json!({"id": "organize", "options": {"excludeByName": {}, "indexByName": order, "renameByName": headings}}),
    ]
}

fn options(kind: Kind) -> Value {
    let now = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
    match kind {
        Kind::Stat => {
            json!({"colorMode": "background", "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
            "reduceOptions": now, "textMode": "auto", "wideLayout": true})
        }
        Kind::Bars => {
            json!({"displayMode": "basic", "orientation": "horizontal", "reduceOptions": now, "showUnfilled": true})
        }
        Kind::Lines => {
            json!({"legend": {"calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": "bottom",
            "showLegend": true}, "tooltip": {"mode": "multi", "sort": "desc"}})
        }
        Kind::Timeline => {
            json!({"alignValue": "left", "legend": {"displayMode": "list", "placement": "bottom", "showLegend": true},
            "mergeValues": true, "rowHeight": 0.8, "showValue": "auto", "tooltip": {"mode": "single", "sort": "none"}})
        }
        Kind::Table | Kind::Matrix => json!({"cellHeight": "sm", "footer": {"show": false}, "showHeader": true}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_words_are_read() {
        let steps = thresholds(&["green".to_owned(), "dark-red 80".to_owned()]);
        assert_eq!(steps["steps"], json!([{"color": "green", "value": null}, {"color": "dark-red", "value": 80.0}]));
        let words = BTreeMap::from([("1".to_owned(), "not here red".to_owned())]);
        assert_eq!(mappings(&words)[0]["options"]["1"], json!({"color": "red", "index": 0, "text": "not here"}));
        assert_eq!(mappings(&BTreeMap::new()), json!([]));
    }

    #[test]
    fn a_letter_is_the_number_of_its_question() {
        let text = "{kind: table, title: t, about: a, ask: [{expr: a}, {expr: b}], columns: [{of: node, as: Node}, {of: B, as: Up}]}";
        let panel: Panel = yaml_serde::from_str(text).unwrap();
        let names = &only(&panel)[1]["options"]["renameByName"];
        assert_eq!(names, &json!({"node": "Node", "Value #B": "Up"}));
    }
}
