//! The chart's monitoring objects and the component `monitoring` on an API server with the Prometheus operator's own kinds.
//! It prunes unknown fields, so an object that reads back as applied has none.

use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;
use xtask::helm::Helm;

use super::{BASE, Overlay, apply, podwright};
use crate::chart::place::{NAMESPACE, Place};
use crate::world::{feed, text};

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/podwright");
const PAGE: &str = include_str!("../../../docs/operate.md");

/// Defines PodMonitor and PrometheusRule as the operator does.
pub(super) fn define_kinds(control_plane: &ControlPlane) {
    for file in xtask::prometheus_operator::definitions().unwrap_or_else(|error| panic!("{error}")) {
        let created = control_plane.run(&["create", "-f", file.to_str().unwrap(), "--output=name"]);
        let name = created.unwrap_or_else(|error| panic!("{error}"));
        let wait = ["wait", "--for=condition=Established", name.trim(), "--timeout=60s"];
        control_plane.run(&wait).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The block of docs/operate.md that begins with this comment.
fn shown(comment: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```yaml\n# {comment}\n")).unwrap_or_else(|| panic!("no {comment}"));
    rest.split("```").next().unwrap()
}

fn path(kind: &str, namespace: &str) -> String {
    format!("/apis/monitoring.coreos.com/v1/namespaces/{namespace}/{kind}/podwright")
}

/// A value for each field of the PodMonitor and the PrometheusRule.
const EVERYTHING: &str = r#"
podMonitor:
  enabled: true
  interval: 15s
  scrapeTimeout: 5s
  relabelings: [{targetLabel: cluster, replacement: production}]
  metricRelabelings: [{sourceLabels: [__name__], regex: podwright_request_body_bytes.*, action: drop}]
prometheusRule:
  enabled: true
  disabled: [PodwrightNotCalled]
  alertLabels: {team: platform, severity: page}
  docsUrl: https://docs.example.com/podwright/
"#;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_operators_kinds_take_the_charts_objects() {
    let place = Place::new();
    define_kinds(&place.control_plane);
    let values = place.folder.write("values.yaml", shown("values.yaml")).unwrap();
    let everything = place.folder.write("everything.yaml", EVERYTHING).unwrap();
    let [values, everything] = [&values, &everything].map(|path| path.to_str().unwrap());
    place.helm(Helm::Three, &["install", "podwright", CHART, "--values", values]);
    for kind in ["podmonitors", "prometheusrules"] {
        let object = place.get(&path(kind, NAMESPACE));
        assert_eq!(object["metadata"]["labels"]["release"], "prometheus", "{object}");
    }
    let map = place.get(&format!("/api/v1/namespaces/{NAMESPACE}/configmaps/podwright-dashboard"));
    assert_eq!(map["metadata"]["labels"]["grafana_dashboard"], "1");
    let dashboard: Value = serde_json::from_str(map["data"]["podwright.json"].as_str().unwrap()).unwrap();
    assert_eq!(dashboard["title"], "podwright");

    place.helm(Helm::Three, &["upgrade", "podwright", CHART, "--reuse-values", "--values", everything]);
    let endpoint = place.get(&path("podmonitors", NAMESPACE))["spec"]["podMetricsEndpoints"][0].clone();
    // The server adds the operator's default.
    let cluster = json!({"targetLabel": "cluster", "replacement": "production", "action": "replace"});
    let dropped = json!({"sourceLabels": ["__name__"], "regex": "podwright_request_body_bytes.*", "action": "drop"});
    let expected = json!({
        "port": "admin", "path": "/metrics", "interval": "15s", "scrapeTimeout": "5s", "relabelings": [cluster],
        "metricRelabelings": [dropped],
    });
    assert_eq!(endpoint, expected);
    let rules = place.get(&path("prometheusrules", NAMESPACE))["spec"]["groups"][0]["rules"].clone();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 15 && rules.iter().all(|rule| rule["alert"] != "PodwrightNotCalled"), "{rules:?}");
    for rule in rules {
        assert_eq!(rule["labels"], json!({"team": "platform", "severity": "page"}), "{rule}");
        let link = format!("https://docs.example.com/podwright/metrics.md#{}", rule["alert"].as_str().unwrap());
        assert_eq!(rule["annotations"]["runbook_url"], link.replace("#P", "#p").to_lowercase(), "{rule}");
        assert_eq!(rule["annotations"]["runbook"], Value::Null, "{rule}");
    }
    place.helm(Helm::Three, &["uninstall", "podwright"]);
    assert_eq!(place.run(&["get", "podmonitors,prometheusrules", "-A", "-o", "name"]), "");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_operators_kinds_take_the_component() {
    let control_plane = super::control_plane();
    let run = |arguments: &[&str]| control_plane.run(arguments).unwrap_or_else(|error| panic!("{error}"));
    let overlay = Overlay::new(&format!("{BASE}{}", shown("in kustomization.yaml")));
    let applied = control_plane.kubectl(&["apply", "--validate=strict", "-k", overlay.path()]).output().unwrap();
    assert!(applied.status.success() && applied.stderr.is_empty(), "{}", text(&applied.stderr));
    let labelled = ["get", "podmonitors,prometheusrules", "-A", "-l", "release=prometheus", "-o", "name"];
    assert_eq!(run(&labelled).lines().count(), 2);

    // The same from the binary: it changes nothing but the label.
    let flags = ["--component", "monitoring"];
    let install = podwright(&[&["install"], &flags[..]].concat());
    let strict = feed(&mut control_plane.kubectl(&["apply", "--validate=strict", "-f", "-"]), &install);
    assert!(strict.status.success() && strict.stderr.is_empty(), "{}", text(&strict.stderr));
    assert_eq!(run(&["get", labelled[1], "-A", "-o", "name"]).lines().count(), 2);
    reads_back(&control_plane, &install);

    let names = podwright(&[&["uninstall"], &flags[..]].concat());
    feed(&mut control_plane.kubectl(&["delete", "--wait=false", "-f", "-"]), &names);
    assert_eq!(run(&["get", labelled[1], "-A", "-o", "name"]), "");
    let map = ["get", "configmap", "-n", "podwright-system", "-l", "app.kubernetes.io/name=podwright", "-o", "name"];
    assert_eq!(run(&map), "");
}

/// Compares the specs in the cluster with the applied ones, and shows that the kinds refuse a wrong value.
fn reads_back(control_plane: &ControlPlane, applied: &str) {
    let all: Vec<Value> = serde_saphyr::from_multiple(applied).unwrap();
    let mut seen = 0;
    for object in all.iter().filter(|object| object["apiVersion"] == "monitoring.coreos.com/v1") {
        let kind = format!("{}s", object["kind"].as_str().unwrap().to_lowercase());
        let get = control_plane.run(&["get", "--raw", &path(&kind, "podwright-system")]).unwrap();
        let present: Value = serde_json::from_str(&get).unwrap();
        assert_eq!(present["spec"], object["spec"], "{kind}");
        seen += 1;
        let mut wrong = object.clone();
        let text_of = wrong.to_string().replace("\"5m\"", "\"soon\"").replace("\"/metrics\"", "7");
        wrong = serde_json::from_str(&text_of).unwrap();
        let refused = feed(&mut control_plane.kubectl(&["apply", "-f", "-"]), &wrong.to_string());
        assert!(!refused.status.success() && text(&refused.stderr).contains("invalid"), "{}", text(&refused.stderr));
    }
    assert_eq!(seen, 2);
    apply(control_plane, applied, &[]);
}
