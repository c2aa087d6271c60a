//! Values of texts, compared with the results of kubectl's decoder (`k8s.io/apimachinery` 0.36).

use serde_json::{Value, json};

use crate::inject::Root;
use crate::manifest::read;
use crate::text::Position;

fn values(text: &str) -> Vec<Value> {
    let stream = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    stream.documents().iter().map(|document| document.value().clone()).filter(|value| !value.is_null()).collect()
}

/// Line, column and a part of the sentence.
fn refused(text: &str, line: usize, column: usize, part: &str) {
    let error = read(text).map(|_| ()).unwrap_err();
    assert_eq!((error.position.line, error.position.column), (line, column), "{text:?}: {error}");
    assert!(error.to_string().contains(part), "{text:?}: {error}");
}

#[test]
fn scalars() {
    for (text, value) in [
        ("0644", json!(420)),
        ("0o644", json!(420)),
        ("08", json!(8)),
        ("00", json!(0)),
        ("0x1F", json!(31)),
        ("0b11", json!(3)),
        ("-0b11", json!(-3)),
        ("1_000", json!(1000)),
        ("+1", json!(1)),
        ("1.0", json!(1)),
        ("1e3", json!(1000)),
        (".5", json!(0.5)),
        ("1.5e-7", json!(1.5e-7)),
        ("1e400", json!("1e400")),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("0x", json!("0x")),
        ("1:30", json!("1:30")),
        ("2001-01-01", json!("2001-01-01")),
        ("2001-01-01T00:00:00Z", json!("2001-01-01T00:00:00Z")),
        ("yes", json!(true)),
        ("n", json!(false)),
        ("Off", json!(false)),
        ("oN", json!("oN")),
        ("True", json!(true)),
        ("~", Value::Null),
        ("Null", Value::Null),
        ("", Value::Null),
        ("nil", json!("nil")),
        ("./run_server", json!("./run_server")),
        ("../conf_d/a", json!("../conf_d/a")),
        ("..", json!("..")),
        (".hidden_file", json!(".hidden_file")),
        ("._5", json!("._5")),
        (".5_", json!(".5_")),
        (".1_0", json!(0.1)),
        (".1__0", json!(".1__0")),
        (".1_0e1_0", json!(1_000_000_000)),
        ("-_1", json!(-1)),
        ("-my_flag", json!("-my_flag")),
        ("+x_y", json!("+x_y")),
        ("1_000x", json!("1_000x")),
        ("2024_01", json!(202_401)),
        ("--.inf", json!("--.inf")),
        ("'yes'", json!("yes")),
        ("\"0644\"", json!("0644")),
        ("!!str 12", json!("12")),
        ("!!str", json!("")),
        ("!!int '3'", json!(3)),
        ("!!float 3", json!(3)),
        // JSON has this one as well, and keeps the fraction.
        ("8.0", json!(8)),
        ("=", json!("=")),
        ("100m", json!("100m")),
        ("1.2.3", json!("1.2.3")),
        ("|\n  x\n\n", json!("x\n")),
        ("|+\n  x\n", json!("x\n\n")),
        (">-\n  x\n  y\n\n  z\n", json!("x y\nz")),
        ("x\n  y", json!("x y")),
    ] {
        assert_eq!(values(&format!("a: {text}\n")), [json!({"a": value})], "{text}");
    }
}

#[test]
fn marks_in_brackets_that_are_text() {
    let text = "a: [tar, xf, -]\nb: [-,-, host:]\nc: {d: -}\ne: {f: g, -}\nh: [é b:, \"x-,\", x] # [-]\n";
    assert_eq!(
        values(text),
        [json!({"a": ["tar", "xf", "-"], "b": ["-", "-", "host:"], "c": {"d": "-"}, "e": {"f": "g", "-": null},
            "h": ["é b:", "x-,", "x"]})]
    );
    assert_eq!(values("a: [b: ]\n"), [json!({"a": [{"b": null}]})]);
    let many = |count: usize| format!("a: [{}]\n", vec!["-"; count].join(","));
    assert_eq!(values(&many(64)), [json!({"a": vec!["-"; 64]})]);
    refused(&many(65), 1, 133, "cannot start with '-'");
}

#[test]
fn tabs_that_are_no_indentation() {
    let text = "a:\t1 \t# c\nb: |\n  x\n  \ty\n\nd: {\n  e: f,\n\t}\ng: x\n  \ty\n";
    assert_eq!(values(text), [json!({"a": 1, "b": "x\n\ty\n", "d": {"e": "f"}, "g": "x y"})]);
    assert_eq!(values("a: 1\n---\n{\n\t\"b\": [\n\t\t1\n\t]\n}\n"), [json!({"a": 1}), json!({"b": [1]})]);
}

#[test]
fn keys_are_strings() {
    assert_eq!(values("0644: a\nyes: b\n'1': c\n"), [json!({"420": "a", "true": "b", "1": "c"})]);
    refused("a: b\n1.5: c\n", 2, 1, "expected quotes");
    refused("a: b\n~: c\n", 2, 1, "null");
    refused("? [a]\n: c\n", 1, 3, "expected a string");
    refused("a: {b:, c: d}\n", 1, 5, "expected a space");
}

#[test]
fn streams() {
    let objects = [json!({"a": 1}), json!({"b": 2})];
    for text in [
        "a: 1\n---\nb: 2\n",
        "---\na: 1\n--- # comment\n---\n# none\n---\nb: 2",
        "\u{feff}a: 1\r\n---\r\nb: 2\r\n",
        "\u{feff}{\"a\": 1} {\"\\u0062\": 2}",
        "{\"a\": 1}{\"b\": 2}",
        "{\"a\": 1}\n\n {\"b\":\t2}\n",
        "{\"a\": 1}\n---\nb: 2\n",
        "{\"a\": 1}\n---\n{\"b\": 2}\n---\n",
        "{a: 1}\n---\n{b: 2}\n",
        "a: 1\n...\n---\nb: 2\n...\n# the end\n",
    ] {
        assert_eq!(values(text), objects, "{text:?}");
    }
    for text in ["", "\n", "---\n", "# c\n", "---\n---\n", "null\n", "~"] {
        assert!(values(text).is_empty(), "{text:?}");
    }
}

#[test]
fn what_is_refused() {
    refused("a: 1\n--- b: 2\n", 2, 4, "as a separator");
    refused("a: 1\n-----BEGIN\n", 2, 4, "as a separator");
    refused("a: 1\n...\nb: 2\n", 3, 1, "text after `...`");
    refused("---\n...\na: 1\n", 2, 1, "before the document's content");
    refused("%YAML 1.2\n---\na: 1\n", 1, 1, "directive");
    refused("a: 1\nb: 2\na: 3\n", 3, 1, "first set on line 1");
    refused("x: 1\n---\na: {b: 1, 'b': 2}\n", 3, 11, "first set on line 3");
    refused("{\"a\": 1,\n \"a\": 2}\n", 2, 2, "first set on line 1");
    refused("a:\n\tb: 1\n", 2, 2, "tab");
    refused("a:\n  b: 1\n \t\nc: 2\n", 3, 2, "tab in the indentation");
    refused("a: 1\n\t# c\nb: 2\n", 2, 1, "tab");
    refused("a: 1\rb: 2\n", 1, 5, "carriage return");
    refused("a: \u{7}\n", 1, 4, "U+0007");
    refused("é: \u{2028}\n", 1, 4, "U+2028");
    refused("a: 1\n---\n\u{feff}b: 2\n", 3, 1, "byte order mark");
    refused("- a\n", 1, 1, "a list");
    refused("# c\n\ntext\n", 3, 1, "a single value");
    refused("kind: List\nitems:\n- a\n", 3, 3, "not an object");
    refused("a: .inf\n", 1, 4, "not a number in JSON");
    refused("a: !foo b\n", 1, 9, "tag");
    refused("a: !!int b\n", 1, 10, "type");
    refused("a: *b\n", 1, 4, "anchor");
    refused("a: \"\\/\"\n", 1, 4, "JSON escape");
    refused("{\"a\": 1}\n{\"b\": 2}\n{\"c\": }\n", 3, 7, "invalid JSON");
    refused("{\"a\": 1e400}\n", 1, 11, "out of range");
}

#[test]
fn merges_are_those_of_kubectl() {
    let text = "a: &a {x: 1, w: 2}\nb: &b {w: 3}\nc: {x: 0, <<: *a, w: 5}\nd: {<<: [*a, *b]}\ne: {<<: {z: 1}}\n";
    let value = values(text).remove(0);
    assert_eq!(value["c"], json!({"x": 1, "w": 5}));
    assert_eq!(value["d"], json!({"x": 1, "w": 2}));
    assert_eq!(value["e"], json!({"z": 1}));
    refused("a: {<<: 1}\n", 1, 9, "mapping");
    refused("a: &a [{b: c}]\nd: {<<: *a}\n", 2, 9, "mapping");
}

#[test]
fn objects_of_lists() {
    let text = "# c\nkind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {generateName: a-}\n\
        - kind: CronJob\n  apiVersion: batch/v1\n  metadata:\n    name: b\n    namespace: ns\n- {}\n- kind: Deployment\n  apiVersion: x/v1\n";
    let stream = read(text).unwrap();
    let shown = |object: &crate::manifest::Object| {
        let name = object.namespace.clone().unwrap_or_default() + "/" + &object.name;
        (object.kind.clone(), name, (object.line, object.column), object.pointer.to_string(), object.root)
    };
    let objects: Vec<_> = stream.documents()[0].objects().iter().map(shown).collect();
    let object =
        |kind: &str, name: &str, place, pointer: &str, root| (kind.into(), name.into(), place, pointer.into(), root);
    assert_eq!(
        objects,
        [
            object("Pod", "/a-*", (8, 5), "/items/0/items/0", Some(Root::Pod)),
            object("CronJob", "ns/b", (9, 3), "/items/1", Some(Root::CronJobTemplate)),
            object("", "/", (14, 3), "/items/2", None),
            object("Deployment", "/", (15, 3), "/items/3", None),
        ]
    );
}

#[test]
fn places_of_keys_and_pointers() {
    let text = "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  annotations: {a: x}\nspec:\n  template:\n    metadata:\n      \
        labels:\n        b/c: y\n        a: z\n";
    let stream = read(text).unwrap();
    let document = &stream.documents()[0];
    let place = |key| {
        let place = document.place_of(&document.objects()[0], key);
        (place.line, place.column)
    };
    assert_eq!(place("b/c"), (9, 9));
    assert_eq!(place("a"), (10, 9));
    assert_eq!(place("none"), (1, 1));
    assert_eq!(place(&["", "metadata", "annotations", "a"].join("/")), (4, 17));
}

#[test]
fn places_count_from_one() {
    let text = "# c\n---\nkind: Pod\nmetadata:\n  labels: {é: x, k: v}\n";
    let stream = read(text).unwrap();
    let document = &stream.documents()[1];
    assert_eq!(document.place_of(&document.objects()[0], "k"), crate::text::Position { line: 5, column: 18 });
}

#[test]
fn a_position_leads_back_to_its_path() {
    let text = "kind: List\nitems:\n- metadata: {name: a}\n  spec: &spec\n    list:\n    - one\n    - {two: 2}\n- metadata:\n    \
                labels:\n      a/b: c\n  spec: *spec\n";
    let stream = read(text).unwrap_or_else(|error| unreachable!("{error}"));
    let [document] = stream.documents() else { unreachable!("one document") };
    let [first, second] = document.objects() else { unreachable!("two objects") };
    let path =
        |object, line, column| document.path_to(object, Position { line, column }).map(|path| path.as_str().to_owned());
    assert_eq!(path(first, 6, 7).as_deref(), Some("/spec/list/0"));
    assert_eq!(path(first, 7, 8).as_deref(), Some("/spec/list/1/two"));
    assert_eq!(path(second, 10, 7).as_deref(), Some("/metadata/labels/a~1b"));
    assert_eq!(path(first, first.line, first.column), None, "the object itself");
    assert_eq!(path(second, 6, 7), None, "another object, also behind its alias");
    assert_eq!(path(first, 5, 2), None, "between two values");
}
