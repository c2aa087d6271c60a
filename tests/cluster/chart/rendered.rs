//! The chart renders the same objects as kustomize, with its defaults and with each value for a component or an overlay
//! of docs/install.md.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use xtask::helm::Helm;
use xtask::scratch::Scratch;

use super::refused::refused;
use super::{is_hook, read, repository, templated};
use crate::world::text;

const NAMESPACE: &str = "podwright-system";
/// Helm's usual labels, which each object has in addition.
const HELMS: [&str; 4] =
    ["app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart"];

/// The objects of an overlay of the manifests, without the Namespace, which Helm creates.
fn kustomized(kustomization: &str) -> Vec<Value> {
    let folder = Scratch::new().unwrap();
    let copied = Command::new("cp").arg("-r").arg(repository().join("manifests")).arg(folder.path()).status();
    assert!(copied.is_ok_and(|status| status.success()));
    let overlay = folder.path().join("overlay");
    std::fs::create_dir(&overlay).unwrap();
    std::fs::write(overlay.join("kustomization.yaml"), kustomization).unwrap();
    let kubectl = &xtask::control_plane::assets().unwrap().kubectl;
    let output = Command::new(kubectl).arg("kustomize").arg(&overlay).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let all: Vec<Value> = serde_saphyr::from_multiple(&text(&output.stdout)).unwrap();
    let (namespaces, rest): (Vec<Value>, Vec<Value>) =
        all.into_iter().partition(|object| object["kind"] == "Namespace");
    assert_eq!(namespaces.len(), 1);
    sorted(rest)
}

/// The chart's objects without Helm's labels.
fn rendered(namespace: &str, flags: &[&str]) -> Vec<Value> {
    let mut all = templated(Helm::Three, namespace, flags);
    all.retain(|object| !is_hook(object));
    for object in &mut all {
        let labels = object["metadata"]["labels"].as_object_mut().expect("labels");
        for label in HELMS {
            assert!(labels.remove(label).is_some(), "{label}: {labels:?}");
        }
    }
    sorted(all)
}

fn name(object: &Value) -> [String; 2] {
    [&object["kind"], &object["metadata"]["name"]].map(|value| value.as_str().unwrap_or_default().to_owned())
}

/// Sorts by kind and name, and parses the configuration file, because comments are not compared.
fn sorted(mut all: Vec<Value>) -> Vec<Value> {
    for object in all.iter_mut().filter(|object| !object["data"]["configuration.yaml"].is_null()) {
        let file = object["data"]["configuration.yaml"].take();
        object["data"]["configuration.yaml"] = serde_saphyr::from_str(file.as_str().expect("text")).unwrap();
    }
    all.sort_by_key(name);
    all
}

fn are_equal(what: &str, chart: &[Value], kustomize: &[Value]) {
    let names = |all: &[Value]| all.iter().map(name).collect::<Vec<_>>();
    assert_eq!(names(chart), names(kustomize), "{what}");
    for (chart, kustomize) in chart.iter().zip(kustomize) {
        assert_eq!(chart, kustomize, "{what}: {:?} of the chart, and of kustomize", name(chart));
    }
}

fn of_component(component: &str) -> Vec<Value> {
    kustomized(&format!("resources: [../manifests]\ncomponents: [../manifests/components/{component}]\n"))
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_defaults_are_the_base() {
    let base = kustomized("resources: [../manifests]\n");
    assert!(base.len() > 12, "{}", base.len());
    are_equal("base", &rendered(NAMESPACE, &[]), &base);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_component_is_a_value() {
    let components = [
        ("strict", "strict=true"),
        ("cert-manager", "certificates.source=certManager"),
        ("mounted-certificate", "certificates.source=mounted"),
        ("host-network", "hostNetwork.enabled=true"),
        ("monitoring", "podMonitor.enabled=true,prometheusRule.enabled=true,dashboard.enabled=true"),
        ("events", "events.enabled=true"),
    ];
    let folders = std::fs::read_dir(repository().join("manifests/components")).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().expect("UTF-8")).collect();
    assert_eq!(folders, components.map(|(component, _)| component.to_owned()).into(), "a component has no value");
    for (component, value) in components {
        are_equal(component, &rendered(NAMESPACE, &["--set", value]), &of_component(component));
    }
}

/// The templates name the release's Namespace in each place that `install --namespace` renames.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn install_in_another_namespace_is_the_chart_there() {
    for (flags, values) in [
        (&[][..], &[][..]),
        (&["--component", "cert-manager,strict"], &["--set", "certificates.source=certManager,strict=true"]),
        (&["--component", "events,mounted-certificate"], &["--set", "certificates.source=mounted,events.enabled=true"]),
        (&["--namespace-profile", "web"], &["--set", "namespaceProfiles={web}"]),
        (
            &["--component", "monitoring"],
            &["--set", "podMonitor.enabled=true,prometheusRule.enabled=true,dashboard.enabled=true"],
        ),
    ] {
        let mut install = Command::new(env!("CARGO_BIN_EXE_podwright"));
        let printed = install.args(["install", "--namespace", "platform"]).args(flags).output().unwrap();
        let mut all: Vec<Value> = serde_saphyr::from_multiple(&text(&printed.stdout)).unwrap();
        all.retain(|object| object["kind"] != "Namespace");
        are_equal(&format!("{flags:?}"), &rendered("platform", values), &sorted(all));
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_overlay_of_the_page_is_a_value() {
    let page = read("docs/install.md");
    let overlays = page.split("\n```yaml\n# kustomization.yaml\n").skip(1);
    let overlays: Vec<&str> = overlays.filter_map(|block| block.split("\n```").next()).collect();
    let values = [
        "{strict: true, image: {repository: registry.example.com/podwright}, \
         configuration: {profiles: {default: {preStopSleep: 10}}}}",
        "{namespaceProfiles: [default, web, batch], configuration: {profiles: {batch: {extends: default}}}}",
        "{check: {extraKinds: [{apiGroup: batch.example.com, resources: [workers]}]}}",
        "{networkPolicy: {from: [{ipBlock: {cidr: 192.0.2.0/28}}]}}",
    ];
    assert_eq!(overlays.len(), values.len(), "an overlay of docs/install.md has no value");
    let folder = Scratch::new().unwrap();
    for (overlay, values) in overlays.iter().zip(values) {
        let file = folder.write("values.yaml", values).unwrap();
        let mut chart = rendered(NAMESPACE, &["--values", file.to_str().unwrap()]);
        let mut kustomize = kustomized(overlay);
        if overlay.contains("/mutate/batch") {
            // The overlay adds only the entry; on the page, the profile goes into the configuration.
            for all in [&mut chart, &mut kustomize] {
                all.retain(|object| object["kind"] != "ConfigMap");
            }
        }
        are_equal(overlay, &chart, &kustomize);
    }
}

/// Selectors, expressions, names in certificates and rights follow the release's Namespace.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn another_namespace_is_followed_everywhere() {
    for (component, value) in [(None, "strict=false"), (Some("cert-manager"), "certificates.source=certManager")] {
        let in_place = match component {
            Some(component) => of_component(component),
            None => kustomized("resources: [../manifests]\n"),
        };
        let moved = serde_json::to_string(&in_place).unwrap().replace(NAMESPACE, "platform");
        let moved: Vec<Value> = serde_json::from_str(&moved).unwrap();
        are_equal(value, &rendered("platform", &["--set", value]), &moved);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_4_renders_as_helm_3_does() {
    let of = |version| sorted(templated(version, NAMESPACE, &[]));
    are_equal("Helm 4", &of(Helm::Four), &of(Helm::Three));
}

/// A flag for each field of values.yaml that changes an object.
const CHANGES: &[(&str, &[&str])] = &[
    ("image.repository", &["image.repository=registry.example.com/podwright"]),
    ("image.tag", &["image.tag=9.9.9"]),
    ("image.digest", &["image.digest=sha256:0000000000000000000000000000000000000000000000000000000000000000"]),
    ("image.pullPolicy", &["image.pullPolicy=Always"]),
    ("imagePullSecrets", &["imagePullSecrets[0].name=registry"]),
    ("configuration", &["configuration.onInvalidAnnotation=Warn"]),
    ("namespaceProfiles", &["namespaceProfiles={web}"]),
    ("strict", &["strict=true"]),
    ("events.enabled", &["events.enabled=true"]),
    ("check.extraKinds", &["check.extraKinds[0].apiGroup=a.example,check.extraKinds[0].resources={workers}"]),
    ("certificates.source", &["certificates.source=mounted"]),
    ("certificates.secretName", &["certificates.source=mounted", "certificates.secretName=own"]),
    (
        "certificates.certManager.issuerRef",
        &["certificates.source=certManager", "certificates.certManager.issuerRef.name=own"],
    ),
    (
        "certificates.certManager.duration",
        &["certificates.source=certManager", "certificates.certManager.duration=48h"],
    ),
    ("replicaCount", &["replicaCount=3"]),
    ("podDisruptionBudget.enabled", &["podDisruptionBudget.enabled=false"]),
    ("podDisruptionBudget.minAvailable", &["podDisruptionBudget.minAvailable=50%"]),
    ("revisionHistoryLimit", &["revisionHistoryLimit=0"]),
    ("resources", &["resources.limits.memory=1Gi"]),
    ("priorityClassName", &["priorityClassName=other"]),
    ("resourceQuota", &["resourceQuota=false"]),
    ("nodeSelector", &["nodeSelector.pool=system"]),
    ("tolerations", &["tolerations[0].operator=Exists"]),
    ("affinity", &["affinity.nodeAffinity.a=b"]),
    ("topologySpreadConstraints", &["topologySpreadConstraints[0].maxSkew=2"]),
    ("terminationGracePeriodSeconds", &["terminationGracePeriodSeconds=90"]),
    ("extraArgs", &["extraArgs={--log-format=json}"]),
    ("extraEnv", &["extraEnv[0].name=RUST_LOG,extraEnv[0].value=debug"]),
    ("extraVolumes", &["extraVolumes[0].name=clients"]),
    ("extraVolumeMounts", &["extraVolumeMounts[0].name=clients,extraVolumeMounts[0].mountPath=/etc/clients"]),
    ("podSecurityContext", &["podSecurityContext.runAsUser=null"]),
    ("securityContext", &["securityContext.privileged=false"]),
    ("ports.webhook", &["ports.webhook=10250"]),
    ("ports.admin", &["ports.admin=8081"]),
    ("hostNetwork.enabled", &["hostNetwork.enabled=true"]),
    ("hostNetwork.ports.webhook", &["hostNetwork.enabled=true", "hostNetwork.ports.webhook=10850"]),
    ("hostNetwork.ports.admin", &["hostNetwork.enabled=true", "hostNetwork.ports.admin=10851"]),
    ("networkPolicy.enabled", &["networkPolicy.enabled=false"]),
    ("networkPolicy.from", &["networkPolicy.from[0].ipBlock.cidr=192.0.2.0/28"]),
    ("networkPolicy.extraEgress", &["networkPolicy.extraEgress[0].ports[0].port=4318"]),
    ("networkPolicy.apiServerPorts", &["networkPolicy.apiServerPorts={16443}"]),
    ("commonLabels", &["commonLabels.team=platform"]),
    ("commonAnnotations", &["commonAnnotations.team=platform"]),
    ("podLabels", &["podLabels.team=platform"]),
    ("podAnnotations", &["podAnnotations.team=platform"]),
    ("podMonitor.enabled", &["podMonitor.enabled=true"]),
    ("podMonitor.interval", &["podMonitor.enabled=true", "podMonitor.interval=15s"]),
    ("podMonitor.scrapeTimeout", &["podMonitor.enabled=true", "podMonitor.scrapeTimeout=5s"]),
    ("podMonitor.relabelings", &["podMonitor.enabled=true", "podMonitor.relabelings[0].targetLabel=cluster"]),
    ("podMonitor.metricRelabelings", &["podMonitor.enabled=true", "podMonitor.metricRelabelings[0].action=drop"]),
    ("podMonitor.labels", &["podMonitor.enabled=true", "podMonitor.labels.release=prometheus"]),
    ("prometheusRule.enabled", &["prometheusRule.enabled=true"]),
    ("prometheusRule.disabled", &["prometheusRule.enabled=true", "prometheusRule.disabled={PodwrightNotCalled}"]),
    ("prometheusRule.alertLabels", &["prometheusRule.enabled=true", "prometheusRule.alertLabels.team=platform"]),
    ("prometheusRule.docsUrl", &["prometheusRule.enabled=true", "prometheusRule.docsUrl=https://docs.example.com"]),
    ("prometheusRule.labels", &["prometheusRule.enabled=true", "prometheusRule.labels.release=prometheus"]),
    ("dashboard.enabled", &["dashboard.enabled=true"]),
    ("dashboard.labels", &["dashboard.enabled=true", "dashboard.labels.grafana_dashboard=yes"]),
    ("dashboard.annotations", &["dashboard.enabled=true", "dashboard.annotations.grafana_folder=Platform"]),
    ("test.namespace", &["test.namespace=shop"]),
];

/// No field is without effect: the last flag of each row changes the objects.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_field_changes_an_object() {
    let fields = super::page::fields();
    let named: BTreeSet<&str> = CHANGES.iter().map(|(field, _)| *field).collect();
    assert_eq!(named, fields.iter().map(|field| field.name.as_str()).collect(), "a field has no row here");
    let of = |flags: &[&str]| {
        let flags: Vec<&str> = flags.iter().flat_map(|flag| ["--set", flag]).collect();
        templated(Helm::Three, NAMESPACE, &flags)
    };
    let defaults = of(&[]);
    for (field, flags) in CHANGES {
        let (_, others) = flags.split_last().expect("a flag");
        let without = if others.is_empty() { defaults.clone() } else { of(others) };
        assert_ne!(of(flags), without, "{field}: {flags:?} changes nothing");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn mistakes_are_refused_before_anything_is_applied() {
    for (flags, words) in [
        (&["strickt=true"][..], "'strickt' not allowed"),
        (&["replicaCount=0"], "at '/replicaCount'"),
        (&["commonLabels.app\\.kubernetes\\.io/name=other"], "the chart itself sets app.kubernetes.io/name"),
        (&["podDisruptionBudget.minAvailable=all"], "at '/podDisruptionBudget/minAvailable'"),
        (&["certificates.source=other"], "'self', 'certManager', 'mounted'"),
        (
            &["configuration.profiles.web.preStopSlep=5"],
            "at '/configuration/profiles/web': additional properties 'preStopSlep'",
        ),
        (&["configuration.profiles.Web.preStopSleep=5"], "invalid propertyName 'Web'"),
        (&["namespaceProfiles={default,batch}"], "unknown profile \"batch\": expected one of configuration.profiles"),
        (&["namespaceProfiles={web,web}"], "at '/namespaceProfiles'"),
        (&["configuration=a: [b"], "configuration: not a configuration file: expected a mapping"),
        (&["configuration=kind: Nope"], "or a text of one YAML document"),
        (
            &["prometheusRule.enabled=true,prometheusRule.disabled={NotCalled}"],
            "unknown alert \"NotCalled\": expected one of PodwrightDown",
        ),
    ] {
        let flags: Vec<&str> = flags.iter().flat_map(|flag| ["--set", flag]).collect();
        let said = refused(&flags);
        assert!(said.contains(words), "{flags:?}: {said}");
    }
}

/// A mapping and a text mean the same, and a `null` is passed on.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_configuration_is_a_mapping_or_a_text() {
    let folder = Scratch::new().unwrap();
    let file = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n\
                profiles: {batch: {extends: web, requests: null, preStopSleep: 5, readinessProbe: false}}\n";
    let indented: String = file.lines().map(|line| format!("  {line}\n")).collect();
    let values = folder.write("values.yaml", &format!("configuration:\n{indented}")).unwrap();
    let text = folder.write("configuration.yaml", file).unwrap();
    let as_mapping = rendered(NAMESPACE, &["--values", values.to_str().unwrap()]);
    let as_text = rendered(NAMESPACE, &["--set-file", &format!("configuration={}", text.display())]);
    assert_eq!(as_mapping, as_text);
    let map = as_mapping.iter().find(|object| object["kind"] == "ConfigMap").unwrap();
    let expected: Value = serde_saphyr::from_str(file).unwrap();
    assert_eq!(map["data"]["configuration.yaml"], expected);
    assert!(expected["profiles"]["batch"].as_object().unwrap().contains_key("requests"));
}
