//! The objects that are sent to the webhook, and how often.

use serde_json::{Value, json};

use crate::features::needs;
use crate::pods::{pod, sleeps};
use crate::world::{World, world};

/// The webhooks called for this Pod, in order, from the audit log.
fn called(world: &World, name: &str) -> Vec<String> {
    let events = world.audit_of(name);
    assert_eq!(events.len(), 1, "{events:?}");
    let annotations = events[0]["annotations"].as_object().cloned().unwrap_or_default();
    let calls = annotations.iter().filter(|(key, _)| key.starts_with("mutation.webhook.admission.k8s.io/"));
    let webhook =
        |value: &Value| serde_json::from_str::<Value>(value.as_str()?).ok()?["webhook"].as_str().map(str::to_owned);
    calls.filter_map(|(_, value)| webhook(value)).collect()
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn both_opt_ins_live_in_one_cluster_and_no_pod_is_sent_twice() {
    let world = world();
    for namespace in ["plain", "enabled", "disabled", "other"] {
        world.namespace(&format!("opt-{namespace}"));
    }
    world.label("opt-enabled", "podwright.dev/inject=enabled");
    world.label("opt-disabled", "podwright.dev/inject=disabled");
    world.label("opt-other", "podwright.dev/inject=perhaps");
    let asks: &[(&str, &str)] = &[("podwright.dev/inject", "true")];
    for (namespace, name, annotations, webhooks) in [
        ("opt-plain", "plain-asks", asks, &["pods.podwright.dev"][..]),
        ("opt-plain", "plain-silent", &[], &[]),
        ("opt-plain", "plain-foreign", &[("xpodwright.dev/inject", "true")], &[]),
        ("opt-plain", "plain-declines", &[("podwright.dev/inject", "false")], &[]),
        ("opt-enabled", "enabled-asks", asks, &["namespaces.podwright.dev"]),
        ("opt-enabled", "enabled-silent", &[], &["namespaces.podwright.dev"]),
        ("opt-enabled", "enabled-declines", &[("podwright.dev/inject", "false")], &[]),
        ("opt-disabled", "disabled-asks", asks, &[]),
        ("opt-other", "other-asks", asks, &["pods.podwright.dev"]),
        ("opt-other", "other-silent", &[], &[]),
        ("kube-system", "system-asks", asks, &[]),
    ] {
        if namespace == "kube-system" {
            world.kubectl(&["create", "serviceaccount", "default", "-n", namespace]);
        }
        let created = world.client.create(namespace, &pod(name, annotations)).pod();
        assert_eq!(called(world, name), webhooks, "{name}");
        assert_eq!(sleeps(&created["spec"]["containers"][0]), !webhooks.is_empty(), "{name}");
    }
}

/// The label of a profile overrides the plain opt-in, and `disabled` overrides both. A profile without an entry counts
/// as none.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_namespaces_labels_choose_one_entry_and_its_profile() {
    let world = world();
    let asks: &[(&str, &str)] = &[("podwright.dev/inject", "true")];
    let (of_pods, of_namespaces) =
        (Some(("pods.podwright.dev", "default")), Some(("namespaces.podwright.dev", "default")));
    let of_default = Some(("default.profiles.podwright.dev", "default"));
    let of_web = Some(("web.profiles.podwright.dev", "web"));
    for (namespace, labels, silent, asking) in [
        ("by-web", &["profile=web"][..], of_web, of_web),
        ("by-default", &["profile=default"], of_default, of_default),
        ("by-inject", &["inject=enabled"], of_namespaces, of_namespaces),
        ("by-both", &["inject=enabled", "profile=web"], of_web, of_web),
        ("by-true-and-web", &["inject=true", "profile=web"], of_web, of_web),
        ("by-both-unknown", &["inject=enabled", "profile=nosuch"], of_namespaces, of_namespaces),
        ("by-unknown", &["profile=nosuch"], None, of_pods),
        ("by-disabled", &["inject=disabled", "profile=web"], None, None),
        ("by-false", &["inject=false", "profile=default"], None, None),
    ] {
        world.namespace(namespace);
        for label in labels {
            world.label(namespace, &format!("podwright.dev/{label}"));
        }
        for (name, annotations, expected) in [("silent", &[][..], silent), ("asking", asks, asking)] {
            let name = format!("{namespace}-{name}");
            let created = world.client.create(namespace, &pod(&name, annotations)).pod();
            let called = called(world, &name);
            assert_eq!(called, expected.map(|(webhook, _)| webhook).into_iter().collect::<Vec<_>>(), "{name}");
            let status = created["metadata"]["annotations"]["podwright.dev/status"].as_str();
            let profile = status.map(|status| serde_json::from_str::<Value>(status).unwrap()["profile"].clone());
            assert_eq!(profile, expected.map(|(_, profile)| json!(profile)), "{name}");
        }
    }
}

/// Created as the kubelet creates a mirror Pod, in a plain namespace and in opted-in ones.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_37_the_mirror_of_a_static_pod_is_left_as_it_is() {
    let world = world();
    for (namespace, label) in [
        ("row-37", "a=b"),
        ("row-37-enabled", "podwright.dev/inject=enabled"),
        ("row-37-web", "podwright.dev/profile=web"),
    ] {
        world.namespace(namespace);
        world.label(namespace, label);
        let mut mirror = pod(namespace, &[("podwright.dev/profile", "web"), ("kubernetes.io/config.mirror", "abc")]);
        mirror["spec"]["nodeName"] = json!("node");
        mirror["spec"]["automountServiceAccountToken"] = json!(false);
        let created = world.client.create(namespace, &mirror).pod();
        let container = &created["spec"]["containers"][0];
        assert!(container["env"].is_null() && container["lifecycle"].is_null(), "{created}");
        assert!(
            created["spec"]["volumes"].is_null()
                && created["metadata"]["annotations"]["podwright.dev/status"].is_null()
        );
        assert_eq!(called(world, namespace), [""; 0]);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_08_changes_to_a_pod_that_is_there_make_no_call() {
    let world = world();
    world.namespace("changes");
    let mut changed = pod("changed", &[("podwright.dev/profile", "web")]);
    changed["spec"]["containers"][0]["ports"] = json!([{"containerPort": 8080}]);
    world.client.create("changes", &changed).pod();
    let before = world.kubectl(&["get", "pod", "changed", "-n", "changes", "-o", "jsonpath={.spec}"]).stdout;
    let running = r#"{"status":{"phase":"Running"}}"#;
    for arguments in [
        &["label", "pod", "changed", "a=b"][..],
        &["annotate", "pod", "changed", "podwright.dev/pre-stop-sleep=soon"],
        &["debug", "changed", "--image=registry.example.com/debug:1", "--target=app"],
        &["patch", "pod", "changed", "--subresource=status", "--patch", running],
    ] {
        let told = world.kubectl(&[arguments, &["-n", "changes"]].concat());
        assert!(told.status.success(), "{arguments:?}: {}", crate::world::text(&told.stderr));
    }
    no_change_made_a_call("changes", 4);
    let after = world.kubectl(&["get", "pod", "changed", "-n", "changes", "-o", "jsonpath={.spec}"]).stdout;
    let after = crate::world::text(&after);
    assert!(!before.is_empty() && after.contains("registry.example.com/debug:1"), "{after}");
}

/// The audit log has at least so many changes of Pods in this namespace, and no mutating webhook got one.
fn no_change_made_a_call(namespace: &str, least: usize) {
    let log = std::fs::read_to_string(world().control_plane.audit_log()).unwrap();
    let changes = log.lines().filter(|line| line.contains(&format!("namespaces/{namespace}/pods/changed")));
    let changes: Vec<&str> = changes.filter(|line| !line.contains(r#""verb":"get""#)).collect();
    assert!(changes.len() >= least, "{changes:?}");
    assert!(changes.iter().all(|line| !line.contains("mutation.webhook")), "{changes:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_08_a_resize_makes_no_call() {
    needs!(PodResize);
    let world = world();
    world.namespace("resized");
    world.client.create("resized", &pod("changed", &[("podwright.dev/profile", "web")])).pod();
    let resize = r#"{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"150m"}}}]}}"#;
    let told = world.kubectl(&["patch", "pod", "changed", "--subresource=resize", "--patch", resize, "-n", "resized"]);
    assert!(told.status.success(), "{}", crate::world::text(&told.stderr));
    no_change_made_a_call("resized", 1);
    let after = world.kubectl(&["get", "pod", "changed", "-n", "resized", "-o", "jsonpath={.spec}"]).stdout;
    assert!(crate::world::text(&after).contains("150m"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_28_a_dry_run_is_answered_and_leaves_nothing() {
    let world = world();
    world.namespace("row-28");
    let shown = world.apply(
        &pod("row-28", &[("podwright.dev/inject", "true")]),
        &["-n", "row-28", "--dry-run=server", "-o", "json"],
    );
    assert!(shown.status.success(), "{}", crate::world::text(&shown.stderr));
    assert!(sleeps(&serde_json::from_slice::<Value>(&shown.stdout).unwrap()["spec"]["containers"][0]));
    let left = world.kubectl(&["get", "pods,events,configmaps,secrets,leases", "-n", "row-28", "-o", "name"]);
    assert_eq!(crate::world::text(&left.stdout), "", "{}", crate::world::text(&left.stderr));
    let path = "jsonpath={.webhooks[*].sideEffects}";
    let effects = world.kubectl(&["get", "mutatingwebhookconfiguration", "00-podwright", "-o", path]);
    let effects = crate::world::text(&effects.stdout);
    assert!(!effects.is_empty() && effects.split(' ').all(|one| one == "None"), "{effects}");
}

/// Reads the API server's own counter, on a separate control plane.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_32_a_pod_that_did_not_opt_in_makes_no_call() {
    let world = World::start();
    let before = calls(&world);
    assert!(before > 0, "the canary was counted");
    for n in 0..20 {
        world.client.dry_run("default", &pod(&format!("silent-{n}"), &[("example.com/podwright.dev", "x")])).pod();
    }
    assert_eq!(calls(&world), before);
    world.client.dry_run("default", &pod("asks", &[("podwright.dev/inject", "true")])).pod();
    assert_eq!(calls(&world), before + 1);
}

fn calls(world: &World) -> u64 {
    let metrics = world.control_plane.run(&["get", "--raw=/metrics"]).unwrap();
    let ours = metrics.lines().filter(|line| {
        line.starts_with("apiserver_admission_webhook_request_total{") && line.contains("podwright.dev\"")
    });
    ours.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).map(|count| count as u64).sum()
}
