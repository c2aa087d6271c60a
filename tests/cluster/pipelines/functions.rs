//! kustomize runs `podwright fn`: as a program, and from the image.

use serde_json::{Value, json};
use xtask::tools::Tool;

use super::page::{block, blocks};
use super::workshop::{Workshop, objects, only, repository};
use crate::world::text;

fn workshop() -> Workshop {
    Workshop::new(&[Tool::Kustomize.folder().unwrap_or_else(|error| panic!("{error}"))])
}

/// Checks the example's objects, which the function has injected by the profile of its own Configuration.
fn check(yaml: &str) {
    let all = objects(yaml);
    assert_eq!(all.len(), 2, "the Configuration is not in the output: {yaml}");
    let container = &only(&all, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    let get = json!({"path": "/ready", "port": 8080});
    assert_eq!(
        (&container["readinessProbe"]["httpGet"], &container["readinessProbe"]["periodSeconds"]),
        (&get, &json!(5))
    );
    assert_eq!(container["resources"]["requests"]["cpu"], "100m", "inherited from the built-in profile");
    assert!(!yaml.contains("podwright.dev/status") && !yaml.contains("config.kubernetes.io"), "{yaml}");
    let base = repository().join("examples/kustomize-function/base/shop.yaml");
    let before = objects(&std::fs::read_to_string(base).expect("readable"));
    assert_eq!(only(&all, "Service"), only(&before, "Service"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kustomize_runs_the_program() {
    let workshop = workshop();
    check(&workshop.read(&block("## kustomize", "sh")));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_configuration_on_the_page_is_a_transformer() {
    let workshop = workshop();
    let [configuration] = &blocks("## kustomize", "yaml")[..] else { panic!("one configuration") };
    workshop.write("own/podwright.yaml", configuration);
    workshop.write("own/kustomization.yaml", "resources: [pod.yaml]\ntransformers: [podwright.yaml]\n");
    let pod = |sleep: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, annotations: {{podwright.dev/pre-stop-sleep: {sleep}}}}}\n\
             spec: {{containers: [{{name: app, image: app}}]}}\n"
        )
    };
    workshop.write("own/pod.yaml", &pod("7s"));
    let build = block("## kustomize", "sh").replace("examples/kustomize-function/exec", "own");
    let pods = objects(&workshop.read(&build));
    assert_eq!(pods[0]["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"], 7);

    workshop.write("own/pod.yaml", &pod("soon"));
    let output = workshop.run(&build);
    let said = text(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty(), "{said}");
    let expected = "error: Pod web: podwright.dev/pre-stop-sleep: invalid duration \"soon\"";
    assert!(said.contains(expected), "{said}");

    workshop.write("own/pod.yaml", &pod("7s"));
    workshop.write("own/podwright.yaml", &format!("{configuration}\nprofiles: {{web: {{preStopSleep: soon}}}}\n"));
    let output = workshop.run(&build);
    let said = text(&output.stderr);
    let expected = "error: Configuration podwright: profiles.web.preStopSleep: invalid duration \"soon\"";
    assert!(!output.status.success() && said.contains(expected), "{said}");
}

/// No test has a container runtime for images that kustomize can call. `docker` here runs the image's default command, from the
/// Dockerfile, with the standard input that kustomize gives it.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kustomize_runs_the_image() {
    let workshop = workshop();
    let dockerfile = std::fs::read_to_string(repository().join("Dockerfile")).expect("readable");
    let words = |name: &str| -> Vec<String> {
        let line = dockerfile.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        serde_json::from_str::<Vec<Value>>(line)
            .expect("JSON")
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!((words("ENTRYPOINT "), words("CMD ")), (vec!["/podwright".to_owned()], vec!["fn".to_owned()]));
    let log = workshop.path("arguments");
    workshop.add("docker", &format!("echo \"$*\" > {}\nexec podwright {}", log.display(), words("CMD ").join(" ")));
    check(&workshop.read(&block("### In a container", "sh")));
    let arguments = std::fs::read_to_string(log).expect("kustomize ran docker");
    let image = format!(" podwright:{}", env!("CARGO_PKG_VERSION"));
    assert!(arguments.starts_with("run --rm -i") && arguments.trim_end().ends_with(&image), "{arguments}");
    let example = std::fs::read_to_string(workshop.path("examples/kustomize-function/container/podwright.yaml"));
    let function = block("### In a container", "yaml").replace("\n", "\n    ");
    assert!(example.expect("readable").contains(&format!("    {function}\n")), "the page has the example's function");
}
