//! What can be generated is generated: `UPDATE_GOLDEN=1 cargo test --test docs` writes it, and this compares.

#![allow(clippy::expect_used, missing_docs, reason = "a test may fail")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::annotation::downward::WELL_KNOWN;
use podwright::annotation::keys::KEYS;

const BEGIN: &str = "<!-- keys: written by `UPDATE_GOLDEN=1 cargo test --test docs` from src/annotation/keys.rs -->\n";
const END: &str = "<!-- /keys -->";

fn table() -> String {
    let mut table = "\n| key | value | example | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    for key in KEYS {
        let doc = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(table, "| `{}` | {} | `{}` | {doc} |", key.name, key.grammar, key.example);
    }
    table + "\n"
}

#[test]
fn the_readme_has_the_table_of_keys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the marker before the table");
    let (_, after) = rest.split_once(END).expect("the marker after the table");
    let written = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &written).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).expect("README.md"), written);
}

#[test]
fn the_readme_names_every_well_known_name() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    for (name, _) in WELL_KNOWN {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}
