//! Monitoring as objects: rules, their tests for promtool, the dashboard and the component `monitoring` are made from the
//! tables in src/server/metrics. `UPDATE_GOLDEN=1 cargo test --test cli monitoring` writes them, and every query is checked.

mod component;
mod dashboard;
mod page;
mod promql;
mod queries;
mod rules;
mod scenarios;

use std::fs;
use std::path::Path;

pub(crate) use page::alerts;

/// Compares a file with its expected text, or writes it.
fn is_current(path: &str, expected: &str) {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&full, expected).expect("writable");
    }
    let present = fs::read_to_string(&full).unwrap_or_default();
    assert!(present == expected, "{path} is out of date; UPDATE_GOLDEN=1 writes it. Expected:\n{expected}");
}

/// The text with more spaces before each line that has text.
fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{:by$}{line}", "") };
    text.split_inclusive('\n').map(line).collect()
}
