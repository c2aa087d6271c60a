#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by panicking")]

use serde_json::{Value, json};

use super::condition::Condition;
use super::*;

fn namespace(labels: &Value) -> NamespaceState {
    let object = json!({"metadata": {"name": "shop", "labels": labels}});
    NamespaceState::parse(&object.to_string()).unwrap().1
}

fn pod(metadata: &Value) -> String {
    json!({"metadata": metadata, "spec": {"containers": [{"name": "app"}]}}).to_string()
}

/// The route of the called entry, or the reason in words.
fn called(entries: &Entries, metadata: &Value, labels: &Value) -> String {
    let json = pod(metadata);
    match entries.call(&LivePod::parse(&json).unwrap(), &namespace(labels)) {
        Call::By(entry) => format!("{} {:?}", entry.name, entry.route),
        Call::Not(reason) => reason.to_string(),
        Call::Unknown(why) => format!("unknown: {why}"),
    }
}

#[test]
fn the_manifests_entries_are_understood_in_full() {
    let entries = Entries::usual().unwrap();
    assert_eq!(entries.iter().count(), 4);
    assert_eq!(entries.profiles().collect::<Vec<_>>(), ["default", "default", "web"]);
    for entry in entries.iter() {
        let conditions = entry.webhook.match_conditions.iter().flatten();
        for it in conditions {
            let condition = Condition::of(it.name.clone(), &it.expression);
            assert!(!matches!(condition, Condition::Other(_)), "{}: {}", entry.name, it.name);
        }
        assert!(entry.fails_open && entry.service.as_ref().unwrap().namespace == "podwright-system");
    }
}

#[test]
fn the_labels_and_annotations_choose_the_entry_of_the_manifests_table() {
    let entries = Entries::usual().unwrap();
    let named = |labels: &[(&str, &str)]| {
        let mut all = json!({"kubernetes.io/metadata.name": "shop"});
        labels.iter().for_each(|(key, value)| all[format!("podwright.dev/{key}")] = json!(value));
        all
    };
    let (none, asks) = (json!({}), json!({"annotations": {"podwright.dev/pre-stop-sleep": "5s"}}));
    let out = json!({"annotations": {"podwright.dev/inject": "false"}});
    let mirror = json!({"annotations": {"kubernetes.io/config.mirror": "x"}});
    let status = json!({"annotations": {"podwright.dev/status": "{}"}});
    let upper = json!({"annotations": {"Podwright.dev/Inject": "true"}});
    for (metadata, labels, expected) in [
        (&none, named(&[]), "not opted in"),
        (&status, named(&[]), "not opted in"),
        (&asks, named(&[]), "pods.podwright.dev Pods"),
        (&upper, named(&[]), "pods.podwright.dev Pods"),
        (&asks, named(&[("inject", "disabled")]), "the Namespace opted out"),
        (&none, named(&[("inject", "enabled")]), "namespaces.podwright.dev Profile(\"default\")"),
        (&none, named(&[("profile", "web")]), "web.profiles.podwright.dev Profile(\"web\")"),
        (&none, named(&[("profile", "team")]), "not opted in"),
        (&out, named(&[("inject", "enabled")]), "the Pod opted out"),
        (&mirror, named(&[("inject", "enabled")]), "static Pod"),
        (
            &asks,
            json!({"kubernetes.io/metadata.name": "kube-system", "podwright.dev/inject": "enabled"}),
            "the webhook entries leave out the Namespace",
        ),
    ] {
        assert_eq!(called(&entries, metadata, &labels), expected, "{metadata} {labels}");
    }
}

#[test]
fn selectors_and_conditions_of_the_operator_count() {
    let entry = |change: fn(&mut Value)| {
        let mut webhook = json!({"name": "own.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": {"url": "https://10.0.0.1:8443/mutate/web"},
            "rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}]});
        change(&mut webhook);
        let json = json!({"metadata": {"name": "own"}, "webhooks": [webhook]}).to_string();
        called(&Entries::parse(&json).unwrap(), &json!({"labels": {"app": "web"}}), &json!({}))
    };
    let chosen = "own.example.com Profile(\"web\")";
    assert_eq!(entry(|_| {}), chosen);
    assert_eq!(entry(|it| it["objectSelector"] = json!({"matchLabels": {"app": "web"}})), chosen);
    let left_out = entry(|it| it["objectSelector"] = json!({"matchLabels": {"app": "db"}}));
    assert_eq!(left_out, "the webhook entries leave out the Pod's labels");
    let unknown = entry(|it| it["matchConditions"] = json!([{"name": "own", "expression": "true"}]));
    assert!(unknown.starts_with("unknown: the webhook's match condition own "), "{unknown}");
    let updates = entry(|it| it["rules"][0]["operations"] = json!(["UPDATE"]));
    assert_eq!(updates, "no webhook configuration");
    let checks = entry(|it| it["clientConfig"]["url"] = json!("https://10.0.0.1:8443/check"));
    assert_eq!(checks, "no webhook configuration");
}

#[test]
fn an_opt_in_has_an_effect_only_where_a_selector_lets_it_through() {
    let entries = Entries::usual().unwrap();
    let reach = |entries: &Entries, labels: Value| {
        let Reach { by_annotation, by_label } = entries.reach(&namespace(&labels));
        (by_annotation, by_label)
    };
    let named = |name: &str| json!({"kubernetes.io/metadata.name": name});
    assert_eq!(reach(&entries, named("shop")), (true, true));
    assert_eq!(reach(&entries, named("kube-system")), (false, false));
    assert_eq!(reach(&entries, named("podwright-system")), (false, false));
    // An opt-out can be taken back.
    assert_eq!(reach(&entries, json!({"podwright.dev/inject": "disabled"})), (true, true));
    // An overlay's own selector, in the entries for Namespaces only.
    let mut configuration: Value = serde_saphyr::from_str(USUAL).unwrap();
    for entry in configuration["webhooks"].as_array_mut().unwrap().iter_mut().skip(1) {
        let own = json!({"key": "team", "operator": "NotIn", "values": ["red"]});
        entry["namespaceSelector"]["matchExpressions"].as_array_mut().unwrap().push(own);
    }
    let overlay = Entries::parse(&configuration.to_string()).unwrap();
    assert_eq!(reach(&overlay, json!({"team": "red"})), (true, false));
    assert_eq!(reach(&overlay, json!({"team": "blue"})), (true, true));
}
