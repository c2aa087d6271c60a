//! Annotations as text: values under every key, and whole sets of them on a Pod.
//!
//! The input is entries with an empty line between them: a key on the first line of each, and the value below.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright_core::annotation::amounts::Amounts;
use podwright_core::annotation::downward::{self, EnvName, Resource};
use podwright_core::annotation::duration::Seconds;
use podwright_core::annotation::keys::KEYS;
use podwright_core::annotation::paths::{MessagePath, MessagePolicy, MountPath};
use podwright_core::annotation::{Directives, Fault, Layer};
use podwright_fuzz::{fitted_twice, setup, text};
use serde_json::{Map, Value, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = std::str::from_utf8(bytes) else { return };
    let entries: Vec<(&str, &str)> =
        input.split("\n\n").map(|entry| entry.split_once('\n').unwrap_or((entry, ""))).collect();
    for (_, value) in &entries {
        under_every_key(value);
        says_it_again(value.trim());
    }
    in_any_order(&entries);
    let annotations: Map<String, Value> =
        entries.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    fitted_twice(&pod(annotations), setup::of(bytes));
});

fn under_every_key(value: &str) {
    for key in KEYS {
        let whole = format!("podwright.dev/{}", key.name);
        let wrong = (key.set)(&mut Layer::default(), value).err().unwrap_or_default();
        for expected in wrong {
            text::is_sentence(&Fault::new(&whole, expected).to_string());
        }
    }
}

/// A value that podwright writes back is read as the same value.
fn says_it_again(value: &str) {
    if let Ok(Some(seconds)) = Seconds::parse(value) {
        assert_eq!(Seconds::parse(&seconds.to_string()), Ok(Some(seconds)));
    }
    if let Ok(path) = MountPath::parse(value) {
        assert_eq!(MountPath::parse(path.as_str()), Ok(path));
    }
    if let Ok(path) = MessagePath::parse(value) {
        assert_eq!(MessagePath::parse(path.as_str()), Ok(path));
    }
    if let Ok(policy) = MessagePolicy::parse(value) {
        assert_eq!(MessagePolicy::parse(policy.as_str()), Ok(policy));
    }
    for source in downward::parse_list(value).unwrap_or_default() {
        assert_eq!(EnvName::parse(&source.name.to_string()), Ok(source.name));
    }
    if let Ok(amounts) = Amounts::parse(value) {
        let said = |resource: &Resource| Some(format!("{}={}", resource.as_str(), amounts.get(*resource)?.as_str()));
        let said: Vec<String> = Resource::ALL.iter().filter_map(said).collect();
        let again = Amounts::parse(&said.join(",")).expect("it was read once");
        for resource in Resource::ALL {
            assert_eq!(again.get(resource), amounts.get(resource));
        }
    }
}

/// A map has no order, so the order must not matter.
fn in_any_order(entries: &[(&str, &str)]) {
    let forth = Directives::parse(entries.iter().copied());
    let back = Directives::parse(entries.iter().rev().copied());
    assert_eq!(forth, back);
    text::is_message(&forth.1.to_string());
}

fn pod(annotations: Map<String, Value>) -> Value {
    json!({"metadata": {"annotations": annotations}, "spec": {
        "initContainers": [
            {"name": "init", "image": "registry.example.com/init:1"},
            {"name": "sidecar", "image": "registry.example.com/sidecar:1", "restartPolicy": "Always"}],
        "containers": [
            {"name": "app", "image": "registry.example.com/app:1", "ports": [{"name": "http", "containerPort": 8080}],
                "env": [{"name": "A", "value": "1"}], "resources": {"limits": {"memory": "1Gi"}}},
            {"name": "db", "image": "registry.example.com/db:1", "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
                "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
        "volumes": [{"name": "data", "emptyDir": {}}]}})
}
