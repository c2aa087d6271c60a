//! Names and labels from the release and from the values.

use serde_json::{Value, json};
use xtask::helm::Helm;
use xtask::scratch::Scratch;

use super::{FOR_KUBERNETES, chart, helm, templated};
use crate::world::text;

/// Names that YAML reads as a number, a truth value or null, unless they are in quotes.
const ODD: [&str; 4] = ["777", "true", "1e3", "null"];

/// The texts in a rendered object. A name without quotes is none, so it lowers their number.
fn texts(object: &Value) -> Vec<String> {
    match object {
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn texts_stay_texts_although_yaml_would_read_numbers() {
    for odd in ODD {
        let values = [
            "priorityClassName",
            "certificates.secretName",
            "test.namespace",
            "certificates.certManager.issuerRef.name",
            "commonLabels.team",
            "commonAnnotations.team",
            "image.tag",
        ];
        let set = values.map(|value| format!("{value}={odd}")).join(",");
        let monitored = ["--set", "certificates.source=certManager,podMonitor.enabled=true"];
        let objects = templated(Helm::Three, odd, &[&monitored[..], &["--set-string", &set]].concat());
        assert!(objects.len() > 10);
        for object in &objects {
            let metadata = &object["metadata"];
            let namespace = metadata.get("namespace").is_none_or(|namespace| namespace == odd);
            let labels = ["labels", "annotations"].iter().all(|map| metadata[map]["team"] == odd);
            assert!(namespace && labels, "{object}");
        }
        let all: Vec<String> = objects.iter().flat_map(texts).collect();
        let count = all.iter().filter(|text| *text == odd).count();
        assert!(count > 3 * objects.len(), "{odd}: {count}");
        assert!(all.contains(&format!("podwright.{odd}.svc")), "{odd}");
    }
}

/// kustomize refuses a duplicate key.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_label_of_the_values_replaces_the_charts_own() {
    let set = "podMonitor.enabled=true,podMonitor.labels.app\\.kubernetes\\.io/instance=prometheus,\
               commonLabels.app\\.kubernetes\\.io/version=v1,commonAnnotations.team=platform";
    let objects = templated(Helm::Three, "platform", &["--set", set]);
    for object in &objects {
        let metadata = &object["metadata"];
        assert_eq!(metadata["labels"]["app.kubernetes.io/version"], "v1", "{object}");
        assert_eq!(metadata["annotations"]["team"], "platform", "{object}");
    }
    let monitor = objects.iter().find(|object| object["kind"] == "PodMonitor").expect("a PodMonitor");
    assert_eq!(monitor["metadata"]["labels"]["app.kubernetes.io/instance"], "prometheus");
}

/// An upgrade of the release to this chart alone would delete the parent's other objects, so `podwright why` must
/// know about the parent.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn in_a_parent_chart_the_objects_are_part_of_its_release() {
    let parent = Scratch::new().expect("a folder");
    std::fs::create_dir_all(parent.path().join("charts")).expect("made");
    let metadata = json!({"apiVersion": "v2", "name": "platform", "version": "1.0.0",
        "dependencies": [{"name": "podwright", "version": "*.*.*"}]});
    parent.write("Chart.yaml", &metadata.to_string()).expect("written");
    std::os::unix::fs::symlink(chart(), parent.path().join("charts/podwright")).expect("linked");
    let folder = parent.path().to_str().expect("UTF-8");
    let output = helm(Helm::Three, &["template", "edge", folder, "-n", "platform", "--kube-version", FOR_KUBERNETES]);
    let rendered = text(&output.stdout);
    assert!(output.status.success() && rendered.contains("kind: Deployment"), "{}", text(&output.stderr));
    let all: Vec<Value> = serde_saphyr::from_multiple(&rendered).expect("YAML");
    for object in all.iter().filter(|object| !object.is_null()) {
        assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/part-of"], "edge", "{object}");
    }
    let alone = templated(Helm::Three, "platform", &[]);
    assert!(alone.iter().all(|object| object["metadata"]["labels"].get("app.kubernetes.io/part-of").is_none()));
}
