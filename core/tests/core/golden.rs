//! Golden cases: `tests/golden/CASE/{pod.yaml, expected.yaml, report.txt, warnings.txt?, denied.txt?,
//! namespace.txt?, configuration.yaml?}`.
//!
//! A case is one idea, named after it. `UPDATE_GOLDEN=1 cargo test --test core golden` writes the results; read the
//! difference before you commit it. `namespace.txt` holds the profile with which the Namespace opted in.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use podwright_core::inject::{
    Injection, Reason, Refused, Report, ReportLine, Root, inject, inject_without_lines, pod::Pod, reasons,
};
use podwright_core::profile::file::ConfigurationFile;
use podwright_core::profile::{Configuration, OptIn};
use serde_json::Value;

#[test]
fn every_case_comes_out_as_expected() {
    let mut wrong = String::new();
    let cases = cases();
    for case in &cases {
        for (file, text) in outcome(case) {
            compare(&case.join(file), &text, &mut wrong);
        }
    }
    assert!(cases.len() >= 30, "only {} cases were found", cases.len());
    assert!(wrong.is_empty(), "{wrong}\nUPDATE_GOLDEN=1 cargo test --test core golden writes the new results");
}

#[test]
fn every_reason_is_given_in_some_case() {
    let reports: String =
        cases().iter().map(|case| fs::read_to_string(case.join("report.txt")).unwrap_or_default()).collect();
    let given = |code: &str| reports.lines().any(|line| line.split_whitespace().any(|word| word == code));
    let missing: Vec<&str> = reasons().map(|(_, reason)| reason.code).filter(|code| !given(code)).collect();
    // That one needs a mebibyte of wishes; bounds/ has it.
    assert_eq!(missing, ["TooLarge"]);
}

fn cases() -> Vec<PathBuf> {
    let folder = crate::root().join("tests/golden");
    let entries = fs::read_dir(&folder).expect("tests/golden is there");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    cases.sort();
    cases
}

/// Every file of a case except the Pod, with its expected text; an empty text means that there is no file.
fn outcome(case: &Path) -> [(&'static str, String); 4] {
    let text = fs::read_to_string(case.join("pod.yaml")).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let mut document: Value =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let namespace = fs::read_to_string(case.join("namespace.txt")).ok();
    let opt_in = namespace.as_deref().map_or(OptIn::Pod, |name| OptIn::Namespace { profile: name.trim() });
    let configuration = configuration(case);
    let asked = Asked { opt_in, configuration: &configuration };
    match round(&mut document, asked) {
        Err(denied) => [
            ("denied.txt", denied + "\n"),
            ("expected.yaml", String::new()),
            ("report.txt", String::new()),
            ("warnings.txt", String::new()),
        ],
        Ok(first) => {
            let expected = serde_saphyr::to_string(&document).expect("writable");
            assert_second_round(case, &mut document, asked, &first);
            [
                ("denied.txt", String::new()),
                ("expected.yaml", expected),
                ("report.txt", report(&first)),
                ("warnings.txt", first.report.warnings.iter().map(|warning| format!("{warning}\n")).collect()),
            ]
        }
    }
}

/// The built-in configuration, or the case's own.
fn configuration(case: &Path) -> Configuration {
    let Ok(text) = fs::read_to_string(case.join("configuration.yaml")) else { return Configuration::default() };
    let file = ConfigurationFile::parse(&text);
    file.unwrap_or_else(|problems| panic!("{:?}", problems.lines(&case.display().to_string()))).configuration().clone()
}

/// The wishes beside the Pod's annotations.
#[derive(Clone, Copy)]
struct Asked<'c> {
    opt_in: OptIn<'c>,
    configuration: &'c Configuration,
}

fn round(document: &mut Value, asked: Asked<'_>) -> Result<Injection, String> {
    let json = serde_json::to_vec(document).expect("JSON");
    let pod = Pod::parse(&json).expect("a Pod");
    let injection = match inject(&pod, asked.opt_in, asked.configuration, Root::Pod) {
        Ok(injection) => injection,
        Err(Refused::Faults(faults)) => return Err(faults.to_string()),
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    };
    assert_the_webhook_comes_to_the_same(&pod, asked, &injection);
    if let Some(patch) = &injection.patch {
        let operations: json_patch::Patch = serde_json::from_slice(patch.as_json()).expect("a JSON patch");
        json_patch::patch(document, &operations).expect("the patch applies");
    }
    Ok(injection)
}

fn assert_second_round(case: &Path, document: &mut Value, asked: Asked<'_>, first: &Injection) {
    let second = round(document, asked).expect("a fitted Pod is understood");
    let patch = second.patch.as_ref().map(|patch| String::from_utf8_lossy(patch.as_json()));
    assert_eq!(patch, None, "{}: the second round has something left to do", case.display());
    assert_eq!(second.report, first.report, "{}: the second round says something else", case.display());
}

/// The webhook's answer has a summary for events and no lines, so this compares counts.
fn assert_the_webhook_comes_to_the_same(pod: &Pod<'_>, asked: Asked<'_>, injection: &Injection) {
    let webhooks = inject_without_lines(pod, asked.opt_in, asked.configuration, Root::Pod).expect("no other refusal");
    let json = |injection: &Injection| injection.patch.as_ref().map(|patch| patch.as_json().to_owned());
    assert_eq!(json(&webhooks), json(injection));
    let summary = webhooks.report.summary.clone();
    assert_eq!(webhooks.report, Report { lines: Vec::new(), summary, ..injection.report.clone() });
    let Report { lines, counts, .. } = &injection.report;
    let code = |line: &ReportLine| line.outcome.reason().map_or("", |reason| reason.code);
    for count in counts {
        let same = lines.iter().filter(|line| (line.key, code(line)) == (count.key, count.reason));
        let all = counts.iter().filter(|other| (other.key, other.reason) == (count.key, count.reason));
        assert_eq!(same.count() as u64, all.map(|count| count.number).sum::<u64>(), "{count:?}");
    }
    assert_eq!(lines.len() as u64, counts.iter().map(|count| count.number).sum::<u64>());
}

fn report(injection: &Injection) -> String {
    let reasons: Vec<Reason> = reasons().map(|(_, reason)| reason).collect();
    let listed = |line: &ReportLine| line.outcome.reason().is_none_or(|reason| reasons.contains(&reason));
    assert!(injection.report.lines.iter().all(listed), "a reason is not in any list: {:?}", injection.report.lines);
    injection.report.lines.iter().fold(String::new(), |mut text, line| {
        let code = line.outcome.reason().map(|reason| format!(" {}", reason.code)).unwrap_or_default();
        let guess = line.outcome.guess().map(|guess| format!(" | {guess}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{} | {} | {} | {}{code} | {:?}{guess}",
            line.key,
            line.container,
            line.item,
            line.outcome.as_str(),
            line.by
        );
        text
    })
}

fn compare(file: &Path, text: &str, wrong: &mut String) {
    let there = fs::read_to_string(file).unwrap_or_default();
    if there == text {
        return;
    }
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        let _ = writeln!(wrong, "{}\n--- expected\n{there}\n--- came out\n{text}", file.display());
    } else if text.is_empty() {
        fs::remove_file(file).expect("removable");
    } else {
        fs::write(file, text).expect("writable");
    }
}
