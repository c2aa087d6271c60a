//! Tests of the node's signs.

use super::super::Pod;
use super::NodeSigns;

const WINDOWS: NodeSigns = NodeSigns { windows: true, is_virtual: false, notice: None };
const VIRTUAL: NodeSigns = NodeSigns { windows: false, is_virtual: true, notice: None };
const NONE: NodeSigns = NodeSigns { windows: false, is_virtual: false, notice: None };

fn spot(seconds: i64) -> NodeSigns {
    NodeSigns { notice: Some(seconds), ..NONE }
}

fn node(spec: &str) -> NodeSigns {
    let json = format!(r#"{{"spec": {{{spec}}}}}"#);
    Pod::parse(json.as_bytes()).unwrap_or_else(|error| unreachable!("{spec}: {error}")).node()
}

fn required(terms: &str) -> String {
    format!(
        r#""affinity": {{"nodeAffinity": {{"requiredDuringSchedulingIgnoredDuringExecution": {{"nodeSelectorTerms": {terms}}}}}}}"#
    )
}

#[test]
fn by_the_operating_system_and_the_selector() {
    for (spec, expected) in [
        (r#""os": {"name": "windows"}"#, WINDOWS),
        (r#""os": {"name": "linux"}, "nodeSelector": {"kubernetes.io/os": "linux"}"#, NONE),
        (r#""nodeSelector": {"kubernetes.io/os": "windows"}"#, WINDOWS),
        (r#""nodeSelector": {"beta.kubernetes.io/os": "windows"}"#, WINDOWS),
        (r#""nodeSelector": {"kubernetes.io/role": "agent"}"#, NONE),
        (r#""nodeSelector": {"kubernetes.io/role": "agent", "type": "virtual-kubelet"}"#, VIRTUAL),
        (r#""nodeSelector": {"eks.amazonaws.com/capacityType": "SPOT"}"#, spot(120)),
        (r#""nodeSelector": {"eks.amazonaws.com/capacityType": "ON_DEMAND"}"#, NONE),
        (r#""nodeSelector": {"cloud.google.com/gke-spot": "true"}"#, spot(15)),
        (
            r#""nodeSelector": {"kubernetes.azure.com/scalesetpriority": "spot", "karpenter.sh/capacity-type": "spot"}"#,
            spot(30),
        ),
    ] {
        assert_eq!(node(spec), expected, "{spec}");
    }
}

#[test]
fn by_tolerations_that_have_a_key() {
    for (tolerations, expected) in [
        (r#"[{"operator": "Exists"}]"#, NONE),
        (r#"[{"key": "virtual-kubelet.io/provider", "operator": "Exists"}]"#, VIRTUAL),
        (r#"[{"key": "virtual-kubelet.io/provider", "value": "azure"}]"#, VIRTUAL),
        (r#"[{"key": "azure.com/aci", "effect": "NoSchedule"}]"#, VIRTUAL),
        (r#"[{"key": "eks.amazonaws.com/compute-type", "value": "fargate"}]"#, VIRTUAL),
        (r#"[{"key": "eks.amazonaws.com/compute-type", "value": "auto"}]"#, NONE),
        (r#"[{"key": "kubernetes.azure.com/scalesetpriority", "operator": "Equal", "value": "spot"}]"#, spot(30)),
        (r#"[{"key": "cloud.google.com/gke-spot", "operator": "Exists"}, {"key": "x"}]"#, spot(15)),
        (r#"[{"key": "type", "value": "virtual-kubelet"}, {"key": "kubernetes.io/os", "operator": "Exists"}]"#, NONE),
    ] {
        assert_eq!(node(&format!(r#""tolerations": {tolerations}"#)), expected, "{tolerations}");
    }
}

#[test]
fn by_what_affinity_requires() {
    let is_in = |key: &str, values: &str| {
        format!(r#"{{"matchExpressions": [{{"key": "{key}", "operator": "In", "values": [{values}]}}]}}"#)
    };
    let not_in = is_in("type", r#""virtual-kubelet""#).replace("\"In\"", "\"NotIn\"");
    let exists = is_in("cloud.google.com/gke-spot", "").replace("\"In\"", "\"Exists\"");
    let windows = is_in("kubernetes.io/os", r#""windows""#);
    for (terms, expected) in [
        (format!("[{windows}]"), WINDOWS),
        (format!("[{windows}, {}]", is_in("kubernetes.io/os", r#""linux""#)), NONE),
        (format!("[{}]", is_in("kubernetes.io/os", r#""linux", "windows""#)), NONE),
        (format!("[{}]", is_in("type", r#""virtual-kubelet""#)), VIRTUAL),
        (format!("[{not_in}]"), NONE),
        (format!("[{}]", is_in("karpenter.sh/capacity-type", r#""on-demand", "spot""#)), spot(120)),
        (format!("[{exists}]"), spot(15)),
        (format!("[{windows}, null]"), WINDOWS),
        ("[]".to_owned(), NONE),
    ] {
        assert_eq!(node(&required(&terms)), expected, "{terms}");
    }
}

#[test]
fn what_is_of_another_kind_refuses_nothing() {
    for spec in [
        r#""os": [], "nodeSelector": 5, "tolerations": {}, "affinity": "x", "readinessGates": true"#,
        r#""os": null, "nodeSelector": null, "tolerations": null, "affinity": null, "readinessGates": null"#,
        r#""nodeSelector": {"kubernetes.io/os": 5}, "tolerations": [5, {"key": {}}], "readinessGates": [null, {}]"#,
        r#""affinity": {"nodeAffinity": null, "podAffinity": {"x": 1}}"#,
    ] {
        assert_eq!(node(spec), NONE, "{spec}");
    }
    let some =
        r#""tolerations": [5, {"key": "azure.com/aci"}], "nodeSelector": {"a": 5, "kubernetes.io/os": "windows"}"#;
    assert_eq!(node(some), WINDOWS.and(VIRTUAL));
}
