//! The pure modules name nothing that touches the machine, and no crate that is there for the command line alone.

use super::{Violation, paths::Named, source::Source};

/// A function of their arguments, each of them: what the webhook answers depends on nothing else.
const PURE: [&str; 6] = ["annotation", "profile", "inject", "workload", "admission", "manifest"];

const CRATES: [&str; 11] = [
    "tokio",
    "axum",
    "hyper",
    "kube",
    "tokio_rustls",
    "rustls",
    "rcgen",
    "clap",
    "tracing",
    "json_patch",
    "hyper_util",
];

const MACHINE: [&[&str]; 7] = [
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
];

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let pure =
        sources.iter().filter(|source| source.is_ours() && source.layer().is_some_and(|layer| PURE.contains(&layer)));
    pure.flat_map(|source| source.paths.iter().filter_map(|path| fault(source, path))).collect()
}

fn fault(source: &Source, path: &Named) -> Option<Violation> {
    if path.local {
        return None;
    }
    let layer = source.layer().unwrap_or_default();
    let spelt = path.spelt();
    let sentence = if path.names.first().is_some_and(|name| CRATES.contains(&name.as_str())) {
        format!("`{spelt}`: the pure module `{layer}` may not use this crate")
    } else if MACHINE.iter().any(|start| path.starts_with(start)) {
        format!("`{spelt}`: the pure module `{layer}` may not touch the machine")
    } else if hides_the_machine(path) {
        format!("`{spelt}` lets the pure module `{layer}` reach the machine unseen; import what it needs by name")
    } else {
        return None;
    };
    Some(source.violation(path.line, sentence))
}

/// `use std::time;` and `use std::*;`: after these, `time::Instant` and `fs::read` are named without `std`.
fn hides_the_machine(path: &Named) -> bool {
    let names: Vec<&str> = path.names.iter().map(String::as_str).filter(|name| *name != "*").collect();
    path.imported && !names.is_empty() && MACHINE.iter().any(|start| start.starts_with(&names))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::source::Source;

    fn lines(name: &str, text: &str) -> Vec<usize> {
        check(&[Source::parse(name, text)]).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn a_crate_of_the_outside_is_seen() {
        assert_eq!(lines("src/inject/probes.rs", "\nuse tokio::time;\nfn f() { kube::Client::new() }"), [2, 3]);
        assert_eq!(lines("src/admission/mod.rs", "#[tracing::instrument]\nuse {axum, serde};"), [1, 2]);
        assert!(lines("src/server/mod.rs", "use tokio::time;").is_empty());
        assert!(lines("src/inject/probes.rs", "use kube_quantity::ParseQuantityError; // not kube::Client").is_empty());
    }

    #[test]
    fn the_machine_is_seen_in_each_spelling() {
        for text in [
            "use std::fs;",
            "use std::{fmt, net::TcpStream};",
            "fn f() { std::env::var(\"X\") }",
            "fn f() -> ::std::time::Instant {}",
            "use std::time;",
            "use std::time::*;",
            "use std::*;",
            "use std as other;",
        ] {
            assert_eq!(lines("src/profile/mod.rs", text), [1], "{text}");
        }
        let fine =
            "use std::{fmt, time::Duration}; fn f() -> std::time::Duration {} #[cfg(test)] mod t { use std::fs; }";
        assert!(lines("src/profile/mod.rs", fine).is_empty());
    }
}
