//! `podwright certs status`: the comparison of webhook entries with the profiles in the ConfigMap, and the choice of a context.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::Place;
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
