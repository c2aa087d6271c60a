//! An author's view of annotations that podwright cannot parse.

use crate::pods::pod;
use crate::world::{text, world};

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kubectl_shows_everything_that_is_wrong_in_one_message() {
    let world = world();
    world.namespace("denied");
    let wrong =
        pod("wrong", &[("podwright.dev/pre-stop-sleep", "soon"), ("app.podwright.dev/downward-env", "POD_NAM")]);
    let denied = world.apply(&wrong, &["-n", "denied"]);
    let told = text(&denied.stderr);
    assert!(!denied.status.success());
    for part in [
        "pods.podwright.dev",
        "denied the request",
        "podwright.dev/pre-stop-sleep: invalid duration \"soon\"",
        "app.podwright.dev/downward-env",
        "did you mean POD_NAME?",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
    let answer = world.client.dry_run("denied", &wrong);
    assert_eq!((answer.status, answer.body["reason"].as_str()), (422, Some("Invalid")), "{}", answer.body);
    assert!(answer.body["details"].is_null());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_mistyped_key_is_answered_and_not_ignored() {
    let world = world();
    world.namespace("mistyped");
    for key in ["podwright.dev/Inject", "Podwright.dev/inject", "podwright.dev/downwardEnv", "App.podwright.dev/inject"]
    {
        let answer = world.client.dry_run("mistyped", &pod("mistyped", &[(key, "true")]));
        assert_eq!(answer.status, 422, "{key}: {}", answer.body);
        assert!(answer.message().contains(key), "{key}: {}", answer.message());
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn hundreds_of_mistakes_are_counted_in_four_kilobytes() {
    let world = world();
    world.namespace("mistakes");
    let keys: Vec<String> = (0..1500).map(|n| format!("c{n}.podwright.dev/pre-stop-sleep")).collect();
    let annotations: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "soon")).collect();
    let answer = world.client.dry_run("mistakes", &pod("mistakes", &annotations));
    assert_eq!(answer.status, 422);
    let message = answer.message();
    assert!(message.len() < 4400, "{}", message.len());
    let unread = "; 1400 more annotations were not checked";
    assert!(message.contains(" more") && message.contains(unread), "{message}");
}
