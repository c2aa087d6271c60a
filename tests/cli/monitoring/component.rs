//! manifests/components/monitoring: the rules and the dashboard as objects of a cluster.

use super::dashboard::dashboard;
use super::rules::groups;
use super::{indented, is_current};

const FOLDER: &str = "manifests/components/monitoring";
const WRITTEN: &str = "# Written by `UPDATE_GOLDEN=1 cargo test --test cli monitoring` from src/server/metrics";

#[test]
fn the_component_has_the_rules_and_the_dashboard() {
    let rule = format!(
        "{WRITTEN}/alerts.\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: podwright\n  \
         namespace: podwright-system\n  labels:\n    app.kubernetes.io/name: podwright\nspec:\n{}",
        indented(&groups(), 2)
    );
    is_current(&format!("{FOLDER}/prometheusrule.yaml"), &rule);
    let map = format!(
        "{WRITTEN}/dashboard.\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: podwright-dashboard\n  \
         namespace: podwright-system\n  labels:\n    app.kubernetes.io/name: podwright\n    # Grafana's sidecar finds it by \
         this label.\n    grafana_dashboard: \"1\"\ndata:\n  podwright.json: |\n{}",
        indented(&dashboard(), 4)
    );
    is_current(&format!("{FOLDER}/dashboard.yaml"), &map);
}
