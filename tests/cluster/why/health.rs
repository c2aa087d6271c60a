//! `podwright check`: before the installation, on a healthy one, and with defects.

use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;

use super::ask;
use super::installation::Installation;
use super::stage::stage;
use crate::client::Client;
use crate::kept::eventually;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_empty_cluster_is_ready_until_rights_or_policies_are_in_the_way() {
    let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    let client = Client::new(&control_plane);
    let pre = |arguments: &[&str]| ask(&control_plane, &[&["check", "--pre"], arguments].concat());
    let ready = pre(&[]);
    ready.is_satisfied().expect("kubernetes-version", "passed", "1.30 or later").expect("apis", "passed", "every API");
    ready.expect("may-install", "passed", "you may create and change all").expect(
        "dry-run",
        "passed",
        "passes admission",
    );
    ready.expect("other-webhooks", "passed", "before every other").expect("installed", "passed", "00-podwright");

    let jane = pre(&["--as", "jane"]);
    assert_eq!(jane.code, Some(1), "{}", jane.shown);
    jane.expect("may-install", "failed", "create, patch clusterroles.rbac.authorization.k8s.io");
    jane.expect("dry-run", "unknown", "not allowed to create the objects");

    let webhook = |name: &str| {
        json!({"metadata": {"name": name}, "webhooks": [{"name": "a.example.com", "sideEffects": "None",
            "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore", "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}]}]})
    };
    for name in ["00-a", "istio-sidecar-injector"] {
        client.send("POST /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", &webhook(name)).pod();
    }
    refuse_cluster_roles(&client);
    eventually("the policy is in force", || {
        let answer = pre(&[]);
        if answer.code == Some(1) { Ok(()) } else { Err(answer.shown) }
    });
    let refused = pre(&[]);
    refused.expect("dry-run", "failed", "ClusterRole podwright: ").expect("policies", "warning", "no-roles");
    refused.expect("other-webhooks", "warning", "called before podwright: 00-a");
    refused.expect("other-webhooks", "warning", "Called after podwright: istio-sidecar-injector");
    for_every_resource(&client, &pre);
    in_another_namespace(&client, &pre);
}

/// Rules for all resources are rules for Pods.
fn for_every_resource(client: &Client, pre: &dyn Fn(&[&str]) -> super::Answer) {
    for (name, resources) in [("00-all", "*/*"), ("00-main", "*"), ("00-below", "pods/*"), ("00-status", "pods/status")]
    {
        for kind in ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] {
            let rules =
                json!([{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": [resources]}]);
            let webhook = json!({"metadata": {"name": name}, "webhooks": [{"name": "a.example.com", "sideEffects": "None",
                "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore", "rules": rules,
                "clientConfig": {"url": "https://127.0.0.1:1/"}}]});
            client.send(&format!("POST /apis/admissionregistration.k8s.io/v1/{kind}"), &webhook).pod();
        }
    }
    let answer = pre(&[]);
    answer.expect("other-webhooks", "warning", "called before podwright: 00-a, 00-all, 00-below, 00-main\n");
    answer.expect("policies", "warning", "podwright's Pods: 00-all, 00-below, 00-main, no-roles");
}

fn in_another_namespace(client: &Client, pre: &dyn Fn(&[&str]) -> super::Answer) {
    client.send("POST /api/v1/namespaces", &json!({"metadata": {"name": "platform"}})).pod();
    let elsewhere = pre(&["--podwright-namespace", "platform"]);
    let step = elsewhere.step("dry-run");
    let details = step["details"].to_string();
    assert!(details.contains("ClusterRole podwright: ") && !details.contains("namespace"), "{}", elsewhere.shown);
    assert!(
        elsewhere.commands().iter().any(|it| it.starts_with("podwright install --namespace platform |")),
        "{}",
        elsewhere.shown
    );
    let invalid = pre(&["--podwright-namespace", "kube-system"]);
    let words =
        "invalid value 'kube-system' for '--podwright-namespace <NAME>': the cluster itself uses this Namespace";
    assert!(invalid.code == Some(2) && invalid.shown.contains(words), "{}", invalid.shown);
}

fn refuse_cluster_roles(client: &Client) {
    let rules = json!([{"operations": ["CREATE"], "apiGroups": ["rbac.authorization.k8s.io"], "apiVersions": ["v1"],
        "resources": ["clusterroles"]}]);
    let policy = json!({"metadata": {"name": "no-roles"}, "spec": {"matchConstraints": {"resourceRules": rules},
        "validations": [{"expression": "false", "message": "ask the platform team"}]}});
    let binding =
        json!({"metadata": {"name": "no-roles"}, "spec": {"policyName": "no-roles", "validationActions": ["Deny"]}});
    let base = "POST /apis/admissionregistration.k8s.io/v1";
    client.send(&format!("{base}/validatingadmissionpolicies"), &policy).pod();
    client.send(&format!("{base}/validatingadmissionpolicybindings"), &binding).pod();
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_healthy_installation_has_no_fault_and_each_defect_is_found() {
    let installation = Installation::new();
    let healthy = installation.is_healthy();
    for (step, words) in [
        ("kubernetes-version", "is supported"),
        ("mutating", "00-podwright has 4 entries; Pods start without podwright if it is down"),
        ("profiles", "every entry's profile is in ConfigMap podwright-system/podwright"),
        ("validating", "00-podwright has 3 entries"),
        ("endpoints", "1 ready endpoint"),
        ("trust", "verifies the serving certificate, which is valid until 20"),
        ("deployment", "2 of 2 replicas"),
        ("readyz", "each of 2 replicas"),
        ("version", "every replica has version"),
        ("configuration", "every replica uses ConfigMap podwright-system/podwright"),
        ("rights", "system:serviceaccount:podwright-system:podwright may renew its certificate"),
        ("policy", "limits podwright to its own fields"),
    ] {
        healthy.expect(step, "passed", words);
    }
    with_few_rights(&installation);
    with_other_installations(&installation);
    with_defects(&installation);
}

fn with_few_rights(installation: &Installation) {
    let jane = installation.check(&["--as", "jane"]);
    assert_eq!(jane.code, Some(2), "{}", jane.shown);
    jane.expect("mutating", "unknown", "not allowed to see MutatingWebhookConfiguration 00-podwright");
    jane.expect("rights", "unknown", "not allowed to create SubjectAccessReviews");
    assert!(jane.steps().iter().all(|step| step["result"] != "failed"), "{}", jane.shown);
}

/// A second installation that is live, and one whose Namespace is gone.
fn with_other_installations(installation: &Installation) {
    let place = &installation.place;
    let renamed = |yaml: &str, namespace: &str| {
        let yaml = yaml.replace("  name: podwright\n", "  name: podwright-old\n");
        let yaml = yaml.replace("name: 00-podwright\n", "name: 01-old\n").replace("podwright-system", namespace);
        yaml.replace("policyName: podwright\n", "policyName: podwright-old\n")
    };
    let mutating = include_str!("../../../manifests/mutatingwebhookconfiguration.yaml");
    place.apply(&renamed(mutating, "podwright-system").replace("name: podwright-old", "name: podwright"));
    let answer = installation.check(&[]);
    answer.expect("other-installations", "warning", "mutatingwebhookconfiguration/01-old");
    let rbac =
        include_str!("../../../manifests/rbac.yaml").rsplitn(3, "---\n").take(2).collect::<Vec<_>>().join("---\n");
    place.apply(&renamed(&rbac, "gone"));
    // Somebody's own binding. Its role is Kubernetes' own.
    let own = renamed(&rbac, "gone").replace("podwright-old", "podwright-view");
    let own = own.rsplit("---\n").find(|yaml| yaml.contains("kind: ClusterRoleBinding")).expect("a binding");
    place.apply(&own.replace("kind: ClusterRole\n  name: podwright-view", "kind: ClusterRole\n  name: view"));
    for yaml in [
        mutating,
        include_str!("../../../manifests/validatingwebhookconfiguration.yaml"),
        include_str!("../../../manifests/validatingadmissionpolicy.yaml"),
    ] {
        place.apply(&renamed(yaml, "gone"));
    }
    let answer = installation.check(&[]);
    answer.cause("other-installations", "another installation left objects behind");
    for left in [
        "mutatingwebhookconfiguration/01-old needs Service gone/podwright-old, which does not exist",
        "validatingwebhookconfiguration/01-old needs Service gone/podwright-old",
        "clusterrolebinding/podwright-old needs ServiceAccount gone/podwright-old",
        "clusterrolebinding/podwright-view needs ServiceAccount gone/podwright-view",
        "clusterrole/podwright-old needs",
        "validatingadmissionpolicy/podwright-old needs ServiceAccount gone/podwright",
    ] {
        answer.expect("other-installations", "failed", left);
    }
    answer.mend(&place.control_plane, installation.path());
    let healthy = installation.check(&[]);
    healthy.is_satisfied().expect("other-installations", "passed", "no other installation");
    place.run(&["get", "clusterrole/podwright", "clusterrolebinding/podwright", "validatingadmissionpolicy/podwright"]);
    place.run(&["get", "clusterrole/view"]);
}

fn with_defects(installation: &Installation) {
    let (place, client) = (&installation.place, &installation.place.client);
    place.run(&["delete", "validatingwebhookconfiguration", "00-podwright"]);
    place.run(&["delete", "validatingadmissionpolicybinding", "podwright"]);
    let file = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {batch: {extends: web}}\n";
    let map = json!({"data": {"configuration.yaml": file}});
    client.send("PATCH /api/v1/namespaces/podwright-system/configmaps/podwright", &map).pod();
    let path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/00-podwright";
    let mut configuration = client.send(&format!("GET {path}"), &Value::Null).pod();
    configuration["webhooks"][3]["clientConfig"]["service"]["path"] = json!("/mutate/nightly");
    client.send(&format!("PUT {path}"), &configuration).pod();
    let status = json!({"status": {"conditions": [{"type": "Ready", "status": "False"}]}});
    client.send("PATCH /api/v1/namespaces/podwright-system/pods/podwright-2/status", &status).pod();

    let faults = installation.check(&[]);
    assert_eq!(faults.code, Some(1), "{}", faults.shown);
    faults.expect(
        "profiles",
        "failed",
        "calls for the profile nightly, which ConfigMap podwright-system/podwright does not have",
    );
    faults.expect(
        "configuration",
        "failed",
        "not every replica uses ConfigMap podwright-system/podwright: podwright-1, podwright-2",
    );
    let restart = "kubectl rollout restart deployment/podwright -n podwright-system";
    assert!(faults.commands().contains(&restart), "{}", faults.shown);
    faults.expect("validating", "warning", "so users get no warnings");
    faults.expect("policy", "warning", "ValidatingAdmissionPolicyBinding podwright does not exist");
    faults.expect("replicas", "warning", "podwright-2: not ready");
    for step in faults.steps().iter().filter(|step| step["result"] == "failed") {
        assert!(step["remedy"].is_object(), "no remedy: {step}");
    }
    place.run(&["delete", "mutatingwebhookconfiguration", "00-podwright"]);
    installation.check(&[]).expect("mutating", "failed", "podwright is never called");
    let helms = json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "edge"}}});
    client.send("PATCH /apis/apps/v1/namespaces/podwright-system/deployments/podwright", &helms).pod();
    let upgrade = "helm upgrade edge charts/podwright -n podwright-system --reset-then-reuse-values";
    let answer = installation.check(&[]);
    assert!(answer.commands().contains(&upgrade), "{}", answer.shown);
    // Argo CD renders the chart without a release.
    let rendered = json!({"metadata": {"annotations": {"meta.helm.sh/release-name": null,
        "argocd.argoproj.io/tracking-id": "edge:apps/Deployment:podwright-system/podwright"}}});
    client.send("PATCH /apis/apps/v1/namespaces/podwright-system/deployments/podwright", &rendered).pod();
    let answer = installation.check(&[]);
    assert!(answer.commands().contains(&"argocd app sync edge"), "{}", answer.shown);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_webhook_outside_of_the_cluster_is_healthy_too() {
    let answer = ask(&stage().world.control_plane, &["check"]);
    answer.is_satisfied().expect("trust", "passed", "verifies the certificate at https://127.0.0.1:");
    answer.expect("endpoints", "skipped", "the API server calls the URL").expect("rights", "skipped", "outside");
    answer.expect("deployment", "skipped", "Deployment podwright-system/podwright does not exist");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn without_an_api_server_check_cannot_tell() {
    let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    let kubeconfig = std::fs::read_to_string(control_plane.kubeconfig()).expect("a kubeconfig");
    let file = control_plane.folder().join("elsewhere");
    let (before, rest) = kubeconfig.split_once("https://").expect("a URL");
    let (_, after) = rest.split_once('"').expect("its end");
    let elsewhere = format!("{before}https://127.0.0.1:1\"{after}");
    std::fs::write(&file, elsewhere).expect("written");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_podwright"));
    let said = command.args(["check", "--kubeconfig"]).arg(&file).output().expect("podwright starts");
    let shown = crate::world::text(&said.stdout);
    assert_eq!(said.status.code(), Some(2), "{shown}");
    assert!(shown.contains("? reachable: cannot read the API server's version") && !shown.contains('✘'), "{shown}");
    let plain =
        "cannot reach the API server https://127.0.0.1:1 (context podwright): connection refused; expected a running";
    assert!(shown.contains(plain), "{shown}");
    for command in [&["inventory"][..], &["why", "ns/default"], &["certs", "status"]] {
        let mut command = {
            let mut podwright = std::process::Command::new(env!("CARGO_BIN_EXE_podwright"));
            podwright.args(command).arg("--kubeconfig").arg(&file);
            podwright
        };
        let said = crate::world::text(&command.output().expect("podwright starts").stderr);
        assert!(said.contains(plain) && !said.contains("ServiceError"), "{command:?}: {said}");
        assert!(said.contains("`kubectl cluster-info --kubeconfig "), "{command:?}: {said}");
    }
    assert!(!shown.contains('\u{1b}'), "colours in a pipe: {shown}");
}
