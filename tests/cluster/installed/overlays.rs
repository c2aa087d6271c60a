//! Each overlay of the pages makes the described change and no other.

use serde_json::Value;

use super::{BASE, Overlay, kustomized, shown_overlays};

/// The base's exclusions stay, and the environment is set.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_pages_overlay_for_traces_lets_them_out_and_takes_nothing_away() {
    let [.., traces] = shown_overlays();
    let [base, with_traces] = [BASE, &traces].map(|overlay| kustomized(&Overlay::new(overlay)));
    let egress = |objects: &[Value]| {
        let policy = objects.iter().find(|object| object["kind"] == "NetworkPolicy").unwrap();
        let rules = policy["spec"]["egress"].as_array().unwrap().iter();
        let ports =
            rules.flat_map(|rule| rule["ports"].as_array().unwrap().iter().map(|port| port["port"].to_string()));
        ports.collect::<Vec<_>>()
    };
    assert_eq!(egress(&base), ["443", "6443"]);
    assert_eq!(egress(&with_traces), ["443", "6443", "4318"]);
    let deployment = with_traces.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let env = deployment["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
    let names: Vec<&Value> = env.iter().map(|variable| &variable["name"]).collect();
    // A variable is expanded in another one's value only if it comes before it.
    assert_eq!(names, ["HOST_IP", "OTEL_EXPORTER_OTLP_ENDPOINT", "POD_NAMESPACE"]);
}

/// The admin port stays open for kubelets and Prometheus.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_pages_overlay_for_api_servers_closes_the_webhooks_port_alone() {
    let [.., api_servers, _] = shown_overlays();
    let objects = kustomized(&Overlay::new(&api_servers));
    let policy = objects.iter().find(|object| object["kind"] == "NetworkPolicy").unwrap();
    let rules = policy["spec"]["ingress"].as_array().unwrap();
    let seen = rules.iter().map(|rule| (rule["ports"][0]["port"].as_str().unwrap(), rule["from"].is_array()));
    assert_eq!(seen.collect::<Vec<_>>(), [("webhook", true), ("admin", false)]);
    assert_eq!(policy["spec"]["egress"].as_array().unwrap().len(), 1);
}
