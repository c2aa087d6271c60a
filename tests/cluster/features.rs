//! The features of API servers on which tests and podwright depend, asked of the server itself.
//!
//! A test that needs one begins with `needs!(FEATURE)`. On a server without it, the test writes a line with the
//! reason; `cargo xtask test` counts it as skipped, and docs/compatibility.md lists it.

use std::io::Write as _;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::pitfalls::takes_a_probe_with_a_host;
use crate::pods::pod;
use crate::world::world;

/// Skips this test on a server without these features.
macro_rules! needs {
    ($($feature:ident),+) => {$(
        if !$crate::features::has($crate::features::Feature::$feature) {
            fn here() {}
            return $crate::features::skip(std::any::type_name_of_val(&here), $crate::features::Feature::$feature);
        }
    )+};
}
pub(crate) use needs;

/// A feature that not every supported API server has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Feature {
    ContainerRestartRules,
    EnvironmentFiles,
    ImageVolumes,
    MatchConditions,
    MutatingAdmissionPolicies,
    NativeSidecars,
    PodLevelResources,
    PodResize,
    RefusedProbeHosts,
    RelaxedVariableNames,
    Sleep,
    SleepOfZero,
    TopologyLabels,
    ValidatingAdmissionPolicies,
}

/// All of them: the name, the first minor version that has it without flags, and the consequence for users.
const FEATURES: [(Feature, &str, u32, &str); 14] = [
    (
        Feature::ContainerRestartRules,
        "Restart rules of a container",
        35,
        "Older servers refuse the Pod. Generated Pods have no such rules there.",
    ),
    (
        Feature::EnvironmentFiles,
        "Variables from files",
        35,
        "Older servers refuse the Pod. podwright changes no variable of the author's.",
    ),
    (
        Feature::ImageVolumes,
        "Image volumes",
        35,
        "Version 1.30 stores an empty folder instead. Versions 1.31 to 1.34 drop the volume and its mounts.",
    ),
    (Feature::MatchConditions, "`matchConditions` of webhooks", 30, "podwright's webhook entries use them."),
    (
        Feature::MutatingAdmissionPolicies,
        "MutatingAdmissionPolicy `v1`",
        36,
        "podwright needs none. [The comparison](comparison.md) applies one.",
    ),
    (
        Feature::NativeSidecars,
        "Native sidecars",
        30,
        "podwright gives probes, a sleep and requests to init containers with `restartPolicy: Always`.",
    ),
    (
        Feature::PodLevelResources,
        "Pod-level resources",
        34,
        "Older servers drop `spec.resources`. Versions 1.32 and 1.33 do so after podwright saw the field, so podwright adds \
         no requests to such a Pod.",
    ),
    (Feature::PodResize, "Resize of a running Pod", 33, "podwright's webhook is not called for it."),
    (
        Feature::RefusedProbeHosts,
        "No `host` in a probe below Pod Security's level `restricted`",
        34,
        "podwright refuses a `host` on every version.",
    ),
    (
        Feature::RelaxedVariableNames,
        "Any name for a variable",
        32,
        "podwright accepts the names that 1.30 accepts. The author's own names stay.",
    ),
    (
        Feature::Sleep,
        "`preStop.sleep`",
        30,
        "Stable since 1.34. A kubelet before 1.30 ignores it: see [the notes](annotations.md#pre-stop-sleep).",
    ),
    (Feature::SleepOfZero, "A sleep of zero seconds", 33, "podwright adds none: 0 means no sleep."),
    (
        Feature::TopologyLabels,
        "A node's zone and region as labels of the Pod",
        35,
        "On older servers the variables `ZONE` and `REGION` stay empty unless something else sets the labels.",
    ),
    (
        Feature::ValidatingAdmissionPolicies,
        "ValidatingAdmissionPolicy `v1`",
        30,
        "podwright's manifests have one that limits its own rights.",
    ),
];

impl Feature {
    fn row(self) -> &'static (Self, &'static str, u32, &'static str) {
        FEATURES.iter().find(|(feature, ..)| *feature == self).expect("every feature has a row")
    }

    fn name(self) -> &'static str {
        self.row().1
    }

    /// The way in which [`Feature::observe`] sees it.
    fn seen(self) -> &'static str {
        match self {
            Self::MatchConditions | Self::MutatingAdmissionPolicies | Self::ValidatingAdmissionPolicies => {
                "the server's OpenAPI document"
            }
            Self::PodResize => "the server's list of resources",
            Self::TopologyLabels => "a Pod that is bound to a node with labels",
            _ => "a dry run of a Pod that has it",
        }
    }

    /// Asks the server, whatever its version says.
    fn observe(self) -> bool {
        match self {
            Self::ContainerRestartRules => keeps(
                "/spec/containers/0/restartPolicyRules",
                &json!({"restartPolicy": "OnFailure", "restartPolicyRules":
                    [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]}),
                &json!({}),
            ),
            Self::EnvironmentFiles => keeps(
                "/spec/containers/0/env/0/valueFrom/fileKeyRef",
                &json!({"env": [{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "f", "path": "e", "key": "A"}}}]}),
                &json!({"volumes": [{"name": "f", "emptyDir": {}}]}),
            ),
            Self::ImageVolumes => keeps(
                "/spec/volumes/0/image",
                &json!({}),
                &json!({"volumes": [{"name": "i", "image": {"reference": "registry.example.com/i:1"}}]}),
            ),
            Self::NativeSidecars => keeps(
                "/spec/initContainers/0/restartPolicy",
                &json!({}),
                &json!({"initContainers": [{"name": "side", "image": "side", "restartPolicy": "Always"}]}),
            ),
            Self::PodLevelResources => {
                keeps("/spec/resources/requests", &json!({}), &json!({"resources": {"requests": {"cpu": "1"}}}))
            }
            Self::PodResize => read("/api/v1").to_string().contains("\"pods/resize\""),
            Self::RefusedProbeHosts => !takes_a_probe_with_a_host("feature-host"),
            Self::RelaxedVariableNames => {
                keeps("/spec/containers/0/env/0", &json!({"env": [{"name": "a/b c", "value": "1"}]}), &json!({}))
            }
            Self::Sleep => sleeps(1),
            Self::SleepOfZero => sleeps(0),
            Self::TopologyLabels => copies_labels(),
            Self::MatchConditions => {
                has_kind("MutatingWebhookConfiguration") && schema().to_string().contains("matchConditions")
            }
            Self::MutatingAdmissionPolicies => has_kind("MutatingAdmissionPolicy"),
            Self::ValidatingAdmissionPolicies => has_kind("ValidatingAdmissionPolicy"),
        }
    }
}

/// Whether the server has the feature.
pub fn has(feature: Feature) -> bool {
    static SEEN: OnceLock<Vec<(Feature, bool)>> = OnceLock::new();
    let seen = SEEN.get_or_init(|| FEATURES.iter().map(|(feature, ..)| (*feature, feature.observe())).collect());
    seen.iter().any(|(one, supported)| *one == feature && *supported)
}

/// Removes the fields that this server refuses or drops from a generated Pod.
pub fn without_unknown_fields(mut pod: Value) -> Value {
    let remove = |object: &mut Value, field: &str| drop(object.as_object_mut().and_then(|object| object.remove(field)));
    if !has(Feature::ContainerRestartRules) {
        let containers = pod["spec"]["containers"].as_array_mut().into_iter().flatten();
        containers.for_each(|container| remove(container, "restartPolicy"));
    }
    if !has(Feature::PodLevelResources) {
        remove(&mut pod["spec"], "resources");
    }
    if !has(Feature::ImageVolumes) {
        let volumes = pod["spec"]["volumes"].as_array_mut().into_iter().flatten();
        volumes.for_each(|volume| remove(volume, "image"));
    }
    pod
}

/// Writes the line that `cargo xtask test` counts. The test is named by a function in it.
pub fn skip(here: &str, feature: Feature) {
    let test = here.trim_start_matches("cluster::").trim_end_matches("::here");
    say(&format!("SKIPPED {test}: {}", feature.name()));
}

/// Writes a line past the test program, which captures `println!`.
fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Whether a Pod with these fields is accepted, and the server keeps the one at `path`.
fn keeps(path: &str, container: &Value, spec: &Value) -> bool {
    let mut pod = pod("feature", &[]);
    for (into, from) in [("/spec/containers/0", container), ("/spec", spec)] {
        let into = pod.pointer_mut(into).expect("a part of the Pod");
        from.as_object().into_iter().flatten().for_each(|(key, value)| into[key] = value.clone());
    }
    let answer = world().client.dry_run("default", &pod);
    answer.status == 201 && answer.body.pointer(path).is_some()
}

fn sleeps(seconds: i64) -> bool {
    let sleep = json!({"lifecycle": {"preStop": {"sleep": {"seconds": seconds}}}});
    keeps("/spec/containers/0/lifecycle/preStop/sleep", &sleep, &json!({}))
}

fn read(path: &str) -> Value {
    let text = world().control_plane.run(&["get", "--raw", path]);
    serde_json::from_str(&text.unwrap_or_else(|error| panic!("{error}"))).expect("JSON")
}

/// The OpenAPI document of admissionregistration.k8s.io/v1.
fn schema() -> Value {
    read("/openapi/v3/apis/admissionregistration.k8s.io/v1")
}

fn has_kind(kind: &str) -> bool {
    let name = format!("io.k8s.api.admissionregistration.v1.{kind}");
    schema()["components"]["schemas"].as_object().is_some_and(|schemas| schemas.contains_key(&name))
}

/// Whether a Pod gets the zone of its node when it is bound.
fn copies_labels() -> bool {
    let (world, zone) = (world(), "topology.kubernetes.io/zone");
    let send = |request: &str, object: &Value| {
        let answer = world.client.send(request, object);
        assert!(matches!(answer.status, 200 | 201), "{request}: {}", answer.body);
        answer.body
    };
    world.namespace("feature-zone");
    send(
        "POST /api/v1/nodes",
        &json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "feature-zone", "labels": {zone: "a"}}}),
    );
    let pods = "/api/v1/namespaces/feature-zone/pods";
    send(&format!("POST {pods}"), &pod("bound", &[]));
    let binding = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "bound"},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "feature-zone"}});
    send(&format!("POST {pods}/bound/binding"), &binding);
    let bound = send(&format!("PATCH {pods}/bound"), &json!({}));
    send("DELETE /api/v1/nodes/feature-zone", &Value::Null);
    bound["metadata"]["labels"][zone] == "a"
}

/// The server's minor version.
pub fn minor() -> u32 {
    read("/version")["minor"].as_str().and_then(|minor| minor.parse().ok()).expect("a number")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_feature_is_where_it_should_be() {
    let minor = minor();
    for (feature, name, since, effect) in FEATURES {
        let supported = has(feature);
        let seen = json!({"name": name, "since": format!("1.{since}"), "supported": supported, "effect": effect,
            "seen": feature.seen()});
        say(&format!("FEATURE {seen}"));
        assert_eq!(supported, minor >= since, "{name} on 1.{minor}");
    }
}
