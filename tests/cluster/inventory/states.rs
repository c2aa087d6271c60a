//! Every state of a Pod.

use serde_json::json;

use super::cast::cast;
use super::{inventory, row, rows, state};
use crate::world::text;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_pod_is_found_in_its_state_with_the_reason() {
    let rows = rows(cast(), &["-n", "shop"]);
    let (without_answer, opted_out) = (
        "podwright was not called, or did not answer (failurePolicy: Ignore); a new Pod would add",
        "the Pod opted out",
    );
    for (pod, expected, reason) in [
        ("fresh", "injected", ""),
        ("early", "missed", "created before the Namespace's labels were last written; a new Pod would add"),
        ("away", "missed", without_answer),
        ("out", "leftAlone", opted_out),
        ("mirror", "leftAlone", "static Pod"),
        ("ended", "leftAlone", "finished"),
    ] {
        let (found, why) = state(&rows, &format!("Pod/{pod}"));
        assert!(found == expected && why.starts_with(reason), "{pod}: {found}, {why}");
    }
    let (found, why) = state(&rows, "Postgres/orders");
    assert!(found == "leftAlone" && why.ends_with("[OtherController]"), "{found}, {why}");
    assert_eq!(rows["notes"], json!([]), "{rows:#}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_stale_pod_names_each_setting_that_would_differ() {
    let rows = rows(cast(), &["-n", "shop"]);
    assert_eq!(state(&rows, "Pod/old").0, "stale", "{rows:#}");
    let reason = &row(&rows, "Pod/old")["reasons"][0];
    let setting = |key: &str, change: &str| json!({"key": key, "container": "app", "change": change});
    let expected =
        json!([setting("limits", "add"), setting("readiness-probe", "set"), setting("downward-volume", "drop"),]);
    assert_eq!(reason["settings"], expected, "{reason:#}");
    let sentence = "a new Pod would add limits of app, and set another readiness-probe of app, and not have downward-volume of app";
    assert_eq!(reason["reason"], sentence);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_exit_code_is_1_if_a_pod_is_in_a_named_state() {
    let code = |arguments: &[&str]| {
        let output = inventory(cast(), &[&["-n", "shop"], arguments].concat());
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(code(&[]).0, Some(0));
    assert_eq!(code(&["--fail-on", "missed,stale"]).0, Some(1));
    assert_eq!(code(&["--fail-on", "denied"]).0, Some(0));
    assert_eq!(code(&["--context", "elsewhere"]).0, Some(2));
    assert_eq!(code(&["--as", "nobody"]).0, Some(2));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_uninstalled_podwright_leaves_stale_pods() {
    let rows = rows(cast(), &["-n", "shop", "--webhook-configuration", "gone"]);
    let (found, why) = state(&rows, "Pod/fresh");
    assert_eq!((found.as_str(), why.as_str()), ("stale", "a new Pod would not be injected: no webhook configuration"));
    assert_eq!(state(&rows, "Pod/away").0, "leftAlone");
    assert!(rows["notes"][0].as_str().unwrap_or_default().contains("gone does not exist"), "{rows:#}");
}
