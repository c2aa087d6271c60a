//! `--format junit`: a test suite for each file, and a test case for each object with Pods or findings.
//!
//! CI systems read different dialects of JUnit. podwright writes only elements and attributes of the strictest schema,
//! `junit-10.xsd` of Jenkins' xUnit plugin. So a test case has no `file` and no `line`: its class is the file, and its text has the lines.

use std::fmt::Write as _;

use super::{Output, text};
use crate::cli::analysis::{AnalyzedObject, Level};
use crate::cli::io::colors::{ColorChoice, Paint};
use crate::cli::lint::identity::plain_path;
use crate::cli::lint::report::{Report, Reported};
use crate::cli::lint::rules::is_hidden_by_nothing;

/// The result of a test case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// The file or object could not be checked.
    Error,
}

/// A test case: an object, or a file as a whole.
struct Case<'c> {
    /// The file.
    suite: String,
    name: String,
    findings: Vec<&'c Reported<'c>>,
    /// The reason for an unreadable file.
    unread: Option<String>,
}

/// Formats the document.
pub(super) fn of(Output { report, unread, fail_on_warning, .. }: Output<'_>) -> String {
    let mut cases: Vec<Case<'_>> = unread
        .iter()
        .map(|error| Case {
            suite: "input".to_owned(),
            name: "read".to_owned(),
            findings: Vec::new(),
            unread: Some(error.to_string()),
        })
        .collect();
    cases.extend(of_findings(report));
    let least = if fail_on_warning { Level::Warning } else { Level::Error };
    let suites: String = cases.chunk_by(|a, b| a.suite == b.suite).map(|cases| suite(cases, least)).collect();
    let counts = counts(&cases, least);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"podwright lint\" {counts}>\n{suites}</testsuites>\n"
    )
}

/// Returns a case for each file that is not a manifest, and for each object with Pods or findings, file by file.
fn of_findings<'r>(report: &'r Report<'r>) -> Vec<Case<'r>> {
    let of_files = report.findings.iter().filter(|reported| reported.object.is_none()).map(|reported| Case {
        suite: reported.identity.file.clone(),
        name: "read".to_owned(),
        findings: vec![reported],
        unread: None,
    });
    let mut cases: Vec<Case<'_>> = of_files.collect();
    // Findings come object by object, in the same order as the objects.
    let mut findings = report.findings.iter().filter(|reported| reported.object.is_some()).peekable();
    for object in report.objects {
        let is_of = |reported: &&Reported<'_>| reported.object.is_some_and(|of| std::ptr::eq(of, object));
        let own: Vec<&Reported<'_>> = std::iter::from_fn(|| findings.next_if(|reported| is_of(reported))).collect();
        if object.has_pods() || !own.is_empty() {
            cases.push(of_object(object, own));
        }
    }
    cases
}

fn of_object<'r>(object: &AnalyzedObject<'_>, findings: Vec<&'r Reported<'r>>) -> Case<'r> {
    Case { suite: plain_path(object.file), name: object.title(), findings, unread: None }
}

impl Case<'_> {
    fn outcome(&self, least: Level) -> Outcome {
        let mut findings = self.findings.iter();
        if self.unread.is_some() || findings.clone().any(|reported| is_hidden_by_nothing(reported.finding)) {
            Outcome::Error
        } else if findings.any(|reported| reported.finding.level >= least) {
            Outcome::Failed
        } else {
            Outcome::Passed
        }
    }

    /// Formats the case. Findings that do not fail it are its output.
    fn xml(&self, least: Level) -> String {
        let Self { suite, name, findings, unread } = self;
        let mut xml = format!("    <testcase name=\"{}\" classname=\"{}\" time=\"0\"", escaped(name), escaped(suite));
        let outcome = self.outcome(least);
        let (failing, others): (Vec<&Reported<'_>>, Vec<&Reported<'_>>) =
            findings.iter().copied().partition(|reported| reported.finding.level >= least);
        let element = match outcome {
            Outcome::Passed => None,
            Outcome::Failed => Some("failure"),
            Outcome::Error => Some("error"),
        };
        let mut inner = String::new();
        if let Some(element) = element {
            let first = failing.first().map(|reported| reported.finding);
            let message = unread.as_deref().or(first.map(|finding| finding.message.as_str())).unwrap_or_default();
            let code = first.map_or("Unreadable", |finding| finding.code.as_str());
            let body = unread.clone().unwrap_or_else(|| lines(&failing));
            let _ = writeln!(
                inner,
                "      <{element} message=\"{}\" type=\"{}\">{}</{element}>",
                escaped(message),
                escaped(code),
                escaped(&body).replace("&#10;", "\n")
            );
        }
        if !others.is_empty() {
            let _ =
                writeln!(inner, "      <system-out>{}</system-out>", escaped(&lines(&others)).replace("&#10;", "\n"));
        }
        xml += &if inner.is_empty() { "/>\n".to_owned() } else { format!(">\n{inner}    </testcase>\n") };
        xml
    }
}

fn suite(cases: &[Case<'_>], least: Level) -> String {
    let name = cases.first().map_or("", |case| case.suite.as_str());
    let inner: String = cases.iter().map(|case| case.xml(least)).collect();
    format!("  <testsuite name=\"{}\" {} skipped=\"0\">\n{inner}  </testsuite>\n", escaped(name), counts(cases, least))
}

fn counts(cases: &[Case<'_>], least: Level) -> String {
    let count = |outcome: Outcome| cases.iter().filter(|case| case.outcome(least) == outcome).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\"",
        cases.len(),
        count(Outcome::Failed),
        count(Outcome::Error)
    )
}

fn lines(findings: &[&Reported<'_>]) -> String {
    let plain = Paint::for_stdout(ColorChoice::Never);
    findings.iter().map(|reported| text(reported, plain)).collect::<String>().trim_end().to_owned()
}

/// Escapes a text for XML 1.0, which allows no control characters and no non-characters.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => xml.extend(c.escape_unicode()),
            c => xml.push(c),
        }
    }
    xml
}
