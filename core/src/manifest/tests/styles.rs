//! One edit for each style, with the exact new text.

use std::collections::BTreeMap;

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, PatchOperation, ReplaceOperation};
use serde_json::{Value, json};

use crate::manifest::edit::Changes;
use crate::manifest::{Document, read};

/// Returns the first document edited in place, or `None` if that is impossible.
fn in_place(text: &str, operations: &[PatchOperation]) -> Option<String> {
    let stream = read(text).unwrap();
    let document: &Document<'_> = &stream.documents()[0];
    let mut changes = Changes::default();
    for operation in operations {
        changes.add(document.root.as_ref()?, operation.path(), operation)?;
    }
    let edited = document.spliced(&changes)?;
    let mut value = document.value().clone();
    json_patch::patch(&mut value, operations).unwrap();
    assert_eq!(read(&edited).unwrap().documents()[0].value, value, "{edited}");
    Some(edited)
}

fn add(path: &str, value: Value) -> PatchOperation {
    PatchOperation::Add(AddOperation { path: PointerBuf::parse(path).unwrap(), value })
}

fn replace(path: &str, value: Value) -> PatchOperation {
    PatchOperation::Replace(ReplaceOperation { path: PointerBuf::parse(path).unwrap(), value })
}

fn added(text: &str, path: &str, value: Value, expected: &str) {
    assert_eq!(in_place(text, &[add(path, value)]).as_deref(), Some(expected), "{text}");
}

#[test]
fn members() {
    let probe = json!({"failureThreshold": 3, "httpGet": {"path": "/x", "port": "http"}});
    added(
        "a:\n  b: c # d\n\n# e\nf: g\n",
        "/a/p",
        probe.clone(),
        "a:\n  b: c # d\n  p:\n    httpGet:\n      path: /x\n      port: http\n    failureThreshold: 3\n\n# e\nf: g\n",
    );
    added("l:\n- a: b\n  c:\n  - d\n", "/l/0/e", json!("true"), "l:\n- a: b\n  c:\n  - d\n  e: \"true\"\n");
    added("a:\n    b: |\n      c\n\n\nd: e", "/a/f", json!(1), "a:\n    b: |\n      c\n    f: 1\n\n\nd: e");
    added("a:\n    b: |+\n      c\n\n\nd: e", "/a/f", json!(1), "a:\n    b: |+\n      c\n\n\n    f: 1\nd: e");
    added("a: b", "/c", json!([1]), "a: b\nc:\n- 1");
    added("a: b\r\n", "/c", json!({"d": "e"}), "a: b\r\nc:\r\n  d: e\r\n");
    added("a: {b: c}\n", "/a/d", json!({"e": "f, g"}), "a: {b: c, d: {e: 'f, g'}}\n");
    added("a: {b: c,}\n", "/a/d", json!(1), "a: {b: c, d: 1,}\n");
    added("a: {} # x\n", "/a/b", json!(1), "a: # x\n  b: 1\n");
    added("a:\n", "/a", json!({"b": 1}), "a:\n  b: 1\n");
    added("a: null # x\nb: c\n", "/a", json!([1]), "a: # x\n- 1\nb: c\n");
    added("{\"a\": {\"b\": 1}}", "/a/c", json!(["x"]), "{\"a\": {\"b\": 1, \"c\": [\"x\"]}}");
    added(
        "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n",
        "/a/c",
        json!({"d": [true]}),
        "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": {\n      \"d\": [\n        true\n      ]\n    }\n  }\n}\n",
    );
}

#[test]
fn items() {
    added("a:\n# c\n- x: 1\n", "/a/0", json!({"k": 2, "name": "m"}), "a:\n- name: m\n  k: 2\n# c\n- x: 1\n");
    added("a:\n  - x\n  # c\n  - z\n", "/a/1", json!("v"), "a:\n  - x\n  - v\n  # c\n  - z\n");
    added("a:\n  - x # c\nb: c\n", "/a/-", json!({}), "a:\n  - x # c\n  - {}\nb: c\n");
    added("a:\n  - x:\n      y: z\n", "/a/-", json!([["b"], 1]), "a:\n  - x:\n      y: z\n  - - - b\n    - 1\n");
    added("a: [x, y]\n", "/a/1", json!("z"), "a: [x, z, y]\n");
    added("a: [x, y]\n", "/a/-", json!("z"), "a: [x, y, z]\n");
    added("a: []\n", "/a/-", json!("z"), "a:\n- z\n");
    added("b:\n  - c\na: []\n", "/a/0", json!("z"), "b:\n  - c\na:\n  - z\n");
    added("a: [\n  1\n ]", "/a/-", json!(2), "a: [\n  1,\n  2\n ]");
}

#[test]
fn several_at_once() {
    let operations = [
        add("/a/0/l/0", json!("m")),
        add("/a/0/l/1", json!("p")),
        add("/a/0/e", json!(1)),
        add("/a/-", json!({"b": 2})),
        replace("/g", json!(35)),
        add("/h", json!("no")),
    ];
    let text = "g: 30 # seconds\na:\n- b: c\n  l:\n  - x\n";
    let expected = "g: 35 # seconds\na:\n- b: c\n  l:\n  - m\n  - p\n  - x\n  e: 1\n- b: 2\nh: \"no\"\n";
    assert_eq!(in_place(text, &operations).as_deref(), Some(expected));
}

#[test]
fn replaced_scalars() {
    let replaced = |text: &str, value| in_place(text, &[replace("/a", value)]).unwrap();
    assert_eq!(replaced("a: 'x' # c\nb: d\n", json!("z")), "a: z # c\nb: d\n");
    assert_eq!(replaced("a: |\n  x\n\n  y\n\nb: d\n", json!("{\"z\":1}")), "a: '{\"z\":1}'\n\nb: d\n");
    assert_eq!(replaced("a: # c\nb: d\n", json!(1)), "a: 1 # c\nb: d\n");
    assert_eq!(replaced("{\"a\": 1}", json!("x")), "{\"a\": \"x\"}");
}

#[test]
fn shared_values_are_not_touched() {
    let added = |text, path| in_place(text, &[add(path, json!(1))]);
    assert_eq!(added("a: &x {b: 1}\nc: *x\n", "/c/d"), None);
    assert_eq!(added("a: &x\n  b:\n    c: 1\nd:\n  <<: *x\n", "/d/b/e"), None);
    assert_eq!(added("a: &x\n  b: 1\nc: d\n", "/a/e").as_deref(), Some("a: &x\n  b: 1\n  e: 1\nc: d\n"));
    assert_eq!(
        added("a: &x\n  b: 1\nd:\n  <<: *x\n", "/d/e").as_deref(),
        Some("a: &x\n  b: 1\nd:\n  <<: *x\n  e: 1\n")
    );
}

#[test]
fn a_stream_with_some_documents_changed() {
    let text = "\u{feff}# one\na: 1\n--- # two\nb: 2\n---\nc: 3";
    let stream = read(text).unwrap();
    let changed = |number, new: &str| stream.with(&BTreeMap::from([(number, new.to_owned())]));
    assert_eq!(changed(1, "b: 4"), "\u{feff}# one\na: 1\n--- # two\nb: 4\n---\nc: 3");
    assert_eq!(changed(2, "c: 4\n"), "\u{feff}# one\na: 1\n--- # two\nb: 2\n---\nc: 4\n");
    assert_eq!(changed(7, "none"), text);
}
