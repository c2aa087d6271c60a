//! The flags of the user in the commands of remedies, and credentials that the API server does not accept.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::ask;
use super::stage::{Stage, stage};
use crate::inventory::cast::owned;
use crate::pods::pod;
use crate::world::text;

/// A kubeconfig file with the contexts `good` and `bad`; its current context is `bad`, whose token nobody knows.
fn kubeconfig(stage: &Stage, name: &str) -> String {
    let read = std::fs::read_to_string(stage.world.control_plane.kubeconfig()).expect("a kubeconfig");
    let mut config: Value = serde_saphyr::from_str(&read).expect("YAML");
    let cluster = config["clusters"][0]["name"].clone();
    let user = config["users"][0]["name"].clone();
    config["users"].as_array_mut().expect("users").push(json!({"name": "nobody", "user": {"token": "unknown"}}));
    config["contexts"] = json!([
        {"name": "good", "context": {"cluster": cluster, "user": user}},
        {"name": "bad", "context": {"cluster": cluster, "user": "nobody"}}]);
    config["current-context"] = json!("bad");
    let file = stage.path().join(name);
    std::fs::write(&file, config.to_string()).expect("written");
    file.to_str().expect("UTF-8").to_owned()
}

/// Each remedy works as it is printed, from another context: with the user's file and context, and without KUBECONFIG.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_remedy_has_the_flags_of_the_user() {
    let stage = stage();
    let file = kubeconfig(stage, "two contexts");
    let given = ["--kubeconfig", &file, "--context", "good", "--config-map", "podwright"];
    let asked = |object: &str| ask(&stage.world.control_plane, &[&["why", object][..], &given].concat());
    stage.namespace("flagged", json!({}));
    let answer = asked("ns/flagged");
    let flags = format!("--kubeconfig '{file}' --context good");
    assert_eq!(
        answer.commands(),
        [format!("kubectl {flags} label --overwrite namespace flagged podwright.dev/inject=enabled")]
    );
    answer.mend_anywhere(&stage.world.control_plane, Path::new("/"));
    stage.until_injected("flagged");

    stage.namespace("behind", json!({}));
    stage.workload("behind", "StatefulSet", "top", |_| ());
    stage.create("behind", &owned("top-0", &json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "top"})));
    stage.create("behind", &pod("early", &[]));
    super::stage::wait_for_the_next_second();
    stage.world.kubectl(&["label", "namespace", "behind", "podwright.dev/inject=enabled"]);
    stage.until_injected("behind");
    let answer = asked("ns/behind");
    let restart =
        format!("podwright inventory {flags} -n behind -o name | xargs -r kubectl {flags} rollout restart -n behind");
    assert_eq!(answer.commands(), [restart]);
    answer.expect("pods", "failed", &format!("podwright why {flags} pod/early -n behind"));
    answer.mend_anywhere(&stage.world.control_plane, Path::new("/"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn credentials_that_the_api_server_does_not_accept_are_named_with_their_context() {
    let stage = stage();
    let file = kubeconfig(stage, "unknown-token");
    let server = stage.world.control_plane.url();
    let words = format!(
        "the API server {server} (context bad) does not accept your credentials (401 Unauthorized); expected a valid token or \
         client certificate, such as after a new login; `kubectl auth whoami --kubeconfig {file} --context bad` checks it"
    );
    for arguments in [&["inventory"][..], &["why", "ns/default"], &["check"], &["check", "--pre"], &["certs", "status"]]
    {
        for context in [&[][..], &["--context", "bad"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
            let said = command.args(arguments).args(["--kubeconfig", &file]).args(context).output().expect("it starts");
            let shown = format!("{}{}", text(&said.stdout), text(&said.stderr));
            assert!(shown.contains(&words) && !said.status.success(), "{arguments:?}: {shown}");
        }
    }
}
