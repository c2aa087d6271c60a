//! Documents with what podwright adds to them, edited in place.

use std::fs;

use serde_json::Value;

use crate::inject::{Patch, inject, pod::Pod};
use crate::manifest::{Document, Object, operations, read};
use crate::profile::{Configuration, OptIn};

/// The patches of everything in a document, as if its Namespace had opted in.
fn patches<'d>(document: &'d Document<'_>) -> Vec<(&'d Object, Patch)> {
    let of = |object: &'d Object| {
        let pod = document.pod_value(object)?;
        let json = serde_json::to_vec(pod).unwrap();
        let opt_in = OptIn::Namespace { profile: "default" };
        let injection = inject(&Pod::parse(&json).unwrap(), opt_in, &Configuration::default(), object.root?).unwrap();
        Some((object, injection.patch?))
    };
    document.objects().iter().filter_map(of).collect()
}

/// The text in place, and what the `json-patch` crate makes of the value.
fn in_place(document: &Document<'_>, patches: &[(&Object, Patch)]) -> (Option<String>, Value) {
    let patches: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
    let text = document.edited_in_place(&operations(&patches).unwrap());
    let mut value = document.value().clone();
    for (object, patch) in patches {
        let operations: json_patch::Patch = serde_json::from_slice(patch.as_json()).unwrap();
        json_patch::patch(value.pointer_mut(&object.pointer).unwrap(), &operations).unwrap();
    }
    (text, value)
}

#[test]
fn the_corpus_is_edited_in_place() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut edited = 0;
    for file in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
    {
        let text = fs::read_to_string(&file).unwrap();
        let stream = read(&text).unwrap();
        let mut changed = std::collections::BTreeMap::new();
        for (number, document) in stream.documents().iter().enumerate() {
            let patches = patches(document);
            if patches.is_empty() {
                continue;
            }
            let (in_place, value) = in_place(document, &patches);
            let in_place = in_place.unwrap();
            assert_eq!(read(&in_place).unwrap().documents()[0].value(), &value, "{in_place}");
            assert!(is_within(document.text(), &in_place), "{in_place}");
            changed.insert(number, in_place);
            edited += 1;
        }
        if let Ok(out) = std::env::var("OUT") {
            fs::write(format!("{out}/{}", file.file_name().unwrap().to_str().unwrap()), stream.with(&changed)).unwrap();
        }
    }
    assert!(edited > 20, "{edited}");
}

/// Whether every line of a text is in another one, in order; but that a value may be another one where the old was empty,
/// or is one that podwright replaces.
fn is_within(text: &str, other: &str) -> bool {
    let key = |line: &str| line.split_once(':').map(|(key, rest)| (key.to_owned(), rest.trim().to_owned()));
    let replaced = |line: &str, other: &str| match (key(line), key(other)) {
        (Some((key, value)), Some((other, _))) => {
            let empty = matches!(value.as_str(), "" | "{}" | "[]" | "null" | "~");
            key == other && (empty || key.ends_with("terminationGracePeriodSeconds") || key.contains("podwright"))
        }
        _ => false,
    };
    let mut lines = other.lines();
    text.lines().all(|line| lines.any(|other| other == line || replaced(line, other)))
}
