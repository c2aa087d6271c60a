//! Each kind of owner, made by hand because no controllers run: the command fits the kind.

use serde_json::{Value, json};

use super::stage::stage;
use crate::inventory::cast::owned;
use crate::pods::pod;

fn owner(version: &str, kind: &str, name: &str) -> Value {
    json!({"apiVersion": version, "kind": kind, "name": name})
}

fn owned_by(object: &mut Value, version: &str, kind: &str, name: &str) {
    let mut owner = owner(version, kind, name);
    owner["uid"] = json!("705ab4f5-6393-11e8-b7cc-42010a800003");
    owner["controller"] = json!(true);
    object["metadata"]["ownerReferences"] = json!([owner]);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_command_for_a_missed_pod_fits_its_top_owner() {
    let stage = stage();
    stage.namespace("kinds", json!({}));
    for kind in ["StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "ReplicationController"] {
        stage.workload("kinds", kind, "top", |_| ());
    }
    stage.workload("kinds", "Job", "top-1", |job| owned_by(job, "batch/v1", "CronJob", "top"));
    stage.workload("kinds", "ReplicaSet", "canary-1", |set| owned_by(set, "argoproj.io/v1alpha1", "Rollout", "canary"));
    let of = [
        ("a", "apps/v1", "StatefulSet", "top", "kubectl rollout restart statefulset.apps/top -n kinds"),
        ("b", "apps/v1", "DaemonSet", "top", "kubectl rollout restart daemonset.apps/top -n kinds"),
        ("c", "apps/v1", "ReplicaSet", "top", "kubectl delete pod c -n kinds"),
        ("d", "batch/v1", "Job", "top", "kubectl delete pod d -n kinds"),
        ("e", "batch/v1", "Job", "top-1", "kubectl delete pod e -n kinds"),
        ("f", "v1", "ReplicationController", "top", "kubectl delete pod f -n kinds"),
        ("f2", "v1", "ReplicationController", "top", "kubectl delete pod f2 -n kinds"),
        ("g", "apps/v1", "ReplicaSet", "canary-1", "kubectl delete pod g -n kinds"),
    ];
    for (name, version, kind, owner_name, _) in of {
        let mut pod = owned(name, &owner(version, kind, owner_name));
        pod["metadata"]["labels"] = json!({"app": owner_name});
        stage.create("kinds", &pod);
    }
    stage.create("kinds", &pod("h", &[]));
    stage.world.label("kinds", "podwright.dev/inject=enabled");
    stage.until_injected("kinds");
    for (name, .., command) in of {
        let answer = stage.why(&format!("pod/{name}"), "kinds");
        answer.cause("pods", "podwright missed it");
        assert_eq!(answer.commands(), [command], "{}", answer.shown);
    }
    let bare = stage.why("pod/h", "kinds");
    bare.cause("pods", "podwright missed it");
    assert_eq!(bare.commands(), ["kubectl replace --force -n kinds -f pod.yaml"]);
    for workload in ["sts/top", "ds/top", "rs/top", "job/top", "cj/top"] {
        stage.why(workload, "kinds").cause("pods", "1 Pod: 1 missed");
    }
    let all = stage.why("namespace/kinds", "kinds");
    all.cause("pods", "9 missed").expect("pods", "failed", "podwright why pod/h -n kinds");
    assert!(all.shown.contains("Run the commands above for the workloads that cannot be restarted."), "{}", all.shown);
    let both = stage.why("rc/top", "kinds");
    both.cause("pods", "2 Pods: 2 missed");
    assert!(both.shown.contains("There are 2 such Pods. For each of them: Delete the Pod."), "{}", both.shown);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn pods_that_were_denied_are_told_by_their_controllers_condition() {
    let stage = stage();
    stage.namespace("denied", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("denied");
    stage.workload("denied", "Deployment", "web", |_| ());
    stage.workload("denied", "ReplicaSet", "web-1", |set| owned_by(set, "apps/v1", "Deployment", "web"));
    let message = "pods \"web-1-\" is forbidden: admission webhook \"namespaces.podwright.dev\" denied the request: podwright \
        cannot read 1 annotation: podwright.dev/requests: invalid quantity";
    let condition = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message});
    let status = json!({"status": {"replicas": 0, "conditions": [condition]}});
    stage.world.client.send("PATCH /apis/apps/v1/namespaces/denied/replicasets/web-1/status", &status).pod();
    let answer = stage.why("deployment/web", "denied");
    answer.cause("denials", "1 missing Pod: podwright cannot read 1 annotation").expect(
        "pods",
        "skipped",
        "has no Pods",
    );
    answer.mend(&stage.world.control_plane, stage.path());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_custom_kind_with_a_template_is_found_by_discovery() {
    let stage = stage();
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "rollouts.argoproj.io"},
        "spec": {"group": "argoproj.io", "scope": "Namespaced",
            "names": {"plural": "rollouts", "singular": "rollout", "kind": "Rollout", "shortNames": ["ro"]},
            "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]},
    });
    stage.world.client.send("POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition).pod();
    stage.namespace("custom", json!({}));
    let template =
        json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}});
    let rollout = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template}});
    crate::kept::eventually("the kind exists", || {
        let made = stage.world.client.send("POST /apis/argoproj.io/v1alpha1/namespaces/custom/rollouts", &rollout);
        if made.status == 201 { Ok(()) } else { Err(made.body.to_string()) }
    });
    let answer = stage.why("ro/web", "custom");
    answer.cause("opt-in", "neither the Pod nor the Namespace custom opted in");
    answer.mend(&stage.world.control_plane, stage.path());
    stage.why("rollout.argoproj.io/web", "custom").is_satisfied();
}
