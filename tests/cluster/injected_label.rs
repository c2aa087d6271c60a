//! The label of injected Pods, with `injectedLabel: true`: `kubectl get pods -l` lists them by profile.

use serde_json::json;
use xtask::scratch::Scratch;

use crate::pods::pod;
use crate::world::{World, text};

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kubectl_selects_injected_pods_by_profile() {
    let folder = Scratch::new().expect("a folder");
    let text_of_file = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\ninjectedLabel: true\n";
    let file = folder.write("configuration.yaml", text_of_file).expect("written");
    let world = World::serving(&["--config", file.to_str().expect("UTF-8")]);
    world.namespace("labels");
    let injected = pod("injected", &[("podwright.dev/profile", "web")]);
    let mut authors = pod("authors", &[("podwright.dev/inject", "true")]);
    authors["metadata"]["labels"] = json!({"podwright.dev/injected": "mine"});
    for manifest in [injected, authors, pod("left-alone", &[])] {
        let applied = world.apply(&manifest, &["--namespace", "labels"]);
        assert!(applied.status.success(), "{}", text(&applied.stderr));
    }
    let selected = |selector: &str| {
        let arguments = ["get", "pods", "--namespace", "labels", "--output", "name", "--selector", selector];
        text(&world.kubectl(&arguments).stdout).to_owned()
    };
    assert_eq!(selected("podwright.dev/injected=web"), "pod/injected\n");
    assert_eq!(selected("podwright.dev/injected"), "pod/authors\npod/injected\n");
    assert_eq!(selected("!podwright.dev/injected"), "pod/left-alone\n");
}
