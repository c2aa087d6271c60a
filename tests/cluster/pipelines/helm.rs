//! Helm 3 and Helm 4 with podwright as post-renderer, on the chart that `helm create` makes.

use serde_json::Value;
use xtask::helm::Helm;

use super::page::block;
use super::workshop::{Workshop, objects, only};
use crate::world::text;

const OPTED_IN: &str = "--namespace-profile=default";

/// Makes the chart `shop`, and runs the page's block. With an unknown profile, Helm prints `failure`.
fn rendered(helm: Helm, script: &str, failure: &str) {
    let program = helm.program().unwrap_or_else(|error| panic!("{error}"));
    let mut workshop = Workshop::new(&[program.parent().expect("a folder").to_owned()]);
    for name in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
        workshop.set(name, workshop.path(name));
    }
    workshop.read("helm create shop");
    let after = workshop.read(script);
    // Helm 4 first says that it installs the plugin.
    let manifests = after.find("---\n").unwrap_or_else(|| panic!("{after}"));
    let after = objects(&after[manifests..]);
    let before = objects(&workshop.read("helm template shop ./shop"));
    assert_eq!(names(&before), names(&after));
    let deployment = only(&after, "Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["resources"]["requests"]["cpu"], "100m");
    assert_eq!(container["lifecycle"]["preStop"]["sleep"]["seconds"], 5);
    assert_eq!(
        container["readinessProbe"],
        only(&before, "Deployment")["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    );
    assert!(!deployment.to_string().contains("podwright.dev/status"), "{deployment}");
    for kind in ["Service", "ServiceAccount"] {
        assert_eq!(only(&before, kind), only(&after, kind));
    }

    let render = script.lines().filter(|line| !line.contains("plugin install")).collect::<Vec<_>>().join("\n");
    assert!(render.contains(OPTED_IN), "{render}");
    let unknown = workshop.run(&render.replace(OPTED_IN, "--namespace-profile=shop"));
    let said = text(&unknown.stderr);
    assert!(!unknown.status.success() && said.contains(failure), "{said}");
}

/// The kinds and names of objects, in the order of their text.
fn names(objects: &[Value]) -> Vec<String> {
    let mut names: Vec<_> =
        objects.iter().map(|object| format!("{} {}", object["kind"], object["metadata"]["name"])).collect();
    names.sort();
    names
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_3_runs_the_program() {
    rendered(Helm::Three, &block("## Helm 3", "sh"), "unknown profile \"shop\"");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_4_runs_the_plugin() {
    rendered(Helm::Four, &block("## Helm 4", "sh"), "plugin \"podwright\" exited with error");
}
