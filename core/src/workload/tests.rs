//! The place of the Pod template, and warnings about keys outside of it.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::*;
use crate::inject::Root;
use crate::inject::pod::Owner;

fn kind(name: &str) -> WorkloadKind {
    KINDS.into_iter().find(|kind| kind.name == name).unwrap_or_else(|| unreachable!("{name}"))
}

/// Returns a workload of this kind with this template and metadata.
fn workload(kind: WorkloadKind, metadata: &Value, template: &Value) -> String {
    let jobs = json!({"spec": {"template": template}});
    let object = match kind.template {
        Root::CronJobTemplate => json!({"spec": {"jobTemplate": jobs}, "metadata": metadata}),
        Root::TopTemplate => json!({"template": template, "metadata": metadata}),
        _ => json!({"spec": {"template": template}, "metadata": metadata}),
    };
    object.to_string()
}

fn parsed(kind: WorkloadKind, json: &str) -> serde_json::Result<Workload<'_>> {
    Workload::parse(kind.group, kind.name, kind.template, json)
}

fn misplaced(kind: WorkloadKind, json: &str) -> Vec<String> {
    parsed(kind, json).unwrap_or_else(|error| unreachable!("{json}: {error}")).misplaced()
}

#[test]
fn a_kind_is_found_by_its_group() {
    for known in KINDS {
        assert_eq!(WorkloadKind::find(known.group, known.name), Some(known));
    }
    for (group, name) in [("", "Pod"), ("", "Deployment"), ("extensions", "Deployment"), ("apps", "deployment")] {
        assert_eq!(WorkloadKind::find(group, name), None, "{group}/{name}");
    }
}

#[test]
fn every_kind_has_its_template_where_its_pointer_says() {
    let template = json!({"metadata": {"annotations": {"podwright.dev/inject": "true"}},
        "spec": {"containers": [{"name": "app"}]}});
    for kind in KINDS {
        let json = workload(kind, &json!({}), &template);
        let whole: Value = serde_json::from_str(&json).unwrap_or_default();
        assert_eq!(whole.pointer(kind.template.pointer()), Some(&template), "{}", kind.name);
        let read = Workload::parse(kind.group, kind.name, kind.template, &json)
            .unwrap_or_else(|error| unreachable!("{json}: {error}"));
        let pod = read.template();
        assert_eq!(pod.annotations().and_then(|ours| ours.get("podwright.dev/inject")), Some("true"));
        assert_eq!(pod.containers().map(|at| at.container.name.as_str()).collect::<Vec<_>>(), ["app"]);
        assert_eq!(read.misplaced(), [""; 0], "{}", kind.name);
    }
    assert_eq!(kind("Job").template.path(), "spec.template");
    assert_eq!(kind("CronJob").template.path(), "spec.jobTemplate.spec.template");
}

#[test]
fn null_and_missing_parts_refuse_nothing() {
    for kind in KINDS {
        for json in [
            r#"{}"#,
            r#"{"metadata": null, "spec": null}"#,
            r#"{"metadata": {"annotations": null, "labels": null}, "spec": {"template": null, "jobTemplate": null}}"#,
            r#"{"spec": {"template": {"metadata": null, "spec": null}, "jobTemplate": {"metadata": null, "spec": null}}}"#,
            r#"{"spec": {"template": {"metadata": {"labels": null}}, "jobTemplate": {"spec": {"template": null}}}}"#,
        ] {
            assert_eq!(misplaced(kind, json), [""; 0], "{} {json}", kind.name);
        }
    }
    assert!(parsed(kind("Job"), r#"{"spec": {"template": {"spec": {"containers": "none"}}}}"#).is_err());
}

#[test]
fn a_list_is_no_object() {
    let lists = [
        ("Deployment", r#"[{}, {}]"#),
        ("Deployment", r#"{"metadata": [{"podwright.dev/inject": "true"}]}"#),
        ("Deployment", r#"{"spec": [{}]}"#),
        ("Deployment", r#"{"spec": {"template": [{}, {}]}}"#),
        ("CronJob", r#"{"spec": {"jobTemplate": [{}, {}]}}"#),
    ];
    for (name, json) in lists {
        let told = parsed(kind(name), json).map(|_| ()).map_err(|error| error.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains("expected an object")), "{json}: {told:?}");
    }
}

#[test]
fn annotations_of_the_workload_are_one_warning_that_names_where_they_belong() {
    let metadata = json!({"annotations": {"podwright.dev/inject": "true", "app.podwright.dev/pre-stop-sleep": "5s",
        "example.com/podwright.dev": "x", "podwright.dev/status": "{}"}});
    let both = json!({"metadata": {"annotations": {"podwright.dev/inject": "true"}}});
    assert_eq!(
        misplaced(kind("Deployment"), &workload(kind("Deployment"), &metadata, &both)),
        [
            "app.podwright.dev/pre-stop-sleep, podwright.dev/inject in metadata.annotations of the Deployment: podwright \
          does not read annotations of the workload itself. Use spec.template.metadata.annotations instead. \
          [OnTheWorkload]"
        ]
    );
}

#[test]
fn a_cron_job_has_its_jobs_metadata_as_well() {
    let ours = |label: &str| json!({"annotations": {"podwright.dev/inject": "true"}, "labels": {label: "true"}});
    let json = json!({"metadata": ours("podwright.dev/inject"), "spec": {"jobTemplate": {
        "metadata": ours("podwright.dev/profile"), "spec": {"template": {"metadata": ours("podwright.dev/requests")}}}}});
    let said = misplaced(kind("CronJob"), &json.to_string());
    let places: Vec<_> = said.iter().filter_map(|one| Some(one.split_once(" in ")?.1.split_once(": ")?.0)).collect();
    assert_eq!(
        places,
        [
            "metadata.annotations of the CronJob",
            "spec.jobTemplate.metadata.annotations",
            "metadata.labels of the CronJob",
            "spec.jobTemplate.metadata.labels",
            "spec.jobTemplate.spec.template.metadata.labels",
        ]
    );
    let belongs = " Use spec.jobTemplate.spec.template.metadata.annotations instead. [";
    assert!(said.iter().all(|one| one.contains(belongs)), "{said:#?}");
}

#[test]
fn a_label_is_for_namespaces() {
    let template = json!({"metadata": {"labels": {"app": "web", "podwright.dev/inject": "true"}}});
    assert_eq!(
        misplaced(kind("StatefulSet"), &workload(kind("StatefulSet"), &json!({}), &template)),
        ["podwright.dev/inject in spec.template.metadata.labels: podwright reads labels of Namespaces only. Use \
          spec.template.metadata.annotations instead. [LabelNotAnnotation]"]
    );
}

/// The API server copies the template's labels to a ReplicationController or a Job without labels.
#[test]
fn a_label_that_the_template_has_too_is_pointed_out_there_alone() {
    let labels = json!({"labels": {"podwright.dev/inject": "true"}});
    let both = json!({"labels": {"podwright.dev/inject": "true", "podwright.dev/profile": "web"}});
    let json = workload(kind("Job"), &both, &json!({"metadata": labels}));
    let keys: Vec<_> = misplaced(kind("Job"), &json)
        .iter()
        .filter_map(|one| one.split_once(": ").map(|(keys, _)| keys.to_owned()))
        .collect();
    assert_eq!(
        keys,
        [
            "podwright.dev/profile in metadata.labels of the Job",
            "podwright.dev/inject in spec.template.metadata.labels"
        ]
    );
}

#[test]
fn a_warning_is_bounded_however_many_keys_earn_it() {
    let keys = |name: &dyn Fn(usize) -> String, numbers: std::ops::Range<usize>| {
        let ours: serde_json::Map<_, _> = numbers.map(|n| (name(n), json!("x"))).collect();
        json!({"annotations": ours, "labels": ours})
    };
    let long = |n: usize| format!("{}{n}.podwright.dev/{}", "c".repeat(60), "k".repeat(63));
    let odd = |n: usize| format!("podwright.dev/\u{1b}[31m\n{n}");
    for (name, count, told) in [
        (&(|n| format!("podwright.dev/k{n}")) as &dyn Fn(usize) -> String, 300, Cow::from(" more in ")),
        (&long, 3, "3 keys in ".into()),
        (&long, 1, " in ".into()),
        (&odd, 2, "".into()),
    ] {
        let (metadata, templates) = (keys(name, 0..count), keys(name, count..2 * count));
        let json = json!({"metadata": metadata, "spec": {"jobTemplate": {"metadata": metadata,
            "spec": {"template": {"metadata": templates}}}}});
        let said = misplaced(kind("CronJob"), &json.to_string());
        assert_eq!(said.len(), 5, "{said:#?}");
        for one in said {
            assert!(one.chars().count() <= 256 && one.contains(&*told) && !one.contains(char::is_control), "{one}");
            assert!(one.contains(" Use spec.jobTemplate.spec.template.metadata.annotations instead. ["), "{one}");
        }
    }
}

#[test]
fn pods_belong_to_what_creates_them() {
    for (group, kind, owner) in [
        ("apps", "Deployment", "ReplicaSet.apps"),
        ("argoproj.io", "Rollout", "ReplicaSet.apps"),
        ("serving.knative.dev", "Service", "ReplicaSet.apps"),
        ("apps.openshift.io", "DeploymentConfig", "ReplicationController"),
        ("batch", "CronJob", "Job.batch"),
        ("", "PodTemplate", ""),
        ("apps", "StatefulSet", "StatefulSet.apps"),
        ("apps.kruise.io", "StatefulSet", "StatefulSet.apps.kruise.io"),
        ("apps.kruise.io", "CloneSet", "CloneSet.apps.kruise.io"),
    ] {
        let found = owner_of_pods(TemplateObject { group, kind, name: "shop" })
            .map(|owner| owner.to_string())
            .unwrap_or_default();
        assert_eq!(found, owner, "{kind}");
    }
}

#[test]
fn a_template_has_the_owner_of_its_pods() {
    let json = r#"{"spec": {"template": {"metadata": {"ownerReferences": [{"kind": "Odd", "apiVersion": "v1"}]}, "spec": {}}}}"#;
    let workload =
        Workload::parse("apps", "StatefulSet", Root::PodTemplate, json).unwrap_or_else(|error| unreachable!("{error}"));
    assert!(workload.template().owner().is_some_and(Owner::is_stateful_set));
}

#[test]
fn the_template_of_any_other_kind_is_found_by_its_shape() {
    let pod = json!({"spec": {"containers": [{"image": "a"}]}});
    for (object, root) in [
        (json!({"spec": {"template": pod}}), Root::PodTemplate),
        (json!({"template": pod}), Root::TopTemplate),
        (json!({"spec": {"jobTemplate": {"spec": {"template": pod}}}}), Root::CronJobTemplate),
        (json!({"spec": {"template": {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}}}), Root::PodTemplate),
    ] {
        assert_eq!(template_in("example.com", "Web", &object), Some(root), "{object}");
    }
    for object in [
        json!({"spec": {"template": {"metadata": {}, "data": {"a": "b"}}}}),
        json!({"spec": {"template": {"spec": {"bootstrap": {}}}}}),
        json!({"spec": {"template": {"spec": {"containers": []}}}}),
        json!({"spec": {"template": {"spec": {"containers": ["a"]}}}}),
        json!({"spec": {"template": {"spec": {"containers": [{"size": 1}]}}}}),
        json!({"spec": {"template": {"spec": {"containers": {"name": "a"}}}}}),
        json!({"spec": {"template": "a"}, "template": [pod]}),
        json!({"spec": {"podTemplate": pod}}),
        json!([{"template": pod}]),
    ] {
        assert_eq!(template_in("example.com", "Web", &object), None, "{object}");
    }
    assert_eq!(template_in("apps", "Deployment", &json!({})), Some(Root::PodTemplate), "by its kind");
}

#[test]
fn an_object_without_a_template_reads_none_of_our_keys() {
    let metadata = json!({"annotations": {"podwright.dev/inject": "true", "podwright.dev/status": "{}", "a": "b"},
        "labels": {"app.podwright.dev/limits": "x"}});
    let json = json!({"metadata": metadata, "spec": 5}).to_string();
    assert_eq!(
        without_template("ConfigMap", &json).unwrap_or_default(),
        [
            "podwright.dev/inject in metadata.annotations of the ConfigMap: podwright reads only Pods and Pod templates, \
             and this object has none. Annotate the Pod template. [NoPodTemplate]",
            "app.podwright.dev/limits in metadata.labels of the ConfigMap: podwright reads only Pods and Pod templates, \
             and this object has none. Annotate the Pod template. [NoPodTemplate]",
        ]
    );
    assert_eq!(without_template("ConfigMap", r#"{"metadata": null}"#).unwrap_or_default(), [""; 0]);
    assert!(without_template("ConfigMap", r#"{"metadata": []}"#).is_err());
}
