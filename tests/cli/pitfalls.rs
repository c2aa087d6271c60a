//! `docs/pitfalls.md` against the tests: each row names existing tests, and each row's tests are in the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The row numbers of the table.
fn rows() -> BTreeSet<u32> {
    (1..=34).chain(36..=40).collect()
}

/// The tests in the table, each with the number of its row.
fn named() -> BTreeSet<(u32, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pitfalls.md");
    let text = fs::read_to_string(path).expect("docs/pitfalls.md");
    let mut named = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{line}");
        let row = cells[0].trim().parse().expect(line);
        let tests = cells[3].split('`').skip(1).step_by(2).map(|test| (row, test.to_owned()));
        let before = named.len();
        named.extend(tests);
        assert!(named.len() > before, "row {row} names no test of its own");
    }
    named
}

/// The test functions called `row_NN_…` in this folder, each with its number.
fn there(folder: &Path) -> BTreeSet<(u32, String)> {
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            there.extend(there_in_folder_or_none(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            there.extend(tests_of(&fs::read_to_string(&path).expect("readable")));
        }
    }
    there
}

fn there_in_folder_or_none(folder: &Path) -> BTreeSet<(u32, String)> {
    if folder.ends_with("golden") { BTreeSet::new() } else { there(folder) }
}

/// The attribute is in one of the three lines before the name, perhaps in a comment.
fn tests_of(source: &str) -> BTreeSet<(u32, String)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut tests = BTreeSet::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(name) = line.trim().strip_prefix("fn row_").and_then(|rest| rest.split('(').next()) else { continue };
        let row = name.split('_').next().and_then(|number| number.parse().ok()).expect(line);
        let is_test = lines[n.saturating_sub(3)..n].iter().any(|line| line.trim() == "#[test]");
        assert!(is_test, "{name} is called like a test and is none");
        tests.insert((row, format!("row_{name}")));
    }
    tests
}

#[test]
fn every_row_names_its_tests_and_every_test_has_its_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (named, there) =
        (named(), ["tests", "core/tests"].iter().flat_map(|folder| there(&root.join(folder))).collect());
    let none: Vec<&(u32, String)> = Vec::new();
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), none, "named and not there");
    assert_eq!(there.difference(&named).collect::<Vec<_>>(), none, "there and not named");
    let numbers: BTreeSet<u32> = named.iter().map(|(row, _)| *row).collect();
    assert_eq!(numbers, rows());
}
