//! Warnings for workloads: their text, the objects that trigger a call, and that no workload is ever refused.

use podwright::workload::{KINDS, WorkloadKind};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::workloads::{Collection, kind, template_metadata, workload};
use crate::world::{World, text, world};

const BAD: &[(&str, &str)] = &[("podwright.dev/pre-stop-sleep", "soon")];

/// Applies an object, which must succeed, and returns kubectl's standard error.
fn applied(namespace: &str, object: &Value) -> String {
    let applied = world().apply(object, &["-n", namespace]);
    let said = text(&applied.stderr);
    assert_eq!(applied.status.code(), Some(0), "{said}\n{object}");
    assert!(text(&applied.stdout).contains(" created"), "{}", text(&applied.stdout));
    said
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_bad_annotation_on_the_template_is_applied_with_a_warning() {
    world().namespace("check-bad");
    for kind in KINDS {
        let said = applied("check-bad", &workload(kind, "bad", BAD));
        let start =
            format!("Warning: podwright would deny the Pods of this {}: podwright.dev/pre-stop-sleep: ", kind.name);
        assert!(said.starts_with(&start) && said.ends_with(" [PodsDenied]\n"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_38_what_stands_where_nobody_reads_it_is_pointed_out() {
    world().namespace("check-misplaced");
    for kind in KINDS {
        let expected = format!("Use {}.metadata.annotations instead. [", kind.template.path());
        let mut annotated = workload(kind, "annotated", &[]);
        annotated["metadata"]["annotations"] = json!({"podwright.dev/inject": "true"});
        let said = applied("check-misplaced", &annotated);
        let start = format!("Warning: podwright.dev/inject in metadata.annotations of the {}: ", kind.name);
        assert!(said.starts_with(&start) && said.ends_with("[OnTheWorkload]\n"), "{said}");
        assert!(said.contains(&expected) && said.lines().count() == 1, "{said}");

        let mut labelled = workload(kind, "labelled", &[]);
        template_metadata(kind, &mut labelled)["labels"]["podwright.dev/inject"] = json!("true");
        let said = applied("check-misplaced", &labelled);
        let start = format!("Warning: podwright.dev/inject in {}.metadata.labels: ", kind.template.path());
        assert!(said.starts_with(&start) && said.ends_with("[LabelNotAnnotation]\n"), "{said}");
        assert!(said.contains(&expected) && said.lines().count() == 1, "{said}");
    }
    let mut cron_job = workload(kind("CronJob"), "jobs", &[]);
    cron_job["spec"]["jobTemplate"]["metadata"] = json!({"annotations": {"podwright.dev/inject": "true"}});
    let said = applied("check-misplaced", &cron_job);
    assert!(said.contains("podwright.dev/inject in spec.jobTemplate.metadata.annotations: "), "{said}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_workload_hears_what_its_pods_would_hear() {
    world().namespace("check-heard");
    for kind in KINDS {
        let mut kept = workload(kind, "kept", &[("podwright.dev/pre-stop-sleep", "5s")]);
        let template = kept.pointer_mut(kind.template.pointer()).unwrap();
        template["spec"]["containers"][0]["lifecycle"] = json!({"preStop": {"exec": {"command": ["/bin/drain"]}}});
        assert_eq!(
            applied("check-heard", &kept),
            "Warning: podwright.dev/pre-stop-sleep not injected into app: the Pod already sets another value, and \
             podwright keeps it. Remove the Pod's value to use podwright's. If the Pod's value is right, no action is \
             needed. [KeptAuthors]\n"
        );
        let stored = world().kubectl(&["get", kind.name, "kept", "-n", "check-heard", "-o", "json"]);
        let stored: Value = serde_json::from_slice(&stored.stdout).unwrap();
        let template = stored.pointer(kind.template.pointer()).unwrap();
        assert_eq!(template["metadata"]["annotations"], json!({"podwright.dev/pre-stop-sleep": "5s"}), "untouched");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn nonsense_is_applied_and_the_warnings_all_arrive() {
    world().namespace("check-nonsense");
    let values = ["", "\u{1b}[31m", "{", "é\n\n\"\\", "=,=,=", "true false"];
    let keys = ["inject", "profile", "containers", "downward-env", "pre-stop-sleep", "nonsense", "Inject", "status"];
    let owners = ["", "app.", "a.b.", "App."];
    for kind in KINDS {
        let mut nonsense = workload(kind, "nonsense", &[]);
        for (n, (owner, key)) in owners.iter().flat_map(|owner| keys.iter().map(move |key| (owner, key))).enumerate() {
            let key = format!("{owner}podwright.dev/{key}");
            nonsense["metadata"]["annotations"][&key] = json!(values[n % values.len()]);
            let template = template_metadata(kind, &mut nonsense);
            template["labels"][key.to_lowercase()] = json!("x");
            template["annotations"][key] = json!(values[n % values.len()]);
        }
        let answer = world().client.send(&create(kind, "check-nonsense"), &nonsense);
        assert_eq!(answer.status, 201, "{}", answer.body);
        let codes: Vec<_> =
            answer.warnings.iter().filter_map(|one| Some(one.rsplit_once(" [")?.1.trim_end_matches(']'))).collect();
        let misplaced = ["OnTheWorkload", "LabelNotAnnotation"];
        assert_eq!(codes, [&misplaced[..], &["PodsDenied"; 9]].concat(), "{:#?}", answer.warnings);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_update_is_never_refused() {
    let world = world();
    world.namespace("check-updates");
    applied("check-updates", &workload(kind("Deployment"), "web", BAD));
    for arguments in [
        &["scale", "deployment/web", "--replicas=3"][..],
        &["set", "image", "deployment/web", "app=registry.example.com/app:2"],
        &["annotate", "deployment/web", "podwright.dev/inject=perhaps"],
        &["label", "deployment/web", "podwright.dev/inject=enabled"],
        &["rollout", "restart", "deployment/web"],
        &["rollout", "pause", "deployment/web"],
        &["delete", "deployment/web", "--wait=false"],
    ] {
        let told = world.kubectl(&[arguments, &["-n", "check-updates"]].concat());
        assert!(told.status.success(), "{arguments:?}: {}", text(&told.stderr));
        let warned = text(&told.stderr).contains("[PodsDenied]");
        let expected = matches!(arguments[0], "set" | "annotate" | "label") || arguments[1] == "restart";
        assert_eq!(warned, expected, "{arguments:?}: {}", text(&told.stderr));
    }
}

/// Reads the API server's own counter, on a separate control plane.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_workload_makes_a_call_only_where_somebody_hears_of_something() {
    let world = World::start();
    for (namespace, label) in [("enabled", "enabled"), ("disabled", "disabled")] {
        world.namespace(namespace);
        world.label(namespace, &format!("podwright.dev/inject={label}"));
    }
    let mut calls = Calls { world: &world, counted: count(&world) };
    assert!(calls.counted > 0, "the canary was counted");
    for kind in KINDS {
        let plain = workload(kind, "plain", &[("example.com/podwright.dev", "x"), ("xpodwright.dev/inject", "true")]);
        calls.makes(0, &create(kind, "default"), &plain);
        let asks = workload(kind, "asks", BAD);
        calls.makes(1, &create(kind, "default"), &asks);
        let mut other_case = plain.clone();
        other_case["metadata"]["annotations"] = json!({"App.Podwright.dev/inject": "true"});
        calls.makes(1, &create(kind, "default"), &other_case);
        calls.makes(1, &create(kind, "enabled"), &asks);
        calls.makes(0, &create(kind, "disabled"), &asks);
        calls.makes(0, &create(kind, "kube-system"), &asks);
        let mut owned = asks;
        owned["metadata"]["ownerReferences"] = owners(json!(true));
        calls.makes(0, &create(kind, "default"), &owned);
        owned["metadata"]["ownerReferences"] = owners(Value::Null);
        calls.makes(1, &create(kind, "default"), &owned);
    }
    updates(&mut calls);
}

fn owners(controller: Value) -> Value {
    json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u-1", "controller": controller}])
}

/// An update without a change to podwright's keys makes no call, nor does a controller's update.
fn updates(calls: &mut Calls<'_>) {
    let kind = kind("Deployment");
    let mut web = workload(kind, "web", BAD);
    let collection = Collection::of(kind).path("default");
    assert_eq!(calls.world.client.send(&format!("POST {collection}"), &web).status, 201);
    calls.counted = count(calls.world);
    let update = format!("PUT {collection}/web");
    calls.makes(0, &update, &web);
    web["spec"]["replicas"] = json!(5);
    calls.makes(0, &update, &web);
    calls.makes(0, &format!("PATCH {collection}/web/scale"), &json!({"spec": {"replicas": 7}}));
    calls.makes(0, &format!("PATCH {collection}/web/status"), &json!({"status": {"observedGeneration": 1}}));
    web["metadata"]["annotations"] = json!({"example.com/changed": "x"});
    calls.makes(1, &update, &web);
    web["spec"]["template"]["spec"]["containers"][0]["image"] = json!("registry.example.com/app:2");
    calls.makes(1, &update, &web);
    for (user, expected) in [
        ("system:serviceaccount:kube-system:deployment-controller", 0),
        ("system:kube-controller-manager", 0),
        ("system:serviceaccount:ci:deployer", 1),
    ] {
        let revision = format!("deployment.kubernetes.io/revision={user}").replace([':'], ".");
        let on = ["annotate", "--overwrite", "deployment/web", &revision, "--as", user, "--as-group=system:masters"];
        let told = calls.world.kubectl(&on);
        assert!(told.status.success(), "{}", text(&told.stderr));
        calls.made(expected, user);
    }
    web["spec"]["template"]["metadata"]["annotations"] = json!({});
    calls.makes(0, &update, &web);
}

/// The number of calls so far.
struct Calls<'w> {
    world: &'w World,
    counted: u64,
}

impl Calls<'_> {
    fn makes(&mut self, calls: u64, request: &str, object: &Value) {
        let Answer { status, body, .. } = self.world.client.send(request, object);
        assert!(matches!(status, 200 | 201), "{request}: {body}");
        self.made(calls, &format!("{request} {object}"));
    }

    fn made(&mut self, calls: u64, what: &str) {
        let counted = count(self.world);
        assert_eq!(counted - self.counted, calls, "{what}");
        self.counted = counted;
    }
}

fn count(world: &World) -> u64 {
    let metrics = world.control_plane.run(&["get", "--raw=/metrics"]).unwrap();
    let ours = metrics.lines().filter(|line| {
        line.starts_with("apiserver_admission_webhook_request_total{") && line.contains("\"workloads.podwright.dev\"")
    });
    ours.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).map(|count| count as u64).sum()
}

/// A dry-run create request.
fn create(kind: WorkloadKind, namespace: &str) -> String {
    format!("POST {}?dryRun=All", Collection::of(kind).path(namespace))
}
