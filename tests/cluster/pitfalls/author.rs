//! Variables beside those of the author.

use serde_json::json;

use super::{INJECT, fitted, with};
use crate::pods::env_names;
use crate::properties::round;
use crate::world::world;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_24_ours_stand_before_the_authors_whose_order_stays() {
    world().namespace("row-24");
    let env = json!([
        {"name": "FIRST", "value": "http://$(POD_IP):8080"},
        {"name": "POD_NAME", "value": "mine"},
        {"name": "SECOND", "value": "$(FIRST)/$(POD_NAME)"},
    ]);
    let asks = with(&[("podwright.dev/downward-env", "POD_NAME,POD_IP,NODE_NAME")], &json!({"env": env}), &json!({}));
    let fitted = fitted("row-24", &asks);
    let container = &fitted["spec"]["containers"][0];
    assert_eq!(env_names(container), ["POD_IP", "NODE_NAME", "FIRST", "POD_NAME", "SECOND"]);
    assert_eq!(container["env"][3]["value"], "mine");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_25_with_env_from_the_report_says_what_admission_cannot_see() {
    world().namespace("row-25");
    let from = json!({"envFrom": [{"configMapRef": {"name": "settings"}}]});
    let answer = world().client.dry_run("row-25", &with(&[INJECT], &from, &json!({})));
    assert_eq!(answer.warnings, [""; 0], "a note and no warning: it is so in most Pods with envFrom");
    let fitted = answer.pod();
    assert_eq!(env_names(&fitted["spec"]["containers"][0]).len(), 6);
    assert_eq!(fitted["spec"]["containers"][0]["envFrom"], from["envFrom"]);
    let (_, report) = round(&fitted).unwrap();
    let notes = report.lines.iter().filter_map(|line| line.outcome.reason());
    assert_eq!(notes.filter(|reason| reason.code == "EnvFromOverridden").count(), 1);
}
