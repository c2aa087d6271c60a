//! charts/podwright/files/dashboard.json, for Grafana 10 and later.

use podwright::server::metrics::dashboard::{Bad, Panel, PanelKind, ROWS};
use serde_json::{Value, json};

use super::is_current;

const FILE: &str = "charts/podwright/files/dashboard.json";

/// The variables besides the data source: names and queries.
pub(super) const VARIABLES: [(&str, &str); 4] = [
    ("cluster", "label_values(podwright_build_info, cluster)"),
    ("namespace", "label_values(podwright_build_info{cluster=~\"$cluster\"}, namespace)"),
    ("job", "label_values(podwright_build_info{cluster=~\"$cluster\",namespace=~\"$namespace\"}, job)"),
    ("pod", "label_values(podwright_build_info{cluster=~\"$cluster\",namespace=~\"$namespace\",job=~\"$job\"}, pod)"),
];

/// Replaces `$target` in a query with the selection by the variables.
pub(super) fn targeted(query: &str) -> String {
    let matchers: Vec<String> = VARIABLES.iter().map(|(name, _)| format!("{name}=~\"${name}\"")).collect();
    query.replace("$target", &matchers.join(","))
}

/// The whole dashboard as text, with a line for each panel. More lines would make the binary heavier, which has it in a
/// component.
pub(super) fn dashboard() -> String {
    let fields = json!({
        "uid": "podwright", "title": "podwright", "tags": ["podwright"],
        "description": "Written by `UPDATE_GOLDEN=1 cargo test --test cli monitoring` from src/server/metrics/dashboard.",
        "schemaVersion": 39, "version": 1, "editable": true, "graphTooltip": 1, "timezone": "browser",
        "refresh": "1m", "time": {"from": "now-6h", "to": "now"},
        "annotations": {"list": []}, "links": [],
        "templating": {"list": variables()},
    });
    let fields = fields.as_object().expect("an object").iter();
    let fields: Vec<String> = fields.map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    let panels: Vec<String> = panels().iter().map(|panel| format!("    {panel}")).collect();
    let text = format!("{{\n{},\n  \"panels\": [\n{}\n  ]\n}}\n", fields.join(",\n"), panels.join(",\n"));
    let read: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["panels"].as_array().map(Vec::len), Some(panels.len()));
    text
}

fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

fn variables() -> Vec<Value> {
    let mut all = vec![json!({
        "name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1,
        "hide": 0, "includeAll": false, "multi": false, "options": [], "regex": "",
    })];
    all.extend(VARIABLES.map(|(name, query)| {
        json!({
            "name": name, "label": name, "type": "query", "datasource": source(), "definition": query,
            "query": {"qryType": 1, "query": query, "refId": format!("Variable-{name}")},
            // `.*` also selects series without the label.
            "includeAll": true, "allValue": ".*", "multi": true, "refresh": 2, "sort": 1, "hide": 0, "regex": "",
            "current": {"selected": true, "text": ["All"], "value": ["$__all"]}, "options": [],
        })
    }));
    all
}

/// The place of the next panel, in units of Grafana's grid of 24 columns.
struct Grid {
    id: usize,
    y: usize,
}

fn panels() -> Vec<Value> {
    let (mut grid, mut all) = (Grid { id: 0, y: 0 }, Vec::new());
    for row in ROWS {
        let heading = json!({"type": "row", "title": row.title, "collapsed": false, "panels": []});
        all.extend(grid.place(vec![heading], 24, 1));
        let (numbers, others): (Vec<&Panel>, Vec<&Panel>) =
            row.panels.iter().partition(|panel| panel.kind == PanelKind::Number);
        all.extend(grid.place(numbers.into_iter().map(shown).collect(), 4, 4));
        let in_line = if others.len() % 3 == 0 { 3 } else { 2 };
        for line in others.chunks(in_line) {
            all.extend(grid.place(line.iter().map(|panel| shown(panel)).collect(), 24 / line.len(), 8));
        }
    }
    all
}

impl Grid {
    /// Places the panels of a line beside each other.
    fn place(&mut self, mut line: Vec<Value>, width: usize, height: usize) -> Vec<Value> {
        for (at, panel) in line.iter_mut().enumerate() {
            self.id += 1;
            panel["id"] = self.id.into();
            panel["gridPos"] = json!({"x": at * width, "y": self.y, "w": width, "h": height});
        }
        self.y += if line.is_empty() { 0 } else { height };
        line
    }
}

fn shown(panel: &Panel) -> Value {
    let (kind, options) = form(panel);
    let mut shown = json!({
        "type": kind, "title": panel.title, "description": description(panel), "datasource": source(),
        "options": options, "targets": targets(panel),
        "fieldConfig": {"defaults": defaults(panel), "overrides": []},
    });
    if panel.kind == PanelKind::Table {
        let hidden = json!({"excludeByName": {"Time": true}});
        shown["transformations"] = json!([{"id": "organize", "options": hidden}]);
    }
    shown
}

/// The panel's type and its options: all that Grafana's schema requires.
fn form(panel: &Panel) -> (&'static str, Value) {
    match panel.kind {
        PanelKind::Number => {
            let reduce = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
            let color = if panel.bad == Bad::Never { "none" } else { "background" };
            (
                "stat",
                json!({"reduceOptions": reduce, "colorMode": color, "graphMode": "none", "textMode": "value",
                "justifyMode": "auto", "orientation": "auto", "wideLayout": true, "showPercentChange": false,
                "percentChangeColorMode": "standard"}),
            )
        }
        PanelKind::Lines => {
            let legend = json!({"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []});
            ("timeseries", json!({"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}))
        }
        PanelKind::Heatmap => (
            "heatmap",
            json!({
                "calculate": false, "cellGap": 1, "legend": {"show": true}, "rowsFrame": {"layout": "auto"},
                "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5, "fill": "dark-orange",
                          "reverse": false},
                "tooltip": {"mode": "single", "yHistogram": false}, "filterValues": {"le": 1e-9},
                "showValue": "never", "exemplars": {"color": "orange"},
                "yAxis": {"unit": panel.unit, "axisPlacement": "left"},
            }),
        ),
        PanelKind::Table => ("table", json!({"showHeader": true, "cellHeight": "sm", "frameIndex": 0})),
    }
}

/// The help of the metrics, and the panel's own hint.
fn description(panel: &Panel) -> String {
    let helps = panel.about.iter().map(|metric| metric.help);
    let sentences: Vec<String> =
        helps.chain([panel.note]).filter(|text| !text.is_empty()).map(|text| format!("{text}.")).collect();
    sentences.join("\n\n")
}

fn defaults(panel: &Panel) -> Value {
    let step = |color: &str, from: Option<u32>| json!({"color": color, "value": from});
    let steps = match panel.bad {
        Bad::Never => vec![step("green", None)],
        Bad::Below(least) => vec![step("red", None), step("green", Some(least))],
        Bad::From(first) => vec![step("green", None), step("red", Some(first))],
    };
    let mut defaults = json!({"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}});
    if panel.kind == PanelKind::Lines {
        defaults["custom"] = json!({"fillOpacity": 10, "lineWidth": 1, "showPoints": "never"});
    }
    defaults
}

fn targets(panel: &Panel) -> Vec<Value> {
    let present = matches!(panel.kind, PanelKind::Number | PanelKind::Table);
    let format = match panel.kind {
        PanelKind::Heatmap => "heatmap",
        PanelKind::Table => "table",
        PanelKind::Number | PanelKind::Lines => "time_series",
    };
    let target = |(query, id): (&(&str, &str), char)| {
        json!({
            "refId": id.to_string(), "datasource": source(), "expr": targeted(query.0), "legendFormat": query.1,
            "format": format, "instant": present, "range": !present,
        })
    };
    panel.queries.iter().zip('A'..='Z').map(target).collect()
}

#[test]
fn the_dashboard_is_that_of_the_table() {
    is_current(FILE, &dashboard());
}

#[test]
fn panels_do_not_overlap_and_say_their_meaning() {
    let panels = panels();
    assert!(panels.len() > 30, "{}", panels.len());
    let mut taken = std::collections::HashMap::new();
    for panel in &panels {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
        assert!(x + w <= 24, "{panel}");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert_eq!(taken.insert(place, &panel["title"]), None, "{}", panel["title"]);
        }
        let described = panel["description"].as_str().is_some_and(|text| text.len() > 30);
        assert!(described || panel["type"] == "row", "{}", panel["title"]);
    }
}
