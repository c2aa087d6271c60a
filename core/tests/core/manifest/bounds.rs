//! The largest, deepest and strangest manifests.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use podwright_core::manifest::read;
use podwright_core::profile::OptIn;

use super::{edited, patches};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web # a comment\n  annotations:\n    \
    podwright.dev/inject: \"true\"\nspec:\n  containers:\n  - name: web\n    image: registry.example.com/web:1\n    \
    env:\n    - name: A\n      value: \"1\"\n";

/// Enough for a debug build on a busy machine; quadratic code takes hours.
const MOST: Duration = Duration::from_secs(60);

/// Reads a text and edits everything in it.
fn all(text: &str) -> String {
    let started = Instant::now();
    let stream = read(text).unwrap();
    let mut changed = BTreeMap::new();
    for (number, document) in stream.documents().iter().enumerate() {
        changed.insert(number, edited(document, &patches(document, OptIn::Pod)));
    }
    let with = stream.with(&changed);
    assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
    with
}

#[test]
fn many_documents() {
    let text = format!("{POD}---\n").repeat(10_000);
    assert_eq!(read(&text).unwrap().documents().len(), 10_000);
    all(&format!("{POD}---\n").repeat(1_000));
}

#[test]
fn a_large_list() {
    let item = POD.replace('\n', "\n  ");
    let items = format!("- {}\n", item.trim_end()).repeat(1_000);
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{items}");
    all(&text);
}

#[test]
fn a_large_list_on_one_line() {
    let item = read(POD).unwrap().documents()[0].value().to_string();
    let items = vec![item; 1_000].join(",");
    all(&format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{items}]}}"));
}

#[test]
fn a_large_document() {
    let lines = "    a line of text\n".repeat(300_000);
    let text = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n{lines}");
    let wide: String = (0..300_000).map(|n| format!("  key-{n}: value of this key\n")).collect();
    let wide = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{wide}");
    for text in [text, wide] {
        let started = Instant::now();
        assert_eq!(read(&text).unwrap().documents().len(), 1);
        assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
    }
}

#[test]
fn the_deepest() {
    let deepest = |open: &str, close: &str, depth: usize| format!("a: {}{}", open.repeat(depth), close.repeat(depth));
    assert!(read(&deepest("[", "]", 150)).is_ok());
    for text in [deepest("[", "]", 100_000), deepest("{a: ", "}", 100_000), format!("a:\n{}", "- ".repeat(100_000))] {
        assert!(read(&text).is_err());
    }
    let indented: String = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(read(&indented).is_err());
}

#[test]
fn bombs() {
    let levels: String = (1..30).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(10))).collect();
    let bomb = read(&format!("a0: &a0 [x, y]\n{levels}")).unwrap_err();
    assert!(bomb.to_string().contains("aliases repeat too much"), "{bomb}");
    let merges: String = (1..30).map(|n| format!("a{n}: &a{n} {{<<: [*a{0}, *a{0}], k{n}: *a{0}}}\n", n - 1)).collect();
    assert!(read(&format!("a0: &a0 {{k: v}}\n{merges}")).is_err());
    let itself = read("a: &a\n  b: *a\n").unwrap_err();
    assert_eq!((itself.position.line, itself.position.column), (2, 6), "{itself}");
    let one = "x".repeat(1024 * 1024);
    assert!(read(&format!("a: &a {one}\nb: [{}]\n", "*a,".repeat(100_000))).is_err());
}

#[test]
fn a_sentence_repeats_little_of_the_text_and_on_one_line() {
    let long = "x".repeat(5_000);
    for text in [format!("{long}: 1\n{long}: 2"), format!("\"\\e{long}\": 1\n\"\\e{long}\": 2")] {
        let sentence = read(&text).unwrap_err().to_string();
        assert!(sentence.chars().count() < 250 && !sentence.contains(char::is_control), "{sentence:?}");
        // The expected value, or the other place, comes after the quoted text.
        assert!(sentence.contains("...") && !sentence.ends_with("..."), "{sentence}");
    }
}
