//! The real API server accepts every variable source that podwright accepts, and refuses those that podwright refuses.

use podwright::annotation::downward::WELL_KNOWN;
use serde_json::json;

use crate::pods::{env_names, pod};
use crate::world::world;

const FIELDS: [&str; 11] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.labels['app.kubernetes.io/name']",
    "metadata.annotations['Example.com/Team_1']",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

fn every_source() -> Vec<String> {
    let mut sources: Vec<String> = FIELDS.map(str::to_owned).to_vec();
    for section in ["requests", "limits"] {
        for (resource, divisors) in [
            ("cpu", &["1", "1m"][..]),
            ("memory", &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]),
            ("ephemeral-storage", &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]),
        ] {
            sources.push(format!("{section}.{resource}"));
            sources.push(format!("{section}.{resource}*50%"));
            sources.extend(divisors.iter().map(|divisor| format!("{section}.{resource}/{divisor}")));
        }
    }
    sources
        .extend(["container.name", "container.image", "container.port", "container.port['http']"].map(str::to_owned));
    sources
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_27_the_server_takes_every_source_that_we_take() {
    let world = world();
    world.namespace("sources");
    let sources = every_source();
    let list: Vec<String> = sources.iter().enumerate().map(|(n, source)| format!("V{n}={source}")).collect();
    let mut all = pod("sources", &[("podwright.dev/downward-env", &list.join(","))]);
    all["spec"]["containers"][0]["ports"] = json!([{"name": "http", "containerPort": 8080}]);
    all["spec"]["containers"][0]["resources"] =
        json!({"limits": {"cpu": "1500m", "memory": "1Gi", "ephemeral-storage": "2Gi"}});
    let answer = world.client.dry_run("sources", &all);
    assert_eq!(answer.warnings, [""; 0]);
    let fitted = answer.pod();
    assert_eq!(env_names(&fitted["spec"]["containers"][0]).len(), sources.len());
}

/// The API server would warn of a variable that stands twice.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_every_well_known_name() {
    let world = world();
    world.namespace("words");
    let words = WELL_KNOWN.map(|known| known.name);
    let mut all = pod("words", &[("podwright.dev/downward-env", &words.join(","))]);
    all["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "1500m", "memory": "1Gi"}});
    let answer = world.client.dry_run("words", &all);
    assert_eq!(answer.warnings, [""; 0]);
    let fitted = answer.pod();
    let names = env_names(&fitted["spec"]["containers"][0]);
    for name in
        words.into_iter().filter(|word| *word != "OTEL").chain(["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"])
    {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_27_the_server_refuses_the_sources_that_we_refuse() {
    let world = world();
    world.namespace("refused");
    for path in [
        "metadata.labels",
        "status.phase",
        "spec.nodename",
        "metadata.labels['a b']",
        "metadata.labels[app]",
        "metadata.labels['Example.com/team']",
    ] {
        let list = format!("X={path}");
        let ours = world.client.dry_run("refused", &pod("ours", &[("podwright.dev/downward-env", &list)]));
        assert_eq!(ours.status, 422, "{path}: {}", ours.body);
        assert!(ours.message().contains("admission webhook"), "{path}: {}", ours.message());
        let mut theirs = pod("theirs", &[]);
        theirs["spec"]["containers"][0]["env"] = json!([{"name": "X", "valueFrom": {"fieldRef": {"fieldPath": path}}}]);
        assert_eq!(world.client.dry_run("refused", &theirs).status, 422, "{path}");
    }
    for (resource, divisor) in
        [("limits.cpu", "1Mi"), ("limits.memory", "1m"), ("limits.memory", "3"), ("limits.gpu", "1")]
    {
        let list = format!("X={resource}/{divisor}");
        let ours = world.client.dry_run("refused", &pod("ours", &[("podwright.dev/downward-env", &list)]));
        assert_eq!(ours.status, 422, "{list}: {}", ours.body);
        let mut theirs = pod("theirs", &[]);
        let source = json!({"resourceFieldRef": {"resource": resource, "divisor": divisor}});
        theirs["spec"]["containers"][0]["env"] = json!([{"name": "X", "valueFrom": source}]);
        assert_eq!(world.client.dry_run("refused", &theirs).status, 422, "{list}");
    }
}
