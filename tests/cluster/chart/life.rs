//! A Helm release on a real API server from install to uninstall: its changes, and the objects that it leaves alone.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use xtask::helm::Helm;
use xtask::lifeline::Held;

use super::place::{NAMESPACE, Place};
use super::{FOR_KUBERNETES, chart, templated};
use crate::client::Client;
use crate::kept::eventually;
use crate::pods::pod;
use crate::policy::is_refusal;
use crate::world::{feed, text};

const CONFIGURATIONS: [&str; 2] = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
/// A custom profile and its entry.
const VALUES: &str = "
configuration:
  profiles:
    batch: {extends: default, readinessProbe: false}
namespaceProfiles: [default, web, batch]
";

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_3_installs_changes_and_removes_it() {
    life(Helm::Three);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_4_installs_changes_and_removes_it() {
    life(Helm::Four);
}

fn life(helm: Helm) {
    let place = Place::new();
    let release = Release { helm, place: &place };
    let before = place.objects();
    release.lint();
    release.install();
    place.run(&["label", "namespace", "shop", "podwright.dev/profile=batch"]);
    let podwright = place.run_podwright();
    place.is_injected_by("batch");
    let written = release.written();
    assert_eq!(written.bundles.len(), 5 + 3);

    release.a_stolen_token_changes_nothing();
    release.keeps_what_podwright_writes(&written);
    release.a_second_one_is_refused();
    release.tests_an_injection();
    release.ends_without_a_refusal(&podwright);
    podwright.signal("KILL").unwrap();
    place.remove_endpoint();
    assert_eq!(place.objects(), before, "something is left over");
}

/// Helm 4 upgrades a release of Helm 3 by server-side apply.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn helm_4_takes_over_a_release_of_helm_3() {
    let place = Place::new();
    Release { helm: Helm::Three, place: &place }.install();
    place.run(&["label", "namespace", "shop", "podwright.dev/profile=batch"]);
    let podwright = place.run_podwright();
    place.is_injected_by("batch");
    let release = Release { helm: Helm::Four, place: &place };
    let written = release.written();
    for flags in
        [&["--set", "replicaCount=3"][..], &["--set", "replicaCount=4", "--server-side=true", "--force-conflicts"]]
    {
        release.upgrade(flags);
        assert_eq!(release.written(), written, "{flags:?}");
    }
    place.is_injected_by("batch");
    podwright.signal("KILL").unwrap();
}

/// Many values at once.
const EVERYTHING: &str = r#"
image: {repository: registry.example.com/podwright, tag: 9.9.9, pullPolicy: Always}
imagePullSecrets: [{name: registry}]
check: {extraKinds: [{apiGroup: batch.example.com, resources: [workers]}]}
certificates: {source: mounted}
tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]
affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [system]}]}]}}}
topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app.kubernetes.io/name: podwright}}}]
extraArgs: [--log-format=json]
extraEnv: [{name: RUST_LOG, value: debug}]
ports: {webhook: 10250, admin: 8081}
networkPolicy: {from: [{ipBlock: {cidr: 192.0.2.0/28}}], extraEgress: [{ports: [{port: 4318}]}]}
commonLabels: {team: platform}
commonAnnotations: {owner: "platform"}
podLabels: {tier: system}
revisionHistoryLimit: 2
podDisruptionBudget: {minAvailable: 50%}
extraVolumes: [{name: clients, secret: {secretName: clients}}]
extraVolumeMounts: [{name: clients, mountPath: /etc/clients, readOnly: true}]
podSecurityContext: {runAsUser: null, runAsGroup: null, fsGroup: null}
podAnnotations: {owner: platform}
dashboard: {enabled: true, annotations: {grafana_folder: Platform}}
"#;

/// Unknown fields and invalid values are errors, and so is a Pod that the level `restricted` forbids.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_the_defaults_and_many_values_at_once() {
    let place = Place::new();
    let enforce = "pod-security.kubernetes.io/enforce=restricted";
    place.run(&["label", "namespace", NAMESPACE, enforce]);
    place.run(&["create", "serviceaccount", "podwright", "--namespace", NAMESPACE]);
    let values = place.folder.write("values.yaml", EVERYTHING).unwrap();
    let everything = ["--values", values.to_str().unwrap(), "--set", "test.namespace=platform"];
    for flags in [&["--set", "test.namespace=platform"][..], &everything] {
        let mut objects = templated(Helm::Three, NAMESPACE, flags);
        let deployment = objects.iter().find(|object| object["kind"] == "Deployment").unwrap();
        let mut pod = deployment["spec"]["template"].clone();
        pod["apiVersion"] = json!("v1");
        pod["kind"] = json!("Pod");
        pod["metadata"]["name"] = json!("podwright");
        pod["metadata"]["namespace"] = json!(NAMESPACE);
        objects.push(pod);
        for object in objects {
            let apply = ["create", "--dry-run=server", "--validate=strict", "-f", "-"];
            let applied = feed(&mut place.control_plane.kubectl(&apply), &object.to_string());
            let said = text(&applied.stderr);
            let exists = object["kind"] == "ServiceAccount" && said.contains("already exists");
            assert!(applied.status.success() || exists, "{said}\n{object}");
            assert!(!said.contains("Warning"), "{said}\n{object}");
        }
    }
}

/// podwright's own content in objects of the release.
#[derive(Debug, PartialEq)]
struct Written {
    /// The `caBundle` of each entry.
    bundles: Vec<Value>,
    /// The Secret's data.
    data: Value,
}

struct Release<'a> {
    helm: Helm,
    place: &'a Place,
}

impl Release<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        self.place.helm(self.helm, arguments)
    }

    fn lint(&self) {
        let chart = chart();
        self.run(&["lint", "--strict", chart.to_str().unwrap(), "--kube-version", FOR_KUBERNETES]);
    }

    fn install(&self) {
        let values = self.place.folder.write("values.yaml", VALUES).unwrap();
        let chart = chart();
        let [chart, values] = [&chart, &values].map(|path| path.to_str().unwrap());
        let notes = self.run(&["install", "podwright", chart, "--values", values]);
        assert!(notes.contains("kubectl label namespace NAMESPACE podwright.dev/profile=batch"), "{notes}");
        assert!(!notes.contains("`strict` is on"), "{notes}");
    }

    fn upgrade(&self, flags: &[&str]) -> String {
        let chart = chart();
        let upgrade = ["upgrade", "podwright", chart.to_str().unwrap(), "--reuse-values"];
        self.run(&[&upgrade[..], flags].concat())
    }

    fn written(&self) -> Written {
        let secret = self.place.get(&format!("/api/v1/namespaces/{NAMESPACE}/secrets/podwright-tls"));
        let entries = CONFIGURATIONS.iter().flat_map(|kind| self.entries(kind));
        let bundles = entries.map(|entry| entry["clientConfig"]["caBundle"].clone()).collect();
        let written = Written { bundles, data: secret["data"].clone() };
        assert!(written.bundles.iter().all(Value::is_string), "{written:?}");
        assert!(written.data["tls.key"].is_string(), "{written:?}");
        written
    }

    fn entries(&self, kind: &str) -> Vec<Value> {
        let path = format!("/apis/admissionregistration.k8s.io/v1/{kind}/00-podwright");
        self.place.get(&path)["webhooks"].as_array().expect("webhooks").clone()
    }

    fn policies(&self) -> Vec<Value> {
        self.entries(CONFIGURATIONS[0]).iter().map(|entry| entry["failurePolicy"].clone()).collect()
    }

    /// An upgrade changes every part of the release, and keeps podwright's content.
    fn keeps_what_podwright_writes(&self, written: &Written) {
        let strict = self.upgrade(&["--set", "strict=true,commonLabels.team=platform,certificates.secretName=other"]);
        assert!(strict.contains("`strict` is on"), "{strict}");
        assert_eq!(self.written(), *written);
        assert_eq!(self.policies(), ["Fail"; 5]);
        self.place.is_injected_by("batch");

        // A new entry has no bundle; podwright writes it.
        let night = "configuration.profiles.night.extends=web,namespaceProfiles={default,web,batch,night}";
        self.upgrade(&["--set", night]);
        let bundles = eventually("the new entry has a bundle", || {
            let entries = self.entries(CONFIGURATIONS[0]);
            let bundles: Vec<Value> = entries
                .iter()
                .map(|entry| entry["clientConfig"]["caBundle"].clone())
                .filter(Value::is_string)
                .collect();
            if bundles.len() == 6 { Ok(bundles) } else { Err(format!("{entries:?}")) }
        });
        assert!(bundles.iter().all(|bundle| *bundle == written.bundles[0]), "{bundles:?}");

        self.run(&["rollback", "podwright", "1"]);
        assert_eq!(self.written(), *written);
        assert_eq!(self.policies(), ["Ignore"; 5]);
        self.place.is_injected_by("batch");
    }

    /// The admission policy knows the ServiceAccount by the release's Namespace.
    fn a_stolen_token_changes_nothing(&self) {
        let account = Client::of(&self.place.kubeconfig());
        let webhooks = self.entries(CONFIGURATIONS[0]).into_iter().map(|mut entry| {
            entry["failurePolicy"] = json!("Fail");
            entry
        });
        let change = json!({"webhooks": webhooks.collect::<Vec<_>>()});
        let path = format!("/apis/admissionregistration.k8s.io/v1/{}/00-podwright", CONFIGURATIONS[0]);
        let secret = format!("/api/v1/namespaces/{NAMESPACE}/secrets/podwright-tls");
        for (path, change) in [(path, change), (secret, json!({"data": {"other": "YQ=="}}))] {
            // A new policy takes effect after about a second.
            eventually("the policy refuses it", || {
                let answer = account.send(&format!("PATCH {path}?dryRun=All"), &change);
                if is_refusal(&answer) { Ok(()) } else { Err(format!("{path}: {}", answer.status)) }
            });
        }
    }

    fn a_second_one_is_refused(&self) {
        let before = self.place.objects();
        let chart = chart();
        for namespace in [NAMESPACE, "shop"] {
            // The last `--namespace` counts.
            let mut install = self.place.helm_command(self.helm, &["install", "second", chart.to_str().unwrap()]);
            let output = install.args(["--namespace", namespace]).output().unwrap();
            let said = text(&output.stderr);
            assert!(!output.status.success() && said.contains("cannot be imported into the current release"), "{said}");
            self.place.run(&["delete", "secret", "--namespace", namespace, "--selector", "owner=helm,name=second"]);
        }
        assert_eq!(self.place.objects(), before);
    }

    /// The hook's Pod succeeds only if podwright injects it.
    fn tests_an_injection(&self) {
        let tested = self.test("default");
        assert!(tested.contains("Succeeded"), "{tested}");
        self.upgrade(&["--set", &format!("test.namespace={NAMESPACE}")]);
        let tested = self.test(NAMESPACE);
        assert!(tested.contains("Failed") || tested.contains("failed"), "{tested}");
        self.place.run(&["delete", "pod", "podwright-test", "--namespace", NAMESPACE]);
    }

    /// Runs `helm test`; the test does the kubelet's work.
    fn test(&self, namespace: &str) -> String {
        let mut command = self.place.helm_command(self.helm, &["test", "podwright", "--timeout=60s"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("Helm starts");
        let path = format!("/api/v1/namespaces/{namespace}/pods/podwright-test");
        let pod = eventually("the test's Pod", || {
            let answer = self.place.client.send(&format!("GET {path}"), &Value::Null);
            if answer.status == 200 { Ok(answer.body) } else { Err(answer.body.to_string()) }
        });
        let phase = if run(&pod) { "Succeeded" } else { "Failed" };
        let status = json!({"status": {"phase": phase}});
        let answer = self.place.client.send(&format!("PATCH {path}/status"), &status);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.success(), phase == "Succeeded", "{}", text(&output.stderr));
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    }

    /// With `strict`, under a stream of opted-in Pods: no Pod is refused while the Service disappears and podwright
    /// ends.
    fn ends_without_a_refusal(&self, podwright: &Held) {
        self.upgrade(&["--set", "strict=true"]);
        let over = AtomicBool::new(false);
        let created = thread::scope(|scope| {
            let stream = scope.spawn(|| self.stream(&over));
            let kubelet = scope.spawn(|| self.end_after_the_deployment(podwright));
            self.run(&["uninstall", "podwright"]);
            kubelet.join().unwrap_or_else(|reason| std::panic::resume_unwind(reason));
            thread::sleep(Duration::from_secs(1));
            over.store(true, Ordering::Relaxed);
            stream.join().unwrap_or_else(|reason| std::panic::resume_unwind(reason))
        });
        assert!(created > 20, "{created} Pods are no stream");
    }

    /// Creates Pods until `over` is set, and counts them.
    fn stream(&self, over: &AtomicBool) -> usize {
        let mut created = 0;
        while !over.load(Ordering::Relaxed) {
            let answer = self.place.client.dry_run("shop", &pod("streamed", &[]));
            assert!(matches!(answer.status, 200 | 201), "{}: {}", answer.status, answer.body);
            created += 1;
        }
        created
    }

    /// Ends podwright as the kubelet would; each later call opens a new connection.
    fn end_after_the_deployment(&self, podwright: &Held) {
        let path = format!("GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments/podwright");
        while self.place.client.send(&path, &Value::Null).status != 404 {
            thread::sleep(Duration::from_millis(5));
        }
        podwright.signal("TERM").unwrap();
    }
}

/// Runs the Pod's container as the kubelet would, with the variables expanded in the arguments and podwright's own
/// binary.
fn run(pod: &Value) -> bool {
    let container = &pod["spec"]["containers"][0];
    let variables = container["env"].as_array().into_iter().flatten().map(|variable| {
        let field = variable["valueFrom"]["fieldRef"]["fieldPath"].as_str().expect("a field");
        let label = field.strip_prefix("metadata.labels['").and_then(|rest| rest.strip_suffix("']")).expect("a label");
        (format!("$({})", variable["name"].as_str().expect("a name")), pod["metadata"]["labels"][label].clone())
    });
    let variables: Vec<(String, Value)> = variables.collect();
    let arguments = container["args"].as_array().expect("arguments").iter().map(|argument| {
        let argument = argument.as_str().expect("text").to_owned();
        variables.iter().fold(argument, |text, (name, value)| text.replace(name, value.as_str().expect("text")))
    });
    let ended = Command::new(env!("CARGO_BIN_EXE_podwright")).args(arguments).output().expect("podwright starts");
    ended.status.success()
}
