//! Webhook entries and profiles: their comparison by `podwright certs status` with the choice of a context, and the warning
//! about a Namespace's label.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Place, eventually};
use crate::pods::pod;
use crate::world::text;

/// Standard output and standard error.
fn podwright(arguments: &[&str], kubeconfig: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    let said = command.args(arguments).env("KUBECONFIG", kubeconfig).output().expect("it starts");
    format!("{}{}", text(&said.stdout), text(&said.stderr))
}

fn write_configuration(place: &Place, profiles: &str) {
    let file = format!("apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {profiles}\n");
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "podwright", "namespace": "podwright-system"},
        "data": {"configuration.yaml": file},
    });
    place.apply(&map.to_string());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn entries_and_profiles_that_do_not_match_are_listed() {
    let place = Place::new();
    let (admin, ca) = (place.control_plane.kubeconfig(), place.control_plane.ca_file());
    let status = |more: &[&str]| podwright(&[&["certs", "status"], more].concat(), &admin);
    place.install("https://127.0.0.1:1", "Ignore");
    assert!(
        status(&[]).contains("no configuration.yaml; webhook entries and profiles not compared"),
        "{}",
        status(&[])
    );
    // podwright's own account may not read the ConfigMap.
    write_configuration(&place, "{batch: {extends: web}}");
    let account = podwright(&["certs", "status"], &place.kubeconfig());
    assert!(account.contains("not compared: cannot read ConfigMap podwright-system/podwright: "), "{account}");
    let without = "  profiles: batch, default, web\n  without a webhook entry, so without effect in the Namespace label \
                   podwright.dev/profile: batch\n";
    assert!(status(&[]).contains(without) && !status(&[]).contains("problem: Mutating"), "{}", status(&[]));

    let file = place.folder.write("profiles.yaml", include_str!("profiles.yaml")).expect("written");
    let install = [
        "install",
        "--webhook-url",
        "https://127.0.0.1:1",
        "--ca-file",
        ca.to_str().expect("UTF-8"),
        "--config",
        file.to_str().expect("UTF-8"),
        "--namespace-profile",
        "default,web,batch,nightly",
    ];
    place.apply(&podwright(&install, &admin));
    let said = status(&[]);
    let problem = "problem: MutatingWebhookConfiguration 00-podwright: nightly.profiles.podwright.dev calls for the profile \
                   \"nightly\", which ConfigMap podwright-system/podwright does not have, so each call fails; add the profile, \
                   or remove the entry\n";
    assert!(said.contains(problem) && !said.contains("without a webhook entry"), "{said}");
    write_configuration(&place, "{batch: {extends: web}, nigthly: {extends: web}}");
    assert!(status(&[]).contains("or remove the entry; did you mean nigthly?\n"), "{}", status(&[]));
    write_configuration(&place, "{batch: {extends: wbe}}");
    assert!(status(&[]).contains("problem: ConfigMap podwright-system/podwright:3:"), "{}", status(&[]));
    write_configuration(&place, "{batch: {extends: web}, nightly: {extends: web}}");
    assert!(!status(&[]).contains("nightly.profiles.podwright.dev calls"), "{}", status(&[]));

    // The context of a file, and of the file in KUBECONFIG.
    let text = std::fs::read_to_string(&admin).expect("a kubeconfig");
    let text = text.replace("current-context: podwright", "current-context: other");
    let other = place.folder.write("other", &text).expect("written");
    let other = other.to_str().expect("UTF-8");
    for arguments in [&["--kubeconfig", other][..], &[]] {
        let chosen = podwright(&[&["certs", "status", "--context", "podwright"], arguments].concat(), Path::new(other));
        assert_eq!(chosen, status(&[]));
        let current = podwright(&[&["certs", "status"], arguments].concat(), Path::new(other));
        assert!(!current.contains("ConfigMap"), "{current}");
    }
}

impl Place {
    /// kubectl's standard error for these labels on the Namespace shop.
    fn label(&self, labels: &[&str]) -> String {
        let arguments = [&["label", "namespace", "shop", "--overwrite"], labels].concat();
        let said = self.control_plane.kubectl(&arguments).output().expect("kubectl starts");
        assert!(said.status.success(), "{}", text(&said.stderr));
        text(&said.stderr)
    }

    /// The profile of a new Pod in the Namespace shop, from its status.
    fn profile(&self, annotations: &[(&str, &str)]) -> Value {
        let created = self.client.dry_run("shop", &pod("app", annotations)).pod().clone();
        let status = created["metadata"]["annotations"]["podwright.dev/status"].as_str();
        let status = status.map(|status| serde_json::from_str::<Value>(status).expect("a status"));
        status.map_or(Value::Null, |status| status["profile"].clone())
    }

    /// Adds an entry for the profile batch, as docs/install.md does.
    fn add_entry(&self, url: &str) {
        let patch = json!([
            {"op": "test", "path": "/webhooks/3/name", "value": "web.profiles.podwright.dev"},
            {"op": "copy", "from": "/webhooks/3", "path": "/webhooks/-"},
            {"op": "replace", "path": "/webhooks/4/name", "value": "batch.profiles.podwright.dev"},
            {"op": "replace", "path": "/webhooks/4/clientConfig/url", "value": format!("{url}/mutate/batch")},
            {"op": "replace", "path": "/webhooks/4/namespaceSelector/matchExpressions/1/values", "value": ["batch"]},
            {"op": "add", "path": "/webhooks/0/namespaceSelector/matchExpressions/2/values/-", "value": "batch"},
            {"op": "add", "path": "/webhooks/1/namespaceSelector/matchExpressions/2/values/-", "value": "batch"},
        ]);
        self.run(&["patch", "mutatingwebhookconfiguration", "00-podwright", "--type=json", "-p", &patch.to_string()]);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_label_without_an_entry_has_a_warning_until_the_entry_is_added() {
    let place = Place::new();
    let file = place.folder.write("profiles.yaml", include_str!("profiles.yaml")).expect("written");
    let replica = place.replica("labels", &["--config", file.to_str().expect("UTF-8")]);
    place.install(&replica.url(), "Fail");
    replica.is_ready();
    place.control_plane.create_namespace("shop").expect("created");
    let (batch, inject) = ("podwright.dev/profile=batch", "podwright.dev/inject=enabled");
    let dry = |labels: &[&str]| place.label(&[labels, &["--dry-run=server"]].concat());
    let warning = |effect: &str| {
        format!(
            "Warning: podwright.dev/profile in metadata.labels of the Namespace: no webhook entry for the profile \"batch\", so \
             {effect}. Add an entry, or use a profile that has an entry: default, web. [NeedsWebhookEntry]\n"
        )
    };
    eventually("the warning", || {
        let said = dry(&[batch]);
        if said.starts_with(&warning("only annotated Pods are injected")) { Ok(()) } else { Err(said) }
    });
    let misspelt = dry(&["podwright.dev/profile=bacth"]);
    assert!(misspelt.contains(": expected one of default, web [UnknownNamespaceProfile]\n"), "{misspelt}");
    for silent in [&["podwright.dev/profile=web"][..], &[batch, "podwright.dev/inject=disabled"]] {
        assert_eq!(dry(silent), "");
    }

    // The warning is right about the effect.
    eventually("injected", || place.injects());
    place.label(&[batch]);
    assert_eq!(place.profile(&[]), Value::Null);
    assert_eq!(place.profile(&[("podwright.dev/profile", "batch")]), "batch");
    assert!(place.label(&[inject]).starts_with(&warning("Pods get the profile default")));
    eventually("default", || if place.profile(&[]) == "default" { Ok(()) } else { Err(String::new()) });
    place.label(&["podwright.dev/inject-", "podwright.dev/profile-"]);

    place.add_entry(&replica.url());
    eventually("silence", || {
        let said = dry(&[batch]);
        if said.is_empty() { Ok(()) } else { Err(said) }
    });
    let misspelt = dry(&["podwright.dev/profile=bacth"]);
    assert!(misspelt.contains(". Did you mean batch? [UnknownNamespaceProfile]\n"), "{misspelt}");
    place.label(&[batch]);
    eventually("batch", || if place.profile(&[]) == "batch" { Ok(()) } else { Err(place.profile(&[]).to_string()) });
}
