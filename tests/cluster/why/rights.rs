//! Users with fewer rights: `view` on one Namespace, and no right at all.

use serde_json::json;

use super::stage::{stage, wait_for_the_next_second};
use super::{Answer, ask};
use crate::kept::eventually;
use crate::pods::pod;

fn as_user(object: &str, user: &str) -> Answer {
    ask(&stage().world.control_plane, &["why", object, "-n", "viewed", "--as", user])
}

fn bind(user: &str, role: &str) {
    let subject = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user});
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": format!("{user}-{}", role.rsplit(':').next().unwrap_or_default())},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}, "subjects": [subject]});
    let path = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/viewed/rolebindings";
    stage().world.client.send(path, &binding).pod();
}

/// The ClusterRoles `view` and `edit` are empty without a controller manager, so the users have those that they are made of.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_user_with_few_rights_hears_what_is_unseen_and_no_guess() {
    let stage = stage();
    stage.namespace("viewed", json!({}));
    stage.create("viewed", &pod("missed", &[]));
    wait_for_the_next_second();
    stage.world.label("viewed", "podwright.dev/inject=enabled");
    stage.until_injected("viewed");
    stage.create("viewed", &pod("fresh", &[]));
    bind("jane", "system:aggregate-to-view");
    bind("ed", "system:aggregate-to-view");
    bind("ed", "system:aggregate-to-edit");
    for user in ["jane", "ed"] {
        eventually("the binding has an effect", || {
            let answer = as_user("pod/fresh", user);
            if answer.document.is_object() { Ok(()) } else { Err(answer.shown) }
        });
    }

    let fresh = as_user("pod/fresh", "jane");
    assert_eq!(fresh.code, Some(2), "{}", fresh.shown);
    fresh.expect("opt-in", "passed", "podwright.dev/inject: enabled");
    fresh.expect("webhook-entry", "unknown", "not allowed to see MutatingWebhookConfiguration 00-podwright");
    fresh.expect("profile", "unknown", "not allowed to see ConfigMap podwright-system/podwright");
    fresh.expect("dry-run", "unknown", "not allowed to create Pods in Namespace viewed");
    fresh.expect(
        "pods",
        "unknown",
        "injected the Pod with the profile default. It is unknown whether a new one would differ",
    );
    fresh.expect("fail-open", "skipped", "not allowed to see the API server's /metrics");

    let missed = as_user("pod/missed", "jane");
    missed.cause("pods", "podwright missed it: created before the Namespace's labels were last written");
    missed.expect("pods", "failed", "Assuming the webhook entries of podwright's own manifests.");

    // The dry run answers what jane could not learn.
    let fresh = as_user("pod/fresh", "ed");
    fresh.is_satisfied().expect("dry-run", "passed", "injects a new Pod").expect(
        "pods",
        "passed",
        "a new one would be equal",
    );

    let nobody = as_user("pod/fresh", "nobody");
    assert!(nobody.code == Some(2) && nobody.shown.contains("not allowed to see Pod viewed/fresh"), "{}", nobody.shown);
}
