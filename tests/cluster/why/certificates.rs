//! Causes between the API server and podwright's Pods: endpoints and trust. The webhook is a Service with podwright's own
//! certificates.

use serde_json::{Value, json};

use super::installation::Installation;
use super::until_satisfied;

const CONFIGURATION: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/00-podwright";

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn endpoints_and_trust_are_mended() {
    let installation = Installation::new();
    installation.is_healthy();
    let place = &installation.place;
    place.run(&["create", "namespace", "shop"]);
    place.run(&["create", "serviceaccount", "default", "-n", "shop"]);
    place.run(&["label", "namespace", "shop", "podwright.dev/inject=enabled"]);
    until_satisfied(|| installation.why("ns/shop"));
    no_endpoints(&installation);
    broken_bundle(&installation);
    no_secret(&installation);
}

fn no_endpoints(installation: &Installation) {
    let place = &installation.place;
    place.run(&["scale", "deployment/podwright", "-n", "podwright-system", "--replicas=0"]);
    installation.set_endpoints(false);
    for answer in [installation.why("ns/shop"), installation.check(&[])] {
        answer.expect("endpoints", "failed", "Service podwright-system/podwright has no ready endpoint");
        answer.expect("endpoints", "failed", "Deployment podwright-system/podwright has 0 replicas");
    }
    let answer = installation.why("ns/shop");
    assert_eq!(answer.commands(), ["kubectl scale deployment/podwright -n podwright-system --replicas=2"]);
    answer.mend(&place.control_plane, installation.path());
    let deployment =
        place.run(&["get", "deployment/podwright", "-n", "podwright-system", "-o", "jsonpath={.spec.replicas}"]);
    assert_eq!(deployment, "2");
    // With replicas, and without an endpoint, the Pods' states are listed.
    installation.why("ns/shop").cause("endpoints", "podwright-1: ready");
    installation.set_endpoints(true);
    until_satisfied(|| installation.why("ns/shop"));
}

fn broken_bundle(installation: &Installation) {
    let place = &installation.place;
    place.run(&["delete", "clusterrolebinding", "podwright"]);
    let mut configuration = place.client.send(&format!("GET {CONFIGURATION}"), &Value::Null).pod();
    let foreign = std::fs::read(place.control_plane.ca_file()).expect("a CA");
    let foreign = json!(k8s_openapi::ByteString(foreign));
    for entry in configuration["webhooks"].as_array_mut().expect("entries") {
        entry["clientConfig"]["caBundle"] = foreign.clone();
    }
    place.client.send(&format!("PUT {CONFIGURATION}"), &configuration).pod();
    let answer = installation.why("ns/shop");
    answer.cause("trust", "does not verify the serving certificate in Secret podwright-system/podwright-tls");
    let faults = installation.check(&[]);
    faults.expect("rights", "failed", "may not: get mutatingwebhookconfigurations/00-podwright");
    faults.expect("trust", "failed", "does not verify");
    answer.mend(&place.control_plane, installation.path());
    until_satisfied(|| installation.why("ns/shop"));
    place.apply(include_str!("../../../manifests/rbac.yaml"));
    installation.is_healthy();
}

fn no_secret(installation: &Installation) {
    installation.place.run(&["delete", "secret", "podwright-tls", "-n", "podwright-system"]);
    let answer = installation.why("ns/shop");
    answer.cause("trust", "Secret podwright-system/podwright-tls does not exist");
    assert_eq!(answer.commands(), ["podwright install | kubectl apply -f -"]);
}
