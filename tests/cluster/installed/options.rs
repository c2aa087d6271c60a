//! The options of `install`: the same objects as kustomize's and the chart's, and a server that takes them, runs podwright with
//! them and has nothing left after `uninstall` with the same options.

use serde_json::{Value, json};
use xtask::scratch::Scratch;

use super::overlays::shown_overlays;
use super::{BASE, COMPONENTS, Overlay, kustomized, objects, podwright};
use crate::chart::place::{NAMESPACE, Place};
use crate::kept::eventually;
use crate::pods::pod;
use crate::world::{feed, text};

const CONFIGURATION: &str = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles:\n  \
                             # Jobs.\n  batch: {extends: default, readinessProbe: false}\n";

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_component_is_that_of_kustomize_alone_and_with_others() {
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/components")).unwrap();
    assert_eq!(folders.count(), COMPONENTS.len());
    let together = [
        &["strict", "host-network", "cert-manager"][..],
        &["mounted-certificate", "strict"],
        &["cert-manager", "host-network"],
        &["host-network", "mounted-certificate", "events"],
    ];
    let base = kustomized(&Overlay::new(BASE));
    for components in COMPONENTS.iter().map(std::slice::from_ref).chain(together) {
        let listed: Vec<String> = components.iter().map(|name| format!("../manifests/components/{name}")).collect();
        let expected = kustomized(&Overlay::new(&format!("{BASE}components: [{}]\n", listed.join(", "))));
        assert_ne!(expected, base, "{components:?}");
        // In one flag, in several, and in another order.
        let reversed: Vec<&str> = components.iter().rev().flat_map(|name| ["--component", name]).collect();
        for flags in [&["--component", &components.join(",")][..], &reversed] {
            let printed = objects(&podwright(&[&["install"], flags].concat()));
            for (printed, expected) in printed.iter().zip(&expected) {
                assert_eq!(printed, expected, "{flags:?}");
            }
            assert_eq!(printed.len(), expected.len(), "{flags:?}");
        }
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn profiles_of_namespaces_are_the_pages_overlay() {
    let folder = Scratch::new().unwrap();
    let file = folder.write("profiles.yaml", CONFIGURATION).unwrap();
    let flags = ["--config", file.to_str().unwrap(), "--namespace-profile", "default,web,batch"];
    let shown = shown_overlays();
    let overlay = shown.iter().find(|overlay| overlay.contains("/mutate/batch")).unwrap();
    let strict = format!("{overlay}\ncomponents: [../manifests/components/strict]\n");
    for (overlay, more) in [(overlay, &[][..]), (&strict, &["--strict"])] {
        let printed = objects(&podwright(&[&["install"], &flags[..], more].concat()));
        let mut expected = kustomized(&Overlay::new(overlay));
        let map = expected.iter_mut().find(|object| object["kind"] == "ConfigMap").unwrap();
        map["data"]["configuration.yaml"] = json!(CONFIGURATION);
        assert_eq!(printed, expected, "{more:?}");
    }
}

/// The account of the renamed Namespace writes the certificate, so the policy and the rights name it; each entry calls its
/// Service, so the certificate has the Service's name.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_installation_in_another_namespace_injects_by_its_profiles_and_leaves_nothing() {
    let place = Place::new();
    let before = place.objects();
    let file = place.folder.write("profiles.yaml", CONFIGURATION).unwrap();
    let options = [
        "--namespace",
        NAMESPACE,
        "--config",
        file.to_str().unwrap(),
        "--namespace-profile",
        "web,batch",
        "--component",
        "strict",
    ];
    let kubectl = |arguments: &[&str], manifests: &str| {
        let said = feed(&mut place.control_plane.kubectl(arguments), manifests);
        assert!(said.status.success(), "{arguments:?}: {}", text(&said.stderr));
        text(&said.stdout)
    };
    kubectl(&["apply", "-f", "-"], &podwright(&[&["install"], &options[..]].concat()));
    let label = |label: &str| drop(place.run(&["label", "--overwrite", "namespace", "shop", label]));
    label("podwright.dev/profile=batch");
    let running = place.run_podwright();
    place.is_injected_by("batch");
    label("podwright.dev/profile=web");
    place.is_injected_by("web");
    // `default` has no entry of its own here, so this label alone has no effect.
    label("podwright.dev/profile=default");
    is_left_alone(&place);
    label("podwright.dev/inject=enabled");
    place.is_injected_by("default");
    label("podwright.dev/profile=batch");
    place.is_injected_by("batch");
    label("podwright.dev/inject=disabled");
    is_left_alone(&place);

    let account = format!("--as=system:serviceaccount:{NAMESPACE}:podwright");
    let stolen = ["label", "--dry-run=server", "secret", "podwright-tls", "-n", NAMESPACE, "a=b", &account];
    // A new policy takes a moment to be in force.
    eventually("the policy refuses a change", || {
        let refused = text(&place.control_plane.kubectl(&stolen).output().unwrap().stderr);
        match refused.contains("podwright's ServiceAccount may not change metadata") {
            true => Ok(()),
            false => Err(refused),
        }
    });

    running.signal("KILL").unwrap();
    place.remove_endpoint();
    let names = podwright(&[&["uninstall"], &options[..]].concat());
    let deleted = kubectl(&["delete", "--wait=false", "-f", "-"], &names);
    assert!(deleted.lines().last().unwrap().starts_with(&format!("namespace \"{NAMESPACE}\"")), "{deleted}");
    place.run(&["label", "namespace", "shop", "podwright.dev/inject-", "podwright.dev/profile-"]);
    // No controller runs here that ends a Namespace.
    assert_eq!(place.objects(), before, "something is left over");
}

fn is_left_alone(place: &Place) {
    eventually("no Pod is injected", || {
        let answer = place.client.dry_run("shop", &pod("silent", &[]));
        let status = &answer.body["metadata"]["annotations"]["podwright.dev/status"];
        if matches!(answer.status, 200 | 201) && *status == Value::Null { Ok(()) } else { Err(answer.body.to_string()) }
    });
}
