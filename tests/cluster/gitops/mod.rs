//! GitOps tools apply podwright's objects again and again. They never touch podwright's `caBundle` and Secret, and see no
//! drift. Each tool follows the revisions of a repository on a real API server, with a real podwright beside it.

mod rendered;
mod tool;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};
use xtask::helm::Helm;
use xtask::lifeline::Held;

use crate::chart::place::Place;
use crate::chart::{is_hook, templated};
use crate::kept::eventually;
use crate::pods::pod;
use crate::world::text;
use tool::{Cluster, Tool, path};

const NAMESPACE: &str = "podwright-system";
const CONFIGURATIONS: [&str; 2] = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
const FILE: &str = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {batch: {extends: default}}\n";
const BATCH: &str = "configuration.profiles.batch.extends=default,namespaceProfiles={default,web,batch}";

/// What a repository holds.
#[derive(Debug, Clone, Copy)]
enum Source {
    Manifests,
    Chart,
}

/// The revisions of a repository, in this order: the number of entries of the mutating configuration, options of
/// `podwright install`, and values of the chart.
const REVISIONS: [(usize, &[&str], &str); 4] = [
    (4, &[], "strict=false"),
    (5, &["--config=FILE", "--namespace-profile=default,web,batch"], BATCH),
    (
        5,
        &["--config=FILE", "--namespace-profile=default,web,batch", "--component=strict,host-network"],
        "strict=true,hostNetwork.enabled=true,configuration.profiles.batch.extends=default,\
         namespaceProfiles={default,web,batch}",
    ),
    (3, &["--namespace-profile=default"], "namespaceProfiles={default}"),
];

impl Source {
    /// The objects of a revision. GitOps tools leave out the hook of `helm test`.
    fn objects(self, place: &Place, (_, options, values): (usize, &[&str], &str)) -> Vec<Value> {
        match self {
            Self::Manifests => {
                let file = place.folder.write("profiles.yaml", FILE).unwrap();
                let options = options.iter().map(|option| option.replace("FILE", file.to_str().unwrap()));
                installed(&options.collect::<Vec<_>>())
            }
            Self::Chart => {
                let all = templated(Helm::Three, NAMESPACE, &["--set", values]);
                all.into_iter().filter(|object| !is_hook(object)).collect()
            }
        }
    }
}

/// The objects that `podwright install` prints with these options.
fn installed(options: &[String]) -> Vec<Value> {
    let printed = Command::new(env!("CARGO_BIN_EXE_podwright")).arg("install").args(options).output().unwrap();
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    serde_saphyr::from_multiple(&text(&printed.stdout)).unwrap()
}

/// podwright's content in the cluster, and how often anybody changed the configurations.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    /// The `caBundle` of each entry.
    bundles: BTreeMap<String, String>,
    generations: [u64; 2],
    secret: Value,
}

struct Repository<'a> {
    tool: Tool,
    source: Source,
    place: &'a Place,
}

impl Repository<'_> {
    fn cluster(&self) -> Cluster<'_> {
        Cluster { control_plane: &self.place.control_plane, client: &self.place.client }
    }

    fn objects(&self, revision: usize) -> Vec<Value> {
        self.tool.mark(&self.source.objects(self.place, REVISIONS[revision]))
    }

    /// Follows every revision. The first one starts podwright.
    fn follow(&self) {
        let objects = self.objects(0);
        self.tool.apply(self.cluster(), &objects);
        let podwright = self.place.run_podwright();
        let mut before = self.written(REVISIONS[0].0 + 3);
        self.is_stable(&objects, &before);
        for revision in 1..REVISIONS.len() {
            before = self.moves_to(revision, &before);
        }
        self.ends(&podwright);
    }

    /// Applies a revision, and deletes the objects that only the previous one has. podwright's content stays. A change of a
    /// configuration is one write, and podwright's own is a second one, for a new entry only.
    fn moves_to(&self, revision: usize, before: &Written) -> Written {
        let (entries, ..) = REVISIONS[revision];
        let objects = self.objects(revision);
        self.tool.apply(self.cluster(), &objects);
        self.prune(&self.objects(revision - 1), &objects);
        let after = self.written(entries + 3);
        assert_eq!(after.secret["data"], before.secret["data"], "{revision}");
        assert_eq!(after.secret["metadata"]["uid"], before.secret["metadata"]["uid"], "{revision}");
        let bundles: BTreeSet<_> = after.bundles.values().chain(before.bundles.values()).collect();
        assert_eq!(bundles.len(), 1, "{revision}: one CA");
        let added = after.bundles.keys().any(|name| !before.bundles.contains_key(name));
        let expected = before.generations[0] + 1 + u64::from(added);
        assert_eq!(after.generations, [expected, before.generations[1]], "{revision}: {:?}", after.bundles.keys());
        self.is_stable(&objects, &after);
        self.a_pod_of_git_stays_in_sync(revision);
        after
    }

    /// Applies the same objects again. Nothing is written, and the tool sees no drift.
    fn is_stable(&self, objects: &[Value], written: &Written) {
        self.tool.sees_no_drift(self.cluster(), objects);
        let versions = |objects: &[Value]| -> Vec<Value> {
            objects.iter().map(|object| self.cluster().live(object)["metadata"]["resourceVersion"].clone()).collect()
        };
        let before = versions(objects);
        self.tool.apply(self.cluster(), objects);
        assert_eq!(versions(objects), before, "another apply writes");
        assert_eq!(self.written(written.bundles.len()), *written);
    }

    fn prune(&self, previous: &[Value], objects: &[Value]) {
        let present: BTreeSet<String> = objects.iter().map(path).collect();
        for gone in previous.iter().filter(|object| !present.contains(&path(object))) {
            assert_ne!(gone["kind"], "Secret");
            self.cluster().delete(gone);
        }
    }

    /// Waits until this many entries have a bundle, and returns podwright's content.
    fn written(&self, entries: usize) -> Written {
        eventually("podwright has written its certificates", || {
            let configurations = CONFIGURATIONS
                .map(|kind| self.place.get(&format!("/apis/admissionregistration.k8s.io/v1/{kind}/00-podwright")));
            let all = configurations.iter().flat_map(|all| all["webhooks"].as_array().expect("webhooks"));
            let bundles = all.filter_map(|entry| {
                let bundle = entry["clientConfig"]["caBundle"].as_str()?;
                Some((entry["name"].as_str()?.to_owned(), bundle.to_owned()))
            });
            let bundles: BTreeMap<_, _> = bundles.collect();
            let count: usize = configurations.iter().map(|all| all["webhooks"].as_array().map_or(0, Vec::len)).sum();
            let generations = configurations.each_ref().map(|all| all["metadata"]["generation"].as_u64().unwrap_or(0));
            let mut secret = self.place.get(&format!("/api/v1/namespaces/{NAMESPACE}/secrets/podwright-tls"));
            let is_written = secret["data"]["tls.key"].is_string();
            secret["metadata"]["managedFields"].take();
            match bundles.len() {
                found if found == entries && count == entries && is_written => {
                    Ok(Written { bundles, generations, secret })
                }
                found => Err(format!("{found} of {count} entries have a bundle; expected {entries}")),
            }
        })
    }

    /// A Pod in Git is injected, and the tool sees no drift.
    fn a_pod_of_git_stays_in_sync(&self, revision: usize) {
        self.place.run(&["label", "--overwrite", "namespace", "shop", "podwright.dev/inject=enabled"]);
        // A label and a new `caBundle` take effect after a moment.
        self.place.is_injected_by("default");
        let mut pod = pod(&format!("of-git-{revision}"), &[]);
        pod["metadata"]["namespace"] = json!("shop");
        let objects = self.tool.mark(&[pod]);
        self.tool.apply(self.cluster(), &objects);
        let created = self.cluster().live(&objects[0]);
        assert!(created["spec"]["containers"][0]["env"].is_array(), "{created}");
        self.tool.sees_no_drift(self.cluster(), &objects);
        self.tool.apply(self.cluster(), &objects);
        assert_eq!(
            self.cluster().live(&objects[0])["metadata"]["resourceVersion"],
            created["metadata"]["resourceVersion"]
        );
    }

    /// `kubectl apply --prune` finds nothing of podwright's to delete.
    fn ends(&self, podwright: &Held) {
        if self.tool == Tool::Kubectl {
            let last = REVISIONS.len() - 1;
            let before = self.written(REVISIONS[last].0 + 3);
            let labelled = ["apply", "--prune", "--selector", "app.kubernetes.io/name=podwright"];
            self.cluster().kubectl(&labelled, &self.objects(last));
            assert_eq!(self.written(before.bundles.len()), before);
        }
        podwright.signal("KILL").unwrap();
    }
}

fn follows(tool: Tool, source: Source) {
    let place = Place::with_namespace(NAMESPACE);
    Repository { tool, source, place: &place }.follow();
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kubectl_follows_the_manifests() {
    follows(Tool::Kubectl, Source::Manifests);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kubectl_follows_the_manifests_by_server_side_apply() {
    follows(Tool::KubectlServerSide, Source::Manifests);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn argo_cd_follows_the_chart() {
    follows(Tool::ArgoCd, Source::Chart);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn argo_cd_follows_chart_and_manifests_by_server_side_apply() {
    follows(Tool::ArgoCdServerSide, Source::Chart);
    follows(Tool::ArgoCdServerSide, Source::Manifests);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn flux_follows_chart_and_manifests() {
    follows(Tool::Flux, Source::Chart);
    follows(Tool::Flux, Source::Manifests);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn flux_sees_no_drift_in_a_release_of_helm_3() {
    release(Helm::Three);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn flux_sees_no_drift_in_a_release_of_helm_4() {
    release(Helm::Four);
}

/// Flux' helm-controller compares the release's manifest with the cluster, by a dry run of server-side apply.
fn release(helm: Helm) {
    let place = Place::with_namespace(NAMESPACE);
    let chart = crate::chart::chart();
    let install = |verb, values| place.helm(helm, &[verb, "podwright", chart.to_str().unwrap(), "--set", values]);
    install("install", BATCH);
    let podwright = place.run_podwright();
    let repository = Repository { tool: Tool::FluxHelm, source: Source::Chart, place: &place };
    repository.written(5 + 3);
    for (entries, values) in [(5, BATCH), (3, "namespaceProfiles={default},strict=true")] {
        install("upgrade", values);
        let before = repository.written(entries + 3);
        let manifest = place.helm(helm, &["get", "manifest", "podwright"]);
        let objects: Vec<Value> = serde_saphyr::from_multiple(&manifest).unwrap();
        repository.tool.sees_no_drift(repository.cluster(), &objects);
        install("upgrade", values);
        assert_eq!(repository.written(entries + 3), before);
    }
    podwright.signal("KILL").unwrap();
}

/// With certificates in files, another program writes the `caBundle`.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_bundle_of_another_program_stays() {
    let control_plane = crate::installed::control_plane();
    let client = crate::client::Client::new(&control_plane);
    let cluster = Cluster { control_plane: &control_plane, client: &client };
    for tool in [Tool::Kubectl, Tool::ArgoCd, Tool::Flux] {
        let objects = tool.mark(&installed(&["--component=cert-manager".to_owned()]));
        tool.apply(cluster, &objects);
        let configurations = objects.iter().filter(|object| object["metadata"]["name"] == "00-podwright");
        let configurations: Vec<&Value> = configurations.collect();
        assert_eq!(configurations.len(), 2);
        let bundled = configurations.iter().map(|object| write_bundles(cluster, object)).collect::<Vec<_>>();
        tool.apply(cluster, &objects);
        tool.sees_no_drift(cluster, &objects);
        for (object, bundled) in configurations.iter().zip(bundled) {
            assert_eq!(cluster.live(object)["webhooks"], bundled["webhooks"], "{tool:?}");
        }
    }
}

/// Writes a `caBundle` into each entry, as cert-manager's ca-injector does: it updates the whole object.
fn write_bundles(cluster: Cluster<'_>, object: &Value) -> Value {
    let mut live = cluster.live(object);
    for entry in live["webhooks"].as_array_mut().expect("webhooks") {
        entry["clientConfig"]["caBundle"] = json!(crate::installed::bundle());
    }
    let answer = cluster.client.send(&format!("PUT {}?fieldManager=cainjector", path(object)), &live);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}
