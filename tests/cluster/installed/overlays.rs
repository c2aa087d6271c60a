//! Each overlay of the pages makes the described change and no other.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{BASE, Overlay, kustomized};

/// The overlays that docs/install.md and docs/operate.md show.
pub(super) fn shown_overlays() -> [String; 5] {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = ["install.md", "operate.md"].map(|name| fs::read_to_string(docs.join(name)).unwrap());
    let blocks = pages.iter().flat_map(|page| page.split("\n```yaml\n# kustomization.yaml\n").skip(1));
    let blocks: Vec<String> = blocks.map(|block| block.split("\n```").next().unwrap().to_owned()).collect();
    blocks.try_into().expect("five overlays")
}

/// With `strict`, the new entry is as strict as the others; and no Namespace has two entries.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_pages_overlay_for_another_profile_adds_an_entry_like_the_others() {
    let shown = shown_overlays();
    let overlay = shown.iter().find(|overlay| overlay.contains("/mutate/batch")).unwrap();
    let strict = format!("{overlay}\ncomponents: [../manifests/components/strict]\n");
    for (overlay, policy) in [(overlay, "Ignore"), (&strict, "Fail")] {
        let all = kustomized(&Overlay::new(overlay));
        let configuration = all.iter().find(|object| object["kind"] == "MutatingWebhookConfiguration").unwrap();
        let entries = configuration["webhooks"].as_array().unwrap();
        let [pods, namespaces, _, web, batch] = entries.as_slice() else { panic!("{entries:?}") };
        assert!(entries.iter().all(|entry| entry["failurePolicy"] == policy));
        let mut expected = web.clone();
        expected["name"] = json!("batch.profiles.podwright.dev");
        expected["clientConfig"]["service"]["path"] = json!("/mutate/batch");
        expected["namespaceSelector"]["matchExpressions"][1]["values"] = json!(["batch"]);
        assert_eq!(*batch, expected);
        let others =
            json!({"key": "podwright.dev/profile", "operator": "NotIn", "values": ["default", "web", "batch"]});
        for entry in [pods, namespaces] {
            assert_eq!(entry["namespaceSelector"]["matchExpressions"][2], others, "{}", entry["name"]);
        }
    }
}

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
