//! The output of `podwright install` and `uninstall`. `tests/cluster` applies it.

use std::fs;

use k8s_openapi::ByteString;
use serde_json::{Value, json};
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
    let image = &format!("registry.example.com:5000/team/podwright:0.1.0@sha256:{}", "a".repeat(64));
    for (flags, expected) in [
        (&["--image", image][..], &[format!("          image: {image}")][..]),
        (&["--replicas", "5"], &["  replicas: 5".to_owned()]),
        (&["--strict"], &["    failurePolicy: Fail"; 4].map(str::to_owned)),
        (&["--component", "strict"], &["    failurePolicy: Fail"; 4].map(str::to_owned)),
        (&["--namespace-profile", "default,web"], &[]),
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
        (&["--image", "podwright:"], "such as `podwright:0.1.0`"),
        (&["--image", "\"\nkind: Secret"], "such as `registry.example.com/podwright:0.1.0`"),
        (&["--replicas", "1"], "expected a whole number from 2"),
        (&["--replicas", "many"], "expected a whole number from 2"),
        (&["--webhook-url", "https://a.example"], "--ca-file"),
        (&["--ca-file", "ca.crt"], "--webhook-url"),
        (&["--namespace", "Platform"], "expected at most 63 lower case letters, digits and hyphens"),
        (&["--namespace", "a-"], "such as `podwright-system`"),
        (&["--namespace", "kube-system"], "expected one for podwright alone"),
        (&["--namespace", "default"], "expected one for podwright alone"),
        (&["--component", "strickt"], "possible values: strict, host-network, mounted-certificate, cert-manager"),
        (
            &["--namespace-profile", "web,wbe"],
            "\"wbe\" (--namespace-profile); expected one of default, web; did you mean web?",
        ),
        (&["--namespace-profile", ""], "unknown profile \"\" (--namespace-profile); expected one of default, web\n"),
        (
            &["--webhook-url", "https://a.example", "--ca-file", "a", "--namespace-profile", "batch"],
            "expected one of default, web",
        ),
        (&["--config", "missing.yaml"], "cannot read missing.yaml"),
        (&["--webhook-url", "https://a.example", "--ca-file", "ca.crt", "--component", "strict"], "--component"),
        (&["--webhook-url", "https://a.example", "--ca-file", "ca.crt", "--strict"], "--strict"),
        (&["--webhook-url", "https://a.example", "--ca-file", "ca.crt", "--image", "a"], "--image"),
    ] {
        let ended = run(&[&["install"], flags].concat());
        assert!(ended.code == Some(2) && ended.stderr.contains(words), "{flags:?}: {ended:?}");
        assert!(ended.stdout.is_empty(), "{flags:?}");
    }
}

/// A configuration with a profile of its own and a comment.
const BATCH: &str = "# Ours.\napiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles:\n  # Jobs.\n\n  batch: {preStopSleep: 7}\n";

fn batch(folder: &Scratch) -> String {
    folder.write("profiles.yaml", BATCH).unwrap().to_str().unwrap().to_owned()
}

fn printed(flags: &[&str]) -> Vec<Value> {
    let ended = run(&[&["install"], flags].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_saphyr::from_multiple(&ended.stdout).unwrap()
}

fn of_kind<'o>(objects: &'o [Value], kind: &str) -> &'o Value {
    objects.iter().find(|object| object["kind"] == kind).unwrap()
}

#[test]
fn the_configuration_is_checked_and_goes_into_the_config_map_with_its_comments() {
    let folder = Scratch::new().unwrap();
    let file = batch(&folder);
    let ended = run(&["install", "--config", &file]);
    let block: String =
        BATCH.lines().map(|line| if line.is_empty() { "\n".into() } else { format!("    {line}\n") }).collect();
    assert!(ended.stdout.contains(&format!("  configuration.yaml: |\n{block}---\n")), "{ended:?}");
    // Texts that cannot be a block as they are come out the same.
    for text in [BATCH.trim_end(), &format!("{BATCH}\n\n"), &format!("  {BATCH}"), &BATCH.replace('\n', "\r\n")] {
        let file = folder.write("other.yaml", text).unwrap();
        let checked = run(&["config", "check", file.to_str().unwrap()]);
        if checked.code == Some(0) {
            let all = printed(&["--config", file.to_str().unwrap()]);
            assert_eq!(of_kind(&all, "ConfigMap")["data"]["configuration.yaml"], text);
        }
    }
    let wrong =
        folder.write("wrong.yaml", &BATCH.replace("preStopSleep: 7", "preStopSlep: 7, requests: many")).unwrap();
    let [checked, ended] = [&["config", "check"][..], &["install", "--config"]]
        .map(|command| run(&[command, &[wrong.to_str().unwrap()]].concat()));
    assert!(ended.code == Some(1) && ended.stdout.is_empty(), "{ended:?}");
    assert_eq!(ended.stderr, checked.stderr);
    assert_eq!(ended.stderr.lines().count(), 2, "{ended:?}");
}

#[test]
fn each_profile_of_namespaces_has_an_entry_and_the_others_leave_it_out() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    let (file, ca) = (batch(&folder), folder.path().join("ca.crt"));
    let flags = ["--config", &file, "--namespace-profile", "web,batch", "--namespace-profile", "web"];
    let outside = ["--webhook-url", "https://a.example", "--ca-file", ca.to_str().unwrap()];
    for flags in [&flags[..], &[&flags[..], &outside].concat()] {
        let all = printed(flags);
        let entries = of_kind(&all, "MutatingWebhookConfiguration")["webhooks"].as_array().unwrap();
        let [pods, namespaces, web, batch] = &entries[..] else { panic!("{entries:?}") };
        for entry in [pods, namespaces] {
            let other = &entry["namespaceSelector"]["matchExpressions"][2];
            assert_eq!((&other["operator"], &other["values"]), (&json!("NotIn"), &json!(["web", "batch"])));
        }
        for (entry, name) in [(web, "web"), (batch, "batch")] {
            assert_eq!(entry["name"], format!("{name}.profiles.podwright.dev"));
            assert_eq!(entry["namespaceSelector"]["matchExpressions"][1]["values"], json!([name]));
            let client = &entry["clientConfig"];
            let path = client["service"]["path"].as_str().or(client["url"].as_str()).unwrap();
            assert!(path.ends_with(&format!("/mutate/{name}")), "{path}");
        }
    }
}

const COMPONENTS: [&str; 5] = ["strict", "host-network", "mounted-certificate", "cert-manager", "events"];

#[test]
fn another_namespace_is_named_everywhere() {
    for component in [&[][..], &["--component", "host-network,cert-manager"], &["--component", "strict"]] {
        for name in ["platform", "123", "no", "a-b"] {
            let flags = [&["--namespace", name], component].concat();
            let ended = run(&[&["install"], &flags[..]].concat());
            assert!(ended.code == Some(0) && !ended.stdout.contains("podwright-system"), "{flags:?}");
            let [moved, base] = [printed(&flags), printed(component)].map(|all| json!(all).to_string());
            assert_eq!(moved, base.replace("podwright-system", name), "nothing else changes");
        }
    }
}

#[test]
fn uninstall_with_the_same_options_names_the_same_objects() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    let (file, ca) = (batch(&folder), folder.path().join("ca.crt"));
    let outside =
        ["--webhook-url", "https://a.example", "--ca-file", ca.to_str().unwrap(), "--namespace-profile", "web"];
    let all = [
        "--namespace",
        "123",
        "--config",
        &file,
        "--namespace-profile",
        "batch",
        "--component",
        "cert-manager",
        "--strict",
    ];
    let single = COMPONENTS.map(|component| ["--component", component]);
    for flags in single.iter().map(|flags| &flags[..]).chain([&outside[..], &all]) {
        let mut installed: Vec<_> = printed(flags).iter().map(name).collect();
        installed.reverse();
        let ended = run(&[&["uninstall"], flags].concat());
        let named: Vec<Value> = serde_saphyr::from_multiple(&ended.stdout).unwrap();
        assert_eq!(named.iter().map(name).collect::<Vec<_>>(), installed, "{flags:?}");
    }
    // Its files may be gone by then.
    drop(folder);
    assert_eq!(run(&[&["uninstall"], &all[..]].concat()).code, Some(0));
}

fn name(object: &Value) -> [String; 4] {
    let metadata = &object["metadata"];
    [&object["apiVersion"], &object["kind"], &metadata["name"], &metadata["namespace"]].map(ToString::to_string)
}

/// Every object that `install` has, by name alone; the webhook configurations first, the Namespace last.
#[test]
fn uninstall_names_what_install_has_the_other_way_round() {
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
