//! The Deployment and the objects beside it: they fit together and match the program.

use std::process::Command;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Container, PodSpec, Service};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use podwright::profile::file::ConfigurationFile;

fn deployment() -> Deployment {
    serde_saphyr::from_str(include_str!("../../../manifests/deployment.yaml")).unwrap()
}

fn pod_spec() -> PodSpec {
    deployment().spec.template.spec.unwrap()
}

fn container() -> Container {
    let [container] = pod_spec().containers.try_into().unwrap();
    container
}

#[test]
fn its_pods_run_on_linux() {
    let selected = pod_spec().node_selector.unwrap();
    assert_eq!(selected.into_iter().collect::<Vec<_>>(), [("kubernetes.io/os".to_owned(), "linux".to_owned())]);
}

#[test]
fn the_image_is_of_this_version() {
    assert_eq!(container().image.unwrap(), format!("podwright:{}", env!("CARGO_PKG_VERSION")));
}

/// A tag can move to another image; a digest cannot.
#[test]
fn base_images_are_pinned_by_digest() {
    let dockerfile = include_str!("../../../Dockerfile");
    let bases = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let bases: Vec<&str> = bases
        .filter_map(|words| words.split(' ').find(|word| !word.starts_with("--")))
        .filter(|base| *base != "scratch")
        .collect();
    assert!(!bases.is_empty());
    for base in bases {
        let digest = base.split_once("@sha256:").unwrap_or_else(|| panic!("{base} has no digest")).1;
        assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{base}");
    }
}

/// Every selector matches podwright's Pods, and the Service's port is one of theirs.
#[test]
fn the_selectors_select_its_pods() {
    let spec = deployment().spec;
    let labels = spec.template.metadata.unwrap().labels.unwrap();
    let service: Service = serde_saphyr::from_str(include_str!("../../../manifests/service.yaml")).unwrap();
    let service = service.spec.unwrap();
    let budget: PodDisruptionBudget =
        serde_saphyr::from_str(include_str!("../../../manifests/poddisruptionbudget.yaml")).unwrap();
    let spread = spec.template.spec.unwrap().topology_spread_constraints.unwrap();
    let selectors = spread.into_iter().map(|constraint| constraint.label_selector.unwrap());
    let selectors = selectors.chain([spec.selector, budget.spec.unwrap().selector.unwrap()]);
    let selected = selectors.map(|selector| selector.match_labels.unwrap()).chain([service.selector.unwrap()]);
    assert!(selected.into_iter().all(|selected| selected == labels));
    let ports: Vec<_> = container().ports.unwrap().into_iter().filter_map(|port| port.name).collect();
    assert_eq!(ports, ["webhook", "admin"]);
}

/// The shutdown takes a lame duck of 10 s and a drain of 32 s (docs/operate.md); the kubelet waits longer.
#[test]
fn the_kubelet_waits_longer_than_the_end_takes() {
    assert!(pod_spec().termination_grace_period_seconds.unwrap() > 10 + 32);
}

/// Includes the components' arguments. `--help` as the last argument validates them without opening anything; a wrong
/// argument makes it print nothing.
#[test]
fn the_arguments_are_those_of_serve() {
    for text in [
        include_str!("../../../manifests/components/mounted-certificate/kustomization.yaml"),
        include_str!("../../../manifests/components/host-network/kustomization.yaml"),
    ] {
        let lines = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("value: "));
        let listed = text.lines().filter_map(|line| line.trim().strip_prefix("- "));
        let arguments: Vec<&str> = lines.chain(listed).filter(|word| word.starts_with("--")).collect();
        assert!(arguments.len() >= 2, "{text}");
        let mut podwright = Command::new(env!("CARGO_BIN_EXE_podwright"));
        let said = podwright.arg("serve").args(&arguments).arg("--help").output().unwrap();
        assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    }
}

/// The configuration is mounted at the path in the arguments, and it is valid.
#[test]
fn the_configuration_is_one_and_is_followed() {
    let map: ConfigMap = serde_saphyr::from_str(include_str!("../../../manifests/configmap.yaml")).unwrap();
    let (key, text) = map.data.unwrap().pop_first().unwrap();
    assert!(container().args.unwrap().contains(&format!("--config=/etc/podwright/{key}")));
    let [mount] = container().volume_mounts.unwrap().try_into().unwrap();
    assert_eq!((mount.mount_path.as_str(), mount.sub_path), ("/etc/podwright", None));
    assert!(ConfigurationFile::parse(&text).is_ok(), "{text}");
}
