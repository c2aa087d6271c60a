//! The configuration file: every mistake has a place in it, and a valid file means the same when it is printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright_core::profile::file::{ConfigurationFile, Problems};
use podwright_core::text::Position;
use podwright_fuzz::setup::Setup;
use podwright_fuzz::{fitted_twice, text};
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    match ConfigurationFile::parse(file) {
        Ok(document) => understood(&document),
        Err(problems) => told(file, &problems),
    }
});

fn understood(document: &ConfigurationFile) {
    let shown = serde_saphyr::to_string(document).expect("a configuration can be shown");
    let again =
        ConfigurationFile::parse(&shown).unwrap_or_else(|problems| panic!("{:?} in\n{shown}", problems.lines("shown")));
    assert_eq!(again.configuration(), document.configuration(), "{shown}");
    assert_eq!(serde_saphyr::to_string(&again).expect("likewise"), shown);
    let configuration = document.configuration();
    for profile in configuration.profile_names().take(4) {
        fitted_twice(&pod(profile), &Setup { configuration: configuration.clone(), namespace: None });
    }
}

fn told(file: &str, problems: &Problems) {
    assert!(problems.count() > 0 && !problems.named().is_empty());
    for problem in problems.named() {
        let Position { line, column } = problem.place;
        // YAML also ends lines at a carriage return. One more line, because a file that ends too early is reported
        // there.
        assert!(line >= 1 && line <= file.split(['\n', '\r']).count() + 1, "{problem} in\n{file}");
        assert!(column >= 1 && column <= file.chars().count() + 1, "{problem} in\n{file}");
    }
    for line in problems.lines("file") {
        text::is_sentence(&line);
    }
}

fn pod(profile: &str) -> Value {
    json!({"metadata": {"annotations": {"podwright.dev/profile": profile}}, "spec": {"containers": [
        {"name": "app", "image": "registry.example.com/app:1", "ports": [{"name": "http", "containerPort": 8080}],
            "env": [{"name": "A", "value": "1"}], "resources": {"limits": {"memory": "1Gi"}}}]}})
}
