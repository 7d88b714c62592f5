//! A dashboard as Grafana's JSON model (schema version 39, Grafana 10.4 and newer), importable by hand and by provisioning.

use serde_json::{Value, json};

use super::panel;
use super::source::{Dashboard, Row, Variable};

/// Columns of a page.
const PAGE: u8 = 24;

/// The JSON of a dashboard.
#[must_use]
pub fn render(dashboard: &Dashboard) -> Value {
    json!({
        "__requires": requires(),
        "annotations": {"list": []},
        "description": dashboard.about,
        "editable": false,
        "graphTooltip": 1,
        "id": null,
        "links": [{"asDropdown": true, "icon": "external link", "includeVars": true, "keepTime": true,
            "tags": ["gjallarhorn"], "targetBlank": false, "title": "Gjallarhorn", "type": "dashboards", "url": ""}],
        "panels": panels(dashboard),
        "refresh": "30s",
        "schemaVersion": 39,
        "tags": ["gjallarhorn"],
        "templating": {"list": variables(dashboard)},
        "time": {"from": format!("now-{}", dashboard.span), "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": dashboard.title,
        "uid": dashboard.uid,
        "version": 1,
    })
}

fn requires() -> Value {
    let panel = |id: &str| json!({"type": "panel", "id": id, "name": id, "version": ""});
    json!([
        {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.4.0"},
        {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
        panel("bargauge"), panel("stat"), panel("state-timeline"), panel("table"), panel("timeseries"),
    ])
}

fn variables(dashboard: &Dashboard) -> Vec<Value> {
    let source = json!({"current": {}, "hide": 0, "includeAll": false, "label": "Data Source", "multi": false,
        "name": "datasource", "options": [], "query": "prometheus", "refresh": 1, "regex": "", "type": "datasource"});
    let job = dashboard.variables.first().map(|first| choice("job", &bare(&first.of)));
    let rest = dashboard.variables.iter().enumerate();
    let rest = rest.map(|(at, one): (usize, &Variable)| choice(&one.label, &dashboard.expand(&one.of, at)));
    std::iter::once(source).chain(job).chain(rest).collect()
}

/// The family of a selector: the jobs to choose from are those that have it.
fn bare(selector: &str) -> String {
    selector.split('{').next().unwrap_or_default().to_owned()
}

fn choice(label: &str, selector: &str) -> Value {
    let query = format!("label_values({selector}, {label})");
    json!({"allValue": ".+", "current": {"selected": true, "text": ["All"], "value": ["$__all"]},
        "datasource": panel::datasource(), "definition": query, "hide": 0, "includeAll": true, "label": label, "multi": true,
        "name": label, "options": [], "query": {"query": query, "refId": "choices"}, "refresh": 2, "regex": "",
        "sort": 1, "type": "query"})
}

/// All panels with their places: rows top down, panels from left to right.
fn panels(dashboard: &Dashboard) -> Vec<Value> {
    let mut pen = Pen::default();
    dashboard.rows.iter().flat_map(|row| pen.row(dashboard, row)).collect()
}

/// Where the next panel goes.
#[derive(Default)]
struct Pen {
    id: u32,
    x: u8,
    y: u32,
    /// Height of the tallest panel on this line.
    line: u8,
}

impl Pen {
    fn row(&mut self, dashboard: &Dashboard, row: &Row) -> Vec<Value> {
        let place = self.place(PAGE, 1);
        let heading =
            json!({"collapsed": false, "gridPos": place, "id": self.id, "panels": [], "title": row.row, "type": "row"});
        let count = dashboard.variables.len();
        let panels = row.panels.iter().map(|panel| {
            let (width, height) = panel.size.unwrap_or_else(|| panel::size(panel.kind));
            let place = self.place(width, height);
            panel::render(panel, self.id, &place, &|text| dashboard.expand(text, count))
        });
        let panels: Vec<Value> = panels.collect();
        std::iter::once(heading).chain(panels).collect()
    }

    fn place(&mut self, width: u8, height: u8) -> Value {
        if self.x + width > PAGE {
            (self.x, self.y, self.line) = (0, self.y + u32::from(self.line), 0);
        }
        let place = json!({"h": height, "w": width, "x": self.x, "y": self.y});
        self.x += width;
        self.line = self.line.max(height);
        self.id += 1;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_flow_to_the_next_line() {
        let mut pen = Pen::default();
        assert_eq!(pen.place(24, 1), json!({"h": 1, "w": 24, "x": 0, "y": 0}));
        assert_eq!(pen.place(12, 8), json!({"h": 8, "w": 12, "x": 0, "y": 1}));
        assert_eq!(pen.place(12, 4), json!({"h": 4, "w": 12, "x": 12, "y": 1}));
        assert_eq!(pen.place(6, 4), json!({"h": 4, "w": 6, "x": 0, "y": 9}));
    }
}
