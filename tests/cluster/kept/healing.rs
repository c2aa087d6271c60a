//! podwright becomes ready from nothing, and again after each kind of damage.

use serde_json::{Value, json};

use super::{Place, eventually};
use crate::world::{feed, text};

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_33_an_empty_secret_and_configurations_without_a_bundle_are_all_it_needs() {
    let place = Place::new();
    let one = place.replica("one", &[]);
    place.install(&one.url(), "Fail");
    let two = place.replica("two", &[]);
    one.is_ready();
    two.is_ready();
    eventually("injected", || place.injects());
    let keys: Vec<String> = place.secret().as_object().expect("data").keys().cloned().collect();
    assert_eq!(keys, ["ca.crt", "ca.key", "tls.crt", "tls.key"]);
    let served = |log: &str| {
        let line =
            log.lines().rfind(|line| line.contains("the certificate of the Secret is in use")).map(str::to_owned);
        line.and_then(|line| line.split_once("certificate=").map(|(_, told)| told.to_owned()))
    };
    assert!(served(&one.log()).is_some_and(|told| told.contains("podwright.podwright-system.svc")), "{}", one.log());
    eventually("shared", || if served(&one.log()) == served(&two.log()) { Ok(()) } else { Err(two.log()) });
    // The client's trace logs might show these.
    for log in [one.log(), two.log()] {
        assert!(!log.contains("PRIVATE KEY"), "{log}");
        let key = place.secret()["tls.key"].as_str().expect("a key")[40..80].to_owned();
        assert!(!log.contains(&key), "{log}");
    }
    let metrics = one.get("/metrics");
    assert!(metrics.contains("podwright_certificate_trusted 1"), "{metrics}");
    // The series exist from the start, so that the first failure is an increase.
    assert!(metrics.contains("podwright_certificate_writes_total{what=\"tidy\",result=\"failure\"} 0"), "{metrics}");
    let written = [one.get("/metrics"), two.get("/metrics")].concat();
    let begun = written.lines().filter(|line| line.contains("what=\"begin\",result=\"success\"} 1")).count();
    assert_eq!(begun, 1, "one of them made it, alone:\n{written}");

    assert!(!one.log().contains("`preStop.sleep` needs 1.30"), "this server knows it");
    a_damaged_secret_is_healed(&place);
    a_deleted_secret_is_healed(&place);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_34_the_bundle_is_owned_alone_healed_when_wiped_and_entries_can_be_removed() {
    let place = Place::new();
    let one = place.replica("one", &[]);
    // As a GitOps tool does.
    let server_side = |yaml: &str| {
        let arguments = ["apply", "--server-side", "--field-manager", "gitops", "-f", "-"];
        let applied = feed(&mut place.control_plane.kubectl(&arguments), yaml);
        assert!(applied.status.success(), "{}", text(&applied.stderr));
    };
    let configurations = place.configurations(&one.url(), "Fail");
    server_side(&configurations);
    one.is_ready();
    eventually("injected", || place.injects());
    a_wiped_bundle_is_healed(&place, &one.url());
    server_side(&configurations);
    what_is_applied_again_leaves_the_bundle_alone(&place, &one.url());
    let mut objects = documents(&configurations);
    objects[0]["webhooks"].as_array_mut().expect("webhooks").truncate(1);
    server_side(&objects.iter().map(|object| format!("---\n{object}\n")).collect::<String>());
    let object = configuration(&place, "mutatingwebhookconfiguration");
    assert_eq!(object["webhooks"].as_array().map(Vec::len), Some(1), "{object}");
    assert_eq!(both_have_a_bundle(&place), Ok(()));
    eventually("injected", || place.injects());
}

/// The documents, as kubectl reads them.
fn documents(yaml: &str) -> Vec<Value> {
    yaml.split("---\n").map(|document| serde_saphyr::from_str(document).expect("YAML")).collect()
}

fn configuration(place: &Place, kind: &str) -> Value {
    serde_json::from_str(&place.run(&["get", kind, "00-podwright", "-o", "json"])).expect("JSON")
}

fn a_wiped_bundle_is_healed(place: &Place, url: &str) {
    // As a GitOps tool with `Replace` does.
    let configurations = place.configurations(url, "Fail");
    let replaced = feed(&mut place.control_plane.kubectl(&["replace", "-f", "-"]), &configurations);
    assert!(replaced.status.success(), "{}", text(&replaced.stderr));
    eventually("both bundles are back", || both_have_a_bundle(place));
    eventually("injected", || place.injects());
}

fn both_have_a_bundle(place: &Place) -> Result<(), String> {
    for kind in ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] {
        let object = configuration(place, kind);
        for webhook in object["webhooks"].as_array().expect("webhooks") {
            let bundle = webhook["clientConfig"]["caBundle"].as_str().unwrap_or_default();
            if bundle.is_empty() {
                return Err(format!("{kind}: {} has none", webhook["name"]));
            }
        }
    }
    Ok(())
}

fn a_damaged_secret_is_healed(place: &Place) {
    let before = place.secret();
    let key = before["tls.key"].as_str().expect("a key");
    for damage in [
        json!({"ca.crt": null, "ca.key": null, "tls.crt": null, "tls.key": null}),
        json!({"ca.crt": "bm9uc2Vuc2U=", "tls.crt": "bm9uc2Vuc2U="}),
        json!({"tls.key": key[..key.len() / 8 * 4]}),
        json!({"tls.crt": before["ca.crt"]}),
    ] {
        place.patch_secret(&damage);
        eventually("healed", || {
            let now = place.secret();
            let whole = ["ca.crt", "ca.key", "tls.crt", "tls.key"].iter().all(|key| now[key].is_string());
            let undone = damage.as_object().expect("data").iter().all(|(key, value)| now[key] != *value);
            if whole && undone { Ok(()) } else { Err(format!("after {damage}")) }
        });
        assert_eq!(place.secret()["ca.crt"], before["ca.crt"], "the trusted CA stays");
        assert_eq!(place.injects(), Ok(()), "after {damage}");
    }
}

fn a_deleted_secret_is_healed(place: &Place) {
    let before = place.secret();
    place.run(&["delete", "secret", "podwright-tls", "-n", "podwright-system"]);
    assert_eq!(place.injects(), Ok(()), "the serving certificate stays");
    place.apply(include_str!("../../../manifests/secret.yaml"));
    eventually("healed", || if place.secret() == before { Ok(()) } else { Err("not as it was".to_owned()) });
    assert_eq!(place.injects(), Ok(()));
}

fn what_is_applied_again_leaves_the_bundle_alone(place: &Place, url: &str) {
    place.install(url, "Fail");
    assert_eq!(both_have_a_bundle(place), Ok(()));
    assert_eq!(place.injects(), Ok(()));
}

/// The API server answers with the status of a conflict, although no other client was faster.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_secret_that_cannot_be_written_is_a_failure_that_is_counted_and_told() {
    let place = Place::new();
    place.run(&["patch", "secret", "podwright-tls", "-n", "podwright-system", "-p", r#"{"immutable": true}"#]);
    let one = place.replica("one", &[]);
    eventually("a failure", || {
        let metrics = one.get("/metrics");
        let failed = |line: &str| line.contains("what=\"begin\",result=\"failure\"}") && !line.ends_with(" 0");
        if metrics.lines().any(failed) { Ok(()) } else { Err(metrics) }
    });
    let log = one.log();
    assert!(log.contains("cannot write Secret podwright-system/podwright-tls: ") && log.contains("immutable"), "{log}");
    assert!(!log.contains("another writer"), "{log}");
    assert!(!one.readiness().0);
}
