//! Pods as authors write them, with mostly valid annotations. All are valid for the API server, so a later refusal is
//! podwright's fault.

pub mod annotations;
mod containers;
pub mod fits;
mod volumes;

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A Pod.
pub fn pod() -> impl Strategy<Value = Value> {
    with(annotations::annotations())
}

/// A Pod with these annotations.
pub fn with(annotations: impl Strategy<Value = Option<Map<String, Value>>>) -> impl Strategy<Value = Value> {
    let apps = vec((containers::app_container(), volumes::mounts()), 1..4);
    let inits = vec((containers::init_container(), volumes::mounts()), 0..3);
    let of_pod = (spec(), weighted(0.4, owner()), labels());
    (annotations, apps, inits, volumes::volumes(), of_pod).prop_map(|(annotations, apps, inits, volumes, of_pod)| {
        let (mut spec, owner, labels) = of_pod;
        let [mut apps, mut inits] = [(apps, "app"), (inits, "init")].map(|(containers, prefix)| -> Vec<Value> {
            let numbered = containers.into_iter().enumerate();
            numbered.map(|(n, (container, mounts))| whole(container, mounts, &format!("{prefix}-{n}"))).collect()
        });
        if spec.contains_key("hostNetwork") {
            // A host port is unique in a Pod.
            apps.iter_mut().skip(1).chain(&mut inits).for_each(|container| container["ports"] = json!([]));
        }
        let volumes = volumes.used_by(&[apps.as_slice(), inits.as_slice()].concat());
        spec.insert("containers".to_owned(), json!(apps));
        for (field, list) in [("initContainers", inits), ("volumes", volumes)] {
            if !list.is_empty() {
                spec.insert(field.to_owned(), json!(list));
            }
        }
        let mut metadata = json!({"name": "generated", "labels": labels});
        if let Some(annotations) = annotations {
            metadata["annotations"] = Value::Object(annotations);
        }
        if let Some(owner) = owner {
            metadata["ownerReferences"] = json!([owner]);
        }
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    })
}

/// Gives a container its mounts and its name, or the name of a proxy that is excluded by default.
fn whole(mut container: Value, (mounts, devices): (Option<Value>, Option<Value>), name: &str) -> Value {
    let proxy = container["env"].as_array().is_some_and(|env| env.len() == 3) && name == "app-1";
    container["name"] = json!(if proxy { "istio-proxy" } else { name });
    for (field, list) in [("volumeMounts", mounts), ("volumeDevices", devices)] {
        if let Some(list) = list {
            container[field] = list;
        }
    }
    container
}

/// A Pod's labels.
fn labels() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"app": "x"}),
        json!({"app.kubernetes.io/name": "x", "app.kubernetes.io/version": "1.0"}),
        json!({"app.kubernetes.io/instance": "x-1", "pod-template-hash": "0a1b"}),
        json!({"pod-template-hash": "0a1b"}),
    ])
}

/// A Pod's controller.
fn owner() -> impl Strategy<Value = Value> {
    let kinds = [
        ("apps/v1", "ReplicaSet"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("batch/v1", "Job"),
        ("apps.kruise.io/v1beta1", "StatefulSet"),
        ("databases.example.com/v1", "Database"),
    ];
    let names = ["generated", "generated-0a1b", "generated-29934720"];
    (select(kinds.to_vec()), select(names.to_vec())).prop_map(|((version, kind), name)| {
        let uid = "4b0b2c3e-0000-4000-8000-000000000000";
        json!({"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": true})
    })
}

/// The fields about the node and the load balancer.
fn node() -> impl Strategy<Value = Map<String, Value>> {
    let windows = json!([{"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": ["windows"]}]}]);
    let required = json!({"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": windows}});
    let signs = select(vec![
        json!({"nodeSelector": {"kubernetes.io/os": "windows"}}),
        json!({"nodeSelector": {"kubernetes.io/os": "windows"}}),
        json!({"affinity": {"nodeAffinity": required}}),
        json!({"nodeSelector": {"type": "virtual-kubelet"}}),
        json!({"tolerations": [{"key": "virtual-kubelet.io/provider", "operator": "Exists"}]}),
        json!({"tolerations": [{"operator": "Exists"}]}),
        json!({"nodeSelector": {"cloud.google.com/gke-spot": "true"}}),
        json!({"tolerations": [{"key": "kubernetes.azure.com/scalesetpriority", "value": "spot"}]}),
        json!({"readinessGates": [{"conditionType": "target-health.elbv2.k8s.aws/shop"}]}),
    ]);
    signs.prop_map(|signs| signs.as_object().cloned().unwrap_or_default())
}

/// The Pod's own resources are ample, because the API server compares them with the sum of the containers'.
fn spec() -> impl Strategy<Value = Map<String, Value>> {
    let grace = of(select(vec![10, 11, 30, 35, 36, 40, 60, 3600]));
    let resources = weighted(
        0.1,
        select(vec![
            json!({}),
            json!({"limits": {"cpu": "64", "memory": "64Gi"}}),
            json!({"requests": {"cpu": "64", "memory": "64Gi"}}),
            json!({"limits": {"cpu": "64"}, "requests": {"cpu": "63", "memory": "64Gi"}}),
        ]),
    );
    let host_network = weighted(0.1, Just(json!(true)));
    let policy = of(select(vec!["Always", "OnFailure", "Never"]));
    let resources = (resources, host_network);
    (grace, policy, resources, weighted(0.3, node())).prop_map(|(grace, policy, (resources, host_network), node)| {
        let mut spec = node.unwrap_or_default();
        spec.extend(host_network.map(|host_network| ("hostNetwork".to_owned(), host_network)));
        spec.extend(grace.map(|seconds| ("terminationGracePeriodSeconds".to_owned(), json!(seconds))));
        spec.extend(policy.map(|policy| ("restartPolicy".to_owned(), json!(policy))));
        spec.extend(resources.map(|resources| ("resources".to_owned(), resources)));
        spec
    })
}
