//! `--output summary`: one line for each object with a Pod or a Pod template, and totals.

mod pods;
mod requests;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::totals;
use crate::cli::analysis::{AnalyzedObject, ManifestFile, Verdict};
use crate::cli::error::Error;
use crate::cli::io::count::{counted, grouped};
use crate::inject::{Outcome, ReportLine};
use crate::manifest::Document;
use pods::Pods;
use requests::Requests;

/// The number of columns.
const COLUMNS: usize = 7;
/// The headings of the columns.
const HEADINGS: [&str; COLUMNS] = ["OBJECT", "RESULT", "PODS", "REQUESTS ADDED", "KEPT", "SKIPPED", "SET"];
/// The text of a cell without a value.
const NOTHING: &str = "-";

/// Formats the table and the totals.
pub(super) fn of(files: &[ManifestFile<'_>], all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let with_pods = all.iter().filter(|object| !matches!(object.verdict, Verdict::OtherKind));
    let lines: Vec<Line<'_>> = with_pods.map(|object| Line::of(files, object)).collect::<Result<_, _>>()?;
    let mut text = if lines.is_empty() { String::new() } else { table(&lines) + "\n" };
    text += &totals::counts(all);
    text += &pods(&lines);
    text += &sums(&lines);
    Ok(text + &totals::hint(all))
}

/// One object's facts.
struct Line<'o> {
    analyzed: &'o AnalyzedObject<'o>,
    pods: Pods,
    /// The requests that podwright adds to each Pod.
    added: Requests,
}

impl<'o> Line<'o> {
    fn of(files: &[ManifestFile<'_>], analyzed: &'o AnalyzedObject<'o>) -> Result<Self, Error> {
        let document =
            files.get(analyzed.document.file).and_then(|file| file.stream.documents().get(analyzed.document.document));
        let value = document.map_or(&Value::Null, |document| document.object_value(analyzed.object));
        let pods = Pods::of(analyzed.object, value);
        let added = document.map_or(Ok(Requests::default()), |document| added(document, analyzed))?;
        Ok(Self { analyzed, pods, added })
    }

    fn cells(&self) -> [String; COLUMNS] {
        let lines = self.analyzed.report_lines();
        let set =
            keys(lines, |outcome| !matches!(outcome, Outcome::Kept(_) | Outcome::Skipped(_) | Outcome::PassedOver(_)));
        let kept = keys(lines, |outcome| matches!(outcome, Outcome::Kept(_)));
        let skipped = keys(lines, |outcome| matches!(outcome, Outcome::Skipped(_)));
        let result = match &self.analyzed.verdict {
            Verdict::Injected(injection) if injection.patch.is_some() => "injected",
            Verdict::Injected(_) | Verdict::OtherKind => "unchanged",
            Verdict::Denied(_) => "denied",
            Verdict::NotSent(_) => "excluded",
            Verdict::Unreadable(_) => "unreadable",
        };
        let title = self.analyzed.title();
        [title, result.to_owned(), self.pods.text(), or_nothing(self.added.text()), kept, skipped, set]
    }
}

/// Returns the requests that podwright adds to each Pod of this object.
fn added(document: &Document<'_>, analyzed: &AnalyzedObject<'_>) -> Result<Requests, Error> {
    let (Some(patch), Some(root)) = (analyzed.patch(), analyzed.object.root) else { return Ok(Requests::default()) };
    let spec_of = |object: &Value| object.pointer(&format!("{}/spec", root.pointer())).map(Requests::of_spec);
    let before = document.object_value(analyzed.object);
    let mut after = before.clone();
    json_patch::patch_unsafe(&mut after, patch.operations())?;
    Ok(spec_of(&after).unwrap_or_default().minus(spec_of(before).unwrap_or_default()))
}

/// Lists the keys with such an outcome, each once. A skipped key has its reason's code in brackets.
fn keys(lines: &[ReportLine], is: fn(Outcome) -> bool) -> String {
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| is(line.outcome)) {
        let key = if line.key.is_empty() { "annotation" } else { line.key };
        let name = match line.outcome {
            Outcome::Skipped(reason) => format!("{key}[{}]", reason.code),
            _ => key.to_owned(),
        };
        if seen.insert(name.clone()) {
            names.push(name);
        }
    }
    or_nothing(names.join(","))
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

/// Formats aligned columns.
fn table(lines: &[Line<'_>]) -> String {
    let rows: Vec<[String; COLUMNS]> =
        std::iter::once(HEADINGS.map(str::to_owned)).chain(lines.iter().map(Line::cells)).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// Counts the Pods of all objects, such as `6 Pods with the replicas of the manifests: 5 injected`.
fn pods(lines: &[Line<'_>]) -> String {
    let sum = |lines: &mut dyn Iterator<Item = &Line<'_>>| {
        usize::try_from(lines.map(|line| line.pods.at_least()).sum::<u64>()).unwrap_or(usize::MAX)
    };
    let (all, injected) =
        (sum(&mut lines.iter()), sum(&mut lines.iter().filter(|line| line.analyzed.patch().is_some())));
    if lines.is_empty() {
        return String::new();
    }
    let each_node = lines.iter().filter(|line| line.pods == Pods::OnEachNode).count();
    let note = match each_node {
        0 => String::new(),
        several => format!("; {} with one Pod per node counted once", counted(several, "object")),
    };
    format!("{} with the replicas of the manifests: {} injected{note}\n", counted(all, "Pod"), grouped(injected))
}

/// Formats the sums of the requests, for one Pod of each object and for all Pods.
fn sums(lines: &[Line<'_>]) -> String {
    let adding: Vec<&Line<'_>> = lines.iter().filter(|line| line.added != Requests::default()).collect();
    if adding.is_empty() {
        return String::new();
    }
    let one = adding.iter().fold(Requests::default(), |sum, line| sum.plus(1, line.added));
    let pods = |line: &&Line<'_>| line.pods.at_least();
    let all = adding.iter().fold(Requests::default(), |sum, line| sum.plus(pods(line).into(), line.added));
    let count = usize::try_from(adding.iter().map(pods).sum::<u64>()).unwrap_or(usize::MAX);
    format!(
        "Requests added to {}: {} with one Pod each, {} with all {}\n",
        counted(adding.len(), "object"),
        one.text(),
        or_nothing(all.text()),
        counted(count, "Pod")
    )
}
