//! Manifests in any style that people write, with podwright's fields: the value equals that of the patch, and the
//! author's text is still there.

mod bounds;
mod styles;

use std::collections::BTreeMap;

use podwright_core::inject::{Patch, Refused, inject, pod::Pod};
use podwright_core::manifest::{Document, Edited, Object, read};
use podwright_core::profile::{Configuration, OptIn};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use styles::Style;

use crate::{config, generate};

/// The patches of everything in a document.
fn patches<'d>(document: &'d Document<'_>, opt_in: OptIn<'_>) -> Vec<(&'d Object, Patch)> {
    let of = |object: &'d Object| {
        let json = serde_json::to_vec(document.pod_value(object)?).unwrap();
        match inject(&Pod::parse(&json).unwrap(), opt_in, &Configuration::default(), object.root?) {
            Ok(injection) => Some((object, injection.patch?)),
            Err(Refused::Faults(_)) => None,
            Err(Refused::Unwritable(error)) => panic!("{error}"),
        }
    };
    document.objects().iter().filter_map(of).collect()
}

fn edited(document: &Document<'_>, patches: &[(&Object, Patch)]) -> String {
    let patches: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
    document.edited(&patches).unwrap().text
}

/// Applies the patches with the `json-patch` crate.
fn patched(document: &Document<'_>, patches: &[(&Object, Patch)]) -> Value {
    let mut value = document.value().clone();
    for (object, patch) in patches {
        let operations: json_patch::Patch = serde_json::from_slice(patch.as_json()).unwrap();
        json_patch::patch(value.pointer_mut(object.pointer.as_str()).unwrap(), &operations).unwrap();
    }
    value
}

/// A Pod, a workload of Kubernetes' own or another kind, a List or a List in a List.
fn manifest() -> impl Strategy<Value = Value> {
    let workload = (generate::pod(), 0..5).prop_map(|(mut pod, kind)| {
        let template = json!({"metadata": pod["metadata"].take(), "spec": pod["spec"].take()});
        let metadata = json!({"name": "generated", "namespace": "n"});
        match kind {
            0 => json!({"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"]}),
            1 => json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {
                "replicas": 2, "template": template}}),
            2 => json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": metadata, "template": template}),
            3 => json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": {
                "template": template}}),
            _ => json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": {
                "jobTemplate": {"spec": {"template": template}}, "schedule": "*/5 * * * *"}}),
        }
    });
    (proptest::collection::vec(workload, 1..4), 0..4).prop_map(|(mut objects, kind)| match kind {
        0 => json!({"apiVersion": "v1", "kind": "List", "items": objects}),
        1 => json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "x\n  y\n\n"}},
            {"apiVersion": "v1", "kind": "List", "items": objects}]}),
        _ => objects.swap_remove(0),
    })
}

fn opt_in() -> impl Strategy<Value = OptIn<'static>> {
    select(vec![OptIn::Pod, OptIn::Namespace { profile: "default" }])
}

proptest! {
    #![proptest_config(config(1))]

    #[test]
    fn an_edit_says_what_the_patch_says_and_keeps_the_text(
        value in manifest(),
        opt_in in opt_in(),
        seed in any::<u64>(),
    ) {
        let text = Style::new(seed).write(&value);
        let stream = read(&text).unwrap_or_else(|error| panic!("{error} on line {}\n{text}", error.position.line));
        let full: Vec<_> = stream.documents().iter().filter(|document| !document.objects().is_empty()).collect();
        prop_assert_eq!(full.len(), 1, "{}", text);
        let document = full[0];
        prop_assert_eq!(document.value(), &value, "{}", text);
        prop_assert_eq!(stream.with(&BTreeMap::new()), text.as_str());

        let patches = patches(document, opt_in);
        let new = edited(document, &patches);
        let borrowed: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
        prop_assert_eq!(document.edited(&borrowed).unwrap(), Edited { text: new.clone(), anew: false });
        let again = read(&new).unwrap();
        let again = again.documents().iter().find(|document| !document.objects().is_empty()).unwrap();
        prop_assert_eq!(again.value(), &patched(document, &patches), "{}\n{}", text, new);
        prop_assert!(self::patches(again, opt_in).is_empty(), "{}", new);
        keeps(document.text(), &new)?;
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", lines in proptest::collection::vec(line(), 0..12)) {
        survives(&text);
        survives(&lines.concat());
    }
}

/// A line of typical pieces of YAML.
fn line() -> impl Strategy<Value = String> {
    let parts = select(vec![
        "apiVersion: v1\n",
        "kind: Pod\n",
        "metadata:\n",
        "spec:\n",
        "containers:\n",
        "  ",
        "    ",
        "- ",
        "name: a\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ": ",
        ":",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "<<: *a\n",
        "!!str ",
        "\"",
        "'",
        "#",
        " # c\n",
        "---\n",
        "...\n",
        "\t",
        "\r\n",
        "\u{feff}",
        "\u{2028}",
        "é",
        "~",
        "? ",
        "\\",
        "%YAML 1.1\n",
        "annotations: {podwright.dev/inject: \"true\"}\n",
        "- name: a\n",
        "env: []\n",
        "resources: {}\n",
        "env:\n",
        "x",
        "0",
        "\n",
    ]);
    proptest::collection::vec(parts, 1..6).prop_map(|parts| parts.concat())
}

fn survives(text: &str) {
    let read = podwright_core::manifest::read(text);
    let _ = podwright_core::manifest::foreign(text, read.as_ref());
    let Ok(stream) = read else { return };
    assert_eq!(stream.with(&BTreeMap::new()), text);
    for document in stream.documents() {
        for object in document.objects() {
            let _ = (document.object_value(object), document.place_of(object, "a"), document.place_of(object, "/a/0"));
            let Some(pod) = document.pod_value(object) else { continue };
            let json = serde_json::to_vec(pod).unwrap();
            let Ok(pod) = Pod::parse(&json) else { continue };
            let opt_in = OptIn::Namespace { profile: "default" };
            let injection = inject(&pod, opt_in, &Configuration::default(), object.root.unwrap());
            let Some(patch) = injection.ok().and_then(|injection| injection.patch) else { continue };
            let patches = [(object, patch)];
            let new = edited(document, &patches);
            let full = podwright_core::manifest::read(&new).unwrap();
            let full = full.documents().iter().find(|document| !document.objects().is_empty()).unwrap().value().clone();
            assert_eq!(full, patched(document, &patches));
        }
    }
}

#[test]
fn manifests_that_others_wrote_are_edited_in_place() {
    let files = std::fs::read_dir(crate::root().join("tests/corpus")).unwrap().map(|entry| entry.unwrap().path());
    let mut changed = 0;
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for document in read(&text).unwrap().documents() {
            let patches = patches(document, OptIn::Namespace { profile: "default" });
            let borrowed: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
            let Edited { text: new, anew } = document.edited(&borrowed).unwrap();
            assert!(!anew, "{new}");
            changed += usize::from(new != document.text());
            assert!(patches.is_empty() || new != document.text(), "{} line {}", file.display(), document.line());
            if !patches.is_empty() {
                assert_eq!(read(&new).unwrap().documents()[0].value(), &patched(document, &patches));
                keeps(document.text(), &new).unwrap();
            }
        }
    }
    assert!(changed > 20, "{changed}");
}

#[test]
fn what_aliases_share_is_written_out_and_stays_apart() {
    let text = "# license\n\n# of two\nkind: List\napiVersion: v1\nitems:\n- kind: Pod # first\n  apiVersion: v1\n  \
        metadata: {name: a, annotations: {podwright.dev/pre-stop-sleep: 5s}}\n  spec: &spec\n    containers:\n    \
        - image: x\n      name: web\n      args: [\"|\\n\", \"a\\nb\"]\n- kind: Pod\n  apiVersion: v1\n  \
        metadata: {name: b}\n  spec: *spec\n";
    let stream = read(text).unwrap();
    let document = &stream.documents()[0];
    let patches = patches(document, OptIn::Pod);
    assert_eq!(patches.len(), 1);
    let borrowed: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
    assert!(document.edited(&borrowed).unwrap().anew);
    let new = edited(document, &patches);
    assert_eq!(read(&new).unwrap().documents()[0].value(), &patched(document, &patches), "{new}");
    let start = "# license\n\n# of two\nkind: List\napiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata:\n    \
        name: a\n";
    assert!(new.starts_with(start), "{new}");
    let end = "- kind: Pod\n  apiVersion: v1\n  metadata:\n    name: b\n  spec:\n    containers:\n    - image: x\n      \
        name: web\n      args:\n      - \"|\\n\"\n      - |-\n        a\n        b\n";
    assert!(new.ends_with(end), "{new}");
}

/// Every line of the author's is there, in order. A line with brackets or a replaced value keeps at least its comment.
fn keeps(text: &str, new: &str) -> Result<(), TestCaseError> {
    let endings = |text: &str| (text.contains("\r\n"), text.ends_with('\n'));
    prop_assert_eq!(endings(text), endings(new));
    let mut lines = new.lines();
    for line in text.lines() {
        let replaced = line.contains(['{', '}', '[', ']', ','])
            || line.contains("termination")
            || line.contains("null")
            || line.contains('~')
            || line.contains("podwright.dev")
            || line.trim_end().ends_with(':');
        let comment = line.rsplit_once("# c").map(|(_, comment)| format!("# c{comment}"));
        let found = match (replaced, comment) {
            // In brackets, the previous last item gets a comma.
            (false, _) => lines.any(|other| other == line || other.strip_suffix(',') == Some(line)),
            (true, Some(comment)) => lines.any(|other| other.ends_with(&comment)),
            (true, None) => true,
        };
        prop_assert!(found, "{line:?} is gone:\n{text}\n---\n{new}");
    }
    Ok(())
}
