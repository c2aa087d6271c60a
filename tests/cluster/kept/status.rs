//! `podwright certs status`: before the first certificate, when all is well, and with each problem.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use xtask::scratch::Scratch;

use super::{Place, eventually};
use crate::world::text;

/// The exit code and the output.
fn status(place: &Place) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    let said = command.args(["certs", "status", "--kubeconfig"]).arg(place.kubeconfig()).output().expect("it starts");
    (said.status.code(), format!("{}{}", text(&said.stdout), text(&said.stderr)))
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn status_says_what_is_there_who_trusts_it_and_what_happens_when() {
    let place = Place::new();
    let (code, said) = status(&place);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("problem: Secret podwright-system/podwright-tls: ca.crt is missing"), "{said}");
    assert!(said.contains("problem: MutatingWebhookConfiguration 00-podwright does not exist"), "{said}");

    // A missing certificate is not a bundle's fault.
    place.install("https://127.0.0.1:1", "Ignore");
    let (_, said) = status(&place);
    assert!(said.contains("pods.podwright.dev trusts: nothing") && said.matches("problem:").count() == 1, "{said}");

    let replica = place.replica("one", &[]);
    place.install(&replica.url(), "Ignore");
    replica.is_ready();
    let said = eventually("all is well", || match status(&place) {
        (Some(0), said) => Ok(said),
        (_, said) => Err(said),
    });
    for expected in [
        "  CA: CN=podwright CA; from",
        "serving certificate: podwright.podwright-system.svc, podwright.podwright-system.svc.cluster.local, 127.0.0.1; from",
        "  pods.podwright.dev trusts: CA\n",
        "  workloads.podwright.dev trusts: CA\n",
        "podwright issues a new serving certificate",
        "podwright creates the next CA",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("KEY") && !said.contains("problem"), "{said}");
    the_page_shows_the_bundles(&place);

    place.patch_secret(&json!({"ca.key": null}));
    // The command sorts by age in seconds, so two CAs of the same second may be in either order.
    let both = ["trusts: previous CA, CA\n", "trusts: CA, previous CA\n"];
    eventually("the CA is replaced", || match status(&place) {
        (Some(0), said) if both.iter().any(|both| said.contains(both)) => Ok(()),
        (_, said) => Err(said),
    });
    assert_eq!(place.injects(), Ok(()));

    drop(replica);
    place.patch_secret(&json!({"ca.key": null}));
    let (code, said) = status(&place);
    assert_eq!(code, Some(1), "{said}");
    let nobody = "problem: Secret podwright-system/podwright-tls: the CA cannot sign (ca.key is missing)";
    assert!(said.contains(nobody) && said.contains("no replica is renewing"), "{said}");
    assert_eq!(said.matches("problem:").count(), 1, "{said}");

    place.run(&["delete", "secret", "podwright-tls", "-n", "podwright-system"]);
    let (code, said) = status(&place);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("problem: Secret podwright-system/podwright-tls does not exist"), "{said}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_kubeconfig_that_is_none_is_named_with_the_place_and_never_shown() {
    let folder = Scratch::new().expect("a folder");
    for broken in ["users:\n- user: {token: t0p-secret\n", "users:\n- user: t0p-secret\n", "t0p-secret"] {
        let file = folder.path().join("kubeconfig");
        std::fs::write(&file, broken).expect("it can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        let said = command.args(["certs", "status", "--kubeconfig"]).arg(&file).output().expect("it starts");
        let said = format!("{}{}", text(&said.stdout), text(&said.stderr));
        assert!(said.contains("/kubeconfig: invalid YAML at line "), "{said}");
        assert!(said.contains("expected a kubeconfig file") && !said.contains("t0p"), "{said}");
    }
}

/// The command in docs/certificates.md prints the CA of each entry.
fn the_page_shows_the_bundles(place: &Place) {
    let page = include_str!("../../../docs/certificates.md");
    let command = page.split('`').find(|code| code.ends_with("| base64 -d")).expect("the page's command");
    let kubectl = place.control_plane.kubectl(&[]);
    let folder = Path::new(kubectl.get_program()).parent().expect("its folder").display();
    let (path, kubeconfig) = (std::env::var("PATH").unwrap_or_default(), place.control_plane.kubeconfig());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("PATH", format!("{folder}:{path}")).env("KUBECONFIG", kubeconfig);
    let said = shell.output().expect("sh starts");
    let printed = text(&said.stdout).matches("-----BEGIN CERTIFICATE-----").count();
    assert!(said.status.success() && printed == 4, "{printed} certificates; {command}: {}", text(&said.stderr));
}
