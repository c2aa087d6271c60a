//! The output of `podwright install` and `uninstall`. `tests/cluster` applies it.

use std::fs;

use k8s_openapi::ByteString;
use serde_json::Value;
use xtask::scratch::Scratch;

use crate::running::{certs, run};

const MANIFESTS: [&str; 2] = [
    include_str!("../../manifests/mutatingwebhookconfiguration.yaml"),
    include_str!("../../manifests/validatingwebhookconfiguration.yaml"),
];
const PATHS: [&[&str]; 2] =
    [&["/mutate", "/mutate/default", "/mutate/default", "/mutate/web"], &["/check", "/check", "/check"]];

#[test]
fn they_are_the_manifests_with_a_url_and_a_bundle() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    let ca = folder.path().join("ca.crt");
    let url = "https://127.0.0.1:8443/prefix/";
    let ended = run(&["install", "--webhook-url", url, "--ca-file", ca.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout.matches("\n---\n").count(), 1, "{ended:?}");
    let printed: Vec<Value> = serde_saphyr::from_multiple(&ended.stdout).unwrap();
    assert_eq!(printed.len(), MANIFESTS.len());
    for ((mut printed, manifest), paths) in printed.into_iter().zip(MANIFESTS).zip(PATHS) {
        let mut manifest: Value = serde_saphyr::from_str(manifest).unwrap();
        assert_eq!(printed["webhooks"].as_array().unwrap().len(), paths.len());
        for (index, path) in paths.iter().enumerate() {
            let client = printed["webhooks"][index]["clientConfig"].take();
            assert_eq!(client["url"], format!("https://127.0.0.1:8443/prefix{path}"));
            let ByteString(bundle) = serde_json::from_value(client["caBundle"].clone()).unwrap();
            assert_eq!(bundle, fs::read(&ca).unwrap());
            assert_eq!(client.as_object().unwrap().len(), 2, "{client}");
            assert_eq!(manifest["webhooks"][index]["clientConfig"].take()["service"]["path"], *path);
        }
        assert_eq!(printed, manifest, "the rest is not the manifest's");
    }
}

#[test]
fn a_file_that_is_no_bundle_is_refused() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    folder.write("empty", "").unwrap();
    folder.write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let [ca, key] = ["ca.crt", "ca.key"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    folder.write("both", &(ca + &key)).unwrap();
    for (file, words) in [
        ("missing", "No such file"),
        ("empty", "holds no certificate"),
        ("ca.key", "holds a PRIVATE KEY"),
        ("both", "holds a PRIVATE KEY"),
        ("broken", "a certificate that is not X.509"),
    ] {
        let path = folder.path().join(file);
        let ended = run(&["install", "--webhook-url", "https://a.example", "--ca-file", path.to_str().unwrap()]);
        assert!(ended.code == Some(1) && ended.stderr.contains(words), "{file}: {ended:?}");
        assert!(ended.stderr.contains("such as") && ended.stdout.is_empty(), "{file}: {ended:?}");
    }
}

#[test]
fn a_url_that_the_api_server_would_refuse_is_a_usage_error() {
    for url in ["http://a.example", "https://a.example?x=1", "https://me@a.example", "https://a.example#x", "a.example"]
    {
        let ended = run(&["install", "--webhook-url", url, "--ca-file", "ca.crt"]);
        let said = ended.stderr.contains("such as `https://127.0.0.1:8443`");
        assert!(ended.code == Some(2) && said, "{url}: {ended:?}");
    }
}

/// Except for the lines that the flags change, the text equals the manifests', comments included.
#[test]
fn each_flag_changes_the_line_that_it_is_about() {
    let base = run(&["install"]).stdout;
    for manifest in MANIFESTS {
        assert!(base.contains(manifest), "word for word");
    }
    let image = "registry.example.com:5000/team/podwright:0.1.0@sha256:aa";
    for (flags, expected) in [
        (&["--image", image][..], &[format!("          image: \"{image}\"")][..]),
        (&["--replicas", "5"], &["  replicas: 5".to_owned()]),
        (&["--strict"], &["    failurePolicy: Fail"; 4].map(str::to_owned)),
    ] {
        let ended = run(&[&["install"], flags].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let changed: Vec<_> = ended.stdout.lines().zip(base.lines()).filter(|(now, then)| now != then).collect();
        assert_eq!(changed.iter().map(|(now, _)| *now).collect::<Vec<_>>(), expected, "{flags:?}");
        assert_eq!(ended.stdout.lines().count(), base.lines().count());
    }
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    for (flags, words) in [
        (&["--image", "podwright latest"][..], "such as `registry.example.com/podwright:0.1.0`"),
        (&["--image", "podwright:"], "such as `registry.example.com/podwright:0.1.0`"),
        (&["--image", "\"\nkind: Secret"], "such as `registry.example.com/podwright:0.1.0`"),
        (&["--replicas", "1"], "expected a whole number from 2"),
        (&["--replicas", "many"], "expected a whole number from 2"),
        (&["--webhook-url", "https://a.example"], "--ca-file"),
        (&["--ca-file", "ca.crt"], "--webhook-url"),
        (&["--webhook-url", "https://a.example", "--ca-file", "ca.crt", "--strict"], "--strict"),
        (&["--webhook-url", "https://a.example", "--ca-file", "ca.crt", "--image", "a"], "--image"),
    ] {
        let ended = run(&[&["install"], flags].concat());
        assert!(ended.code == Some(2) && ended.stderr.contains(words), "{flags:?}: {ended:?}");
        assert!(ended.stdout.is_empty(), "{flags:?}");
    }
}

/// Every object of `install`, by name only; the webhook configurations first, the Namespace last.
#[test]
fn uninstall_names_what_install_has_the_other_way_round() {
    let name = |object: &Value| {
        let metadata = &object["metadata"];
        [&object["apiVersion"], &object["kind"], &metadata["name"], &metadata["namespace"]].map(ToString::to_string)
    };
    let installed: Vec<Value> = serde_saphyr::from_multiple(&run(&["install"]).stdout).unwrap();
    let ended = run(&["uninstall"]);
    let named: Vec<Value> = serde_saphyr::from_multiple(&ended.stdout).unwrap();
    let mut expected: Vec<_> = installed.iter().map(name).collect();
    expected.reverse();
    assert_eq!(named.iter().map(name).collect::<Vec<_>>(), expected);
    assert!(named.iter().all(|object| object.as_object().unwrap().len() == 3), "{ended:?}");
    let kind = |object: Option<&Value>| object.unwrap()["kind"].as_str().unwrap().to_owned();
    assert!(named[..2].iter().all(|object| kind(Some(object)).ends_with("WebhookConfiguration")), "{ended:?}");
    assert_eq!(kind(named.last()), "Namespace");
    // The account loses its rights before the policy that limits them is deleted.
    let place = |wanted: &str| named.iter().rposition(|object| kind(Some(object)) == wanted).unwrap();
    let policy = place("ValidatingAdmissionPolicyBinding");
    assert!(place("ClusterRoleBinding") < policy && place("RoleBinding") < policy, "{ended:?}");
    assert_eq!(policy + 1, place("ValidatingAdmissionPolicy"), "a binding without its policy is of no use");
}
