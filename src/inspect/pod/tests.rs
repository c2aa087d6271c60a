#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by panicking")]

use serde_json::{Value, json};

use super::*;
use crate::inject::{Root, inject};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::namespaces::{NamespaceState, Namespaces};
use crate::inspect::state::{ClusterState, Profiles};
use crate::inspect::webhook::Entries;
use crate::profile::file::ConfigurationFile;
use crate::profile::{Configuration, OptIn};

fn configuration(profile: &str) -> Configuration {
    let head = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles:\n  default: ";
    ConfigurationFile::parse(&format!("{head}{profile}\n")).map(|file| file.configuration().clone()).unwrap_or_default()
}

/// The state of a cluster with this configuration, in which the Namespace `shop` has this label.
fn state(configuration: Configuration, inject: &str) -> ClusterState {
    let labels = json!({"kubernetes.io/metadata.name": "shop", "podwright.dev/inject": inject});
    let writer = json!({"time": "2026-01-02T00:00:00Z",
        "fieldsV1": {"f:metadata": {"f:labels": {"f:podwright.dev/inject": {}}}}});
    let object = json!({"metadata": {"name": "shop", "labels": labels, "managedFields": [writer]}});
    let (name, namespace) = NamespaceState::parse(&object.to_string()).unwrap();
    let namespaces = Namespaces { read: [(name, Known::Seen(namespace))].into(), ..Namespaces::default() };
    let mut entries = Entries::usual().unwrap();
    entries.created = Some("2026-01-01T00:00:00Z".into());
    ClusterState::new(Profiles::seen(configuration, "a test"), Known::Seen(entries), namespaces).unwrap()
}

fn bare(created: &str) -> Value {
    json!({"metadata": {"name": "web-1", "namespace": "shop", "creationTimestamp": created},
        "spec": {"containers": [{"name": "app", "image": "a"}]}})
}

/// The Pod as podwright would admit it with this configuration.
fn injected(configuration: &Configuration) -> Value {
    let mut pod = bare("2026-01-03T00:00:00Z");
    let json = pod.to_string();
    let view = crate::inject::pod::Pod::parse(json.as_bytes()).unwrap();
    let injection = inject(&view, OptIn::Namespace { profile: "default" }, configuration, Root::Pod).unwrap();
    json_patch::patch(&mut pod, injection.patch.unwrap().operations()).unwrap();
    pod
}

fn judged(pod: &Value, state: &ClusterState) -> Verdict {
    verdict(&LivePod::parse(&pod.to_string()).unwrap(), state)
}

/// The differences of a stale Pod in words.
fn differences(pod: &Value, state: &ClusterState) -> Vec<String> {
    match judged(pod, state) {
        Verdict::Stale(Stale::Differs(all)) => all.iter().map(|it| format!("{} {it}", it.change.as_str())).collect(),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn a_pod_is_as_it_should_be_until_the_profile_changes() {
    let old = configuration("{preStopSleep: 5s, requests: {cpu: 100m}}");
    let pod = injected(&old);
    assert_eq!(judged(&pod, &state(old, "enabled")), Verdict::Injected);
    for (profile, expected) in [
        ("{preStopSleep: 5s, requests: {cpu: 100m, memory: 128Mi}}", vec!["add requests of app"]),
        ("{preStopSleep: 7s, requests: {cpu: 100m}}", vec!["set pre-stop-sleep of app"]),
        ("{requests: {cpu: 100m}}", vec!["drop pre-stop-sleep of app"]),
        ("{preStopSleep: 5s, requests: {cpu: 200m}}", vec!["set requests of app"]),
        (
            "{preStopSleep: 5s, requests: {cpu: 100m}, downwardVolume: /etc/podinfo, downwardEnv: [POD_NAME]}",
            vec!["add downward-env of app", "add downward-volume of app", "add downward-volume"],
        ),
    ] {
        let mut found = differences(&pod, &state(configuration(profile), "enabled"));
        found.retain(|it| !it.contains("termination-grace-period"));
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{profile}");
    }
}

#[test]
fn a_new_version_alone_makes_no_pod_stale() {
    let configuration = configuration("{preStopSleep: 5s}");
    let mut pod = injected(&configuration);
    let status = pod["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap().to_owned();
    let older = status.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    assert_ne!(status, older);
    pod["metadata"]["annotations"]["podwright.dev/status"] = json!(older);
    assert_eq!(judged(&pod, &state(configuration, "enabled")), Verdict::Injected);
}

#[test]
fn a_resize_in_place_makes_no_pod_stale() {
    let configuration = configuration("{requests: {cpu: 100m}}");
    let mut pod = injected(&configuration);
    let state = state(configuration, "enabled");
    pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = json!("300m");
    assert_eq!(differences(&pod, &state), ["set requests of app"]);
    pod["metadata"]["managedFields"] = json!([{"manager": "vpa", "operation": "Update", "subresource": "resize"}]);
    assert_eq!(judged(&pod, &state), Verdict::Injected);
}

#[test]
fn a_missed_pod_has_the_reason_that_its_age_shows() {
    let state = state(configuration("{preStopSleep: 5s}"), "enabled");
    for (created, expected) in [
        ("2025-12-31T00:00:00Z", Missed::BeforeConfiguration),
        ("2026-01-01T12:00:00Z", Missed::BeforeLabels),
        ("2026-01-03T00:00:00Z", Missed::WithoutAnswer { fails_open: Some(true) }),
    ] {
        let verdict = judged(&bare(created), &state);
        assert!(
            matches!(&verdict, Verdict::Missed { why, lacks } if *why == expected && !lacks.is_empty()),
            "{verdict:?}"
        );
    }
    let mut pod = bare("2026-01-03T00:00:00Z");
    pod["metadata"]["annotations"] = json!({"podwright.dev/requests": "cpu=much"});
    let verdict = judged(&pod, &state);
    assert!(matches!(&verdict, Verdict::Missed { why: Missed::Invalid(_), .. }), "{verdict:?}");
}

#[test]
fn pods_that_end_or_lack_nothing_are_left_alone() {
    let state_of = |profile: &str| state(configuration(profile), "enabled");
    let mut pod = bare("2026-01-03T00:00:00Z");
    assert_eq!(judged(&pod, &state_of("{downwardEnv: false}")), Verdict::LeftAlone(LeftAlone::NothingToAdd));
    pod["status"] = json!({"phase": "Failed"});
    assert_eq!(judged(&pod, &state_of("{preStopSleep: 5s}")), Verdict::LeftAlone(LeftAlone::Finished));
    pod["status"] = json!({"phase": "Running"});
    pod["metadata"]["deletionTimestamp"] = json!("2026-01-03T00:00:00Z");
    assert_eq!(judged(&pod, &state_of("{preStopSleep: 5s}")), Verdict::LeftAlone(LeftAlone::Ending));
}

#[test]
fn an_injected_pod_of_a_namespace_that_opted_out_is_stale() {
    let configuration = configuration("{preStopSleep: 5s}");
    let pod = injected(&configuration);
    let verdict = judged(&pod, &state(configuration, "disabled"));
    let expected = Stale::NoLongerCalled(crate::inspect::webhook::NotCalled::NamespaceOptedOut);
    assert_eq!(verdict, Verdict::Stale(expected));
}

#[test]
fn unseen_facts_are_not_guessed() {
    let own = configuration("{preStopSleep: 5s}");
    let (pod, bare) = (injected(&own), bare("2026-01-03T00:00:00Z"));
    let unseen = || Unseen::NotAllowed("ConfigMap a/b".into());
    let mut without_profiles = state(configuration("{requests: {cpu: 1}}"), "enabled");
    without_profiles.profiles = Profiles::unseen(unseen());
    assert_eq!(judged(&pod, &without_profiles), Verdict::Injected);
    let verdict = judged(&bare, &without_profiles);
    assert!(matches!(&verdict, Verdict::Missed { lacks, .. } if lacks.is_empty()), "{verdict:?}");

    let mut without_namespace = state(own, "enabled");
    without_namespace.namespaces = Namespaces { unlisted: Some(unseen()), ..Namespaces::default() };
    assert_eq!(judged(&pod, &without_namespace), Verdict::Injected);
    assert_eq!(judged(&bare, &without_namespace), Verdict::Unknown("not allowed to see ConfigMap a/b".into()));
    without_namespace.namespaces.stated_profile = Some("default".into());
    assert!(matches!(judged(&bare, &without_namespace), Verdict::Missed { .. }));
}

#[test]
fn a_status_that_podwright_did_not_write_counts_as_none() {
    let mut pod = bare("2026-01-03T00:00:00Z");
    for forged in ["x", "[]", "{\"profile\":\"web\"}", "{\"version\":1}"] {
        pod["metadata"]["annotations"] = json!({"podwright.dev/status": forged});
        let verdict = judged(&pod, &state(configuration("{preStopSleep: 5s}"), "enabled"));
        assert!(matches!(verdict, Verdict::Missed { .. }), "{forged}: {verdict:?}");
    }
}

/// The API server stores any text as an owner's name. It must not become a part of a command or of a path.
#[test]
fn an_owner_that_cannot_exist_is_no_owner() {
    let owner = |api_version: &str, kind: &str, name: &str| {
        let reference = json!({"apiVersion": api_version, "kind": kind, "name": name, "controller": true});
        let pod = json!({"metadata": {"name": "one", "namespace": "shop", "ownerReferences": [reference]}});
        LivePod::parse(&pod.to_string()).unwrap().owner().map(|owner| owner.name.to_string())
    };
    assert_eq!(owner("apps/v1", "StatefulSet", "web.a-1").as_deref(), Some("web.a-1"));
    assert_eq!(owner("v1", "Node", "node-1").as_deref(), Some("node-1"));
    for name in
        ["x --server=https://192.0.2.1", "a\n-n kube-system deployment.apps/b", "web/status?pretty=1", "", "-x", "Web"]
    {
        assert_eq!(owner("apps/v1", "StatefulSet", name), None, "{name:?}");
    }
    assert_eq!(owner("apps/v1", "StatefulSet", &"x".repeat(70_000)), None);
    for (api_version, kind) in
        [("apps/v1 -x", "StatefulSet"), ("apps /v1", "StatefulSet"), ("apps/v1", "Stateful\u{1b}[2JSet")]
    {
        assert_eq!(owner(api_version, kind, "web"), None, "{api_version} {kind}");
    }
}
