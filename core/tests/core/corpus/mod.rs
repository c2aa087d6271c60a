//! The results for workloads of other projects, in one file that reads like an operator's overview:
//! `tests/corpus/report.txt`. `UPDATE_GOLDEN=1 cargo test --test core corpus` writes it; read the difference before you
//! commit it. `tests/cluster` sends the results to an API server.

mod served;

use std::fmt::Write as _;
use std::fs;

use podwright_core::inject::{Injection, Refused, ReportLine, Root, inject, pod::Pod};
use podwright_core::profile::{Configuration, OptIn};
use serde_json::Value;

use crate::charts;

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

#[test]
fn the_report_of_the_corpus_is_the_one_that_was_read() {
    let mut text = String::new();
    for workload in charts::all() {
        for asking in charts::ASKING {
            let _ = writeln!(text, "{} {}, {}: {}", workload.file, workload.name, asking.0, asking.1);
            describe(workload.asking(asking), &mut text);
            text.push('\n');
        }
    }
    let file = charts::folder().join("report.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &text).expect("writable");
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    let first = there.lines().zip(text.lines()).position(|(there, came_out)| there != came_out);
    assert!(there == text, "{} differs from line {first:?} (counted from 0)", file.display());
}

/// Writes the entries of each container, the fields of the injected Pod, and the warnings.
fn describe(before: Value, text: &mut String) {
    let mut after = before.clone();
    let first = round(&mut after, OptIn::Pod);
    let second = round(&mut after.clone(), OptIn::Pod);
    assert!(second.patch.is_none() && second.report == first.report, "the second round differs: {after}");
    for container in containers(&before) {
        let name = container["name"].as_str().expect("a name");
        let _ = writeln!(text, "  {name}");
        of_container(name, &first, text);
        let fitted = containers(&after).into_iter().find(|fitted| fitted["name"] == name).expect("it is still there");
        for probe in PROBES.iter().filter(|probe| container[**probe].is_null() && !fitted[**probe].is_null()) {
            let _ = writeln!(text, "    {probe}: {}", fitted[*probe]);
        }
    }
    let _ = writeln!(text, "  the Pod");
    of_container("", &first, text);
    let grace = |pod: &Value| pod["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    let _ = writeln!(text, "    terminationGracePeriodSeconds: {} -> {}", grace(&before), grace(&after));
    for warning in &first.report.warnings {
        let _ = writeln!(text, "  Warning: {warning}");
    }
}

/// Keys, each with the parts of its wish.
type Keys<'l> = Vec<(&'l str, Vec<&'l str>)>;

/// A line for each outcome and reason: `skipped NoPort: readiness-probe`.
fn of_container(name: &str, injection: &Injection, text: &mut String) {
    let mut groups: Vec<(String, Keys<'_>)> = Vec::new();
    for line in injection.report.lines.iter().filter(|line| line.container == name) {
        let outcome = outcome(line);
        if groups.last().is_none_or(|(last, _)| *last != outcome) && groups.iter().all(|(known, _)| *known != outcome) {
            groups.push((outcome.clone(), Vec::new()));
        }
        let keys = groups.iter_mut().find(|(known, _)| *known == outcome).map(|(_, keys)| keys).expect("just made");
        match keys.iter_mut().find(|(key, _)| *key == line.key) {
            Some((_, items)) => items.push(&line.item),
            None => keys.push((line.key, vec![&line.item])),
        }
    }
    for (outcome, keys) in groups {
        let keys: Vec<String> = keys.into_iter().map(|(key, items)| with_items(key, &items.join(" "))).collect();
        let _ = writeln!(text, "    {outcome}: {}", keys.join(", "));
    }
}

fn outcome(line: &ReportLine) -> String {
    let reason = line.outcome.reason().map(|reason| format!(" {}", reason.code)).unwrap_or_default();
    format!("{}{reason}", line.outcome.as_str())
}

fn with_items(key: &str, items: &str) -> String {
    if items.is_empty() { key.to_owned() } else { format!("{key} ({items})") }
}

fn containers(pod: &Value) -> Vec<&Value> {
    let lists = ["containers", "initContainers"].map(|list| pod["spec"][list].as_array());
    lists.into_iter().flatten().flatten().collect()
}

fn round(document: &mut Value, opt_in: OptIn<'_>) -> Injection {
    let json = serde_json::to_vec(document).expect("JSON");
    let pod = Pod::parse(&json).expect("a Pod");
    let injection = match inject(&pod, opt_in, &Configuration::default(), Root::Pod) {
        Ok(injection) => injection,
        Err(Refused::Faults(faults)) => panic!("{faults}"),
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    };
    if let Some(patch) = &injection.patch {
        let operations: json_patch::Patch = serde_json::from_slice(patch.as_json()).expect("a JSON patch");
        json_patch::patch(document, &operations).expect("the patch applies");
    }
    injection
}
