//! The findings of a run that the rules and the baseline leave, with the numbers for the summary.

use std::io::{self, Write as _, stderr};

use super::baseline::{Baseline, Found};
use super::identity::{Fingerprints, Identity};
use super::rules::{Rules, is_hidden_by_nothing};
use crate::cli::analysis::{AnalyzedObject, Finding, Level};
use crate::cli::io::count::{counted, grouped};

/// A finding with its object; none for a file as a whole.
pub(super) struct Reported<'r> {
    pub(super) finding: &'r Finding,
    pub(super) object: Option<&'r AnalyzedObject<'r>>,
    pub(super) identity: Identity,
    pub(super) fingerprint: String,
}

/// The input of a report.
#[derive(Clone, Copy)]
pub(super) struct Analyzed<'r> {
    /// The errors of files that are not manifests.
    pub(super) files: &'r [Finding],
    pub(super) objects: &'r [AnalyzedObject<'r>],
}

/// The findings to print.
pub(super) struct Report<'r> {
    pub(super) objects: &'r [AnalyzedObject<'r>],
    /// In the order of files and positions; errors of files come first.
    pub(super) findings: Vec<Reported<'r>>,
    /// The number of findings in the baseline.
    hidden: usize,
}

impl<'r> Report<'r> {
    /// Collects the findings of a run with these rules.
    pub(super) fn new(analyzed: Analyzed<'r>, rules: &Rules) -> Self {
        let of_files = analyzed.files.iter().map(|finding| (finding, None));
        let of_objects = analyzed
            .objects
            .iter()
            .flat_map(|object| object.findings.iter().map(move |finding| (finding, Some(object))));
        let mut fingerprints = Fingerprints::default();
        let findings = of_files.chain(of_objects).filter(|(finding, _)| rules.report(&finding.code));
        let findings = findings.map(|(finding, object)| {
            let identity = Identity::of(finding, object);
            let fingerprint = fingerprints.next(&identity);
            Reported { finding, object, identity, fingerprint }
        });
        Self { objects: analyzed.objects, findings: findings.collect(), hidden: 0 }
    }

    /// Counts the findings that a baseline can have: no notes, and none about an unreadable file or object.
    pub(super) fn found(&self) -> Found {
        let mut found = Found::new();
        for reported in self.findings.iter().filter(|reported| is_for_baselines(reported)) {
            *found.entry(reported.identity.clone()).or_default() += 1;
        }
        found
    }

    /// Removes the findings of a baseline.
    pub(super) fn hide(&mut self, baseline: &Baseline, found: &Found) {
        let before = self.findings.len();
        self.findings.retain(|reported| !(is_for_baselines(reported) && baseline.hides(&reported.identity, found)));
        self.hidden = before - self.findings.len();
    }

    /// Returns the number of findings with this level.
    pub(super) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|reported| reported.finding.level == level).count()
    }

    /// Returns the number of objects with a Pod or a Pod template.
    pub(super) fn with_pods(&self) -> usize {
        self.objects.iter().filter(|object| object.has_pods()).count()
    }

    /// Returns the number of findings in the baseline.
    pub(super) fn hidden(&self) -> usize {
        self.hidden
    }

    /// Returns `3 findings`, and the number of notes if there are any.
    fn headline(&self) -> String {
        let notes = self.count(Level::Note);
        let findings = match self.findings.len() - notes {
            0 => "no findings".to_owned(),
            several => counted(several, "finding"),
        };
        if notes == 0 { findings } else { format!("{findings} and {}", counted(notes, "note")) }
    }

    /// Prints `3 findings in 2 of 3,000 objects; 2,871 have no Pods` to standard error.
    pub(super) fn print_summary(&self) -> io::Result<()> {
        let (all, without_pods) = (self.objects.len(), self.objects.len() - self.with_pods());
        let mut concerned: Vec<&AnalyzedObject<'_>> = self.findings.iter().filter_map(|each| each.object).collect();
        // Findings come object by object.
        concerned.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let files = self.findings.iter().filter(|reported| reported.object.is_none()).count();
        let findings = self.headline();
        let objects = counted(all, "object");
        let places = match (files, concerned.len()) {
            (0, 0) => format!("in {objects}"),
            (0, several) => format!("in {} of {objects}", grouped(several)),
            (files, 0) => format!("in {}, none in {objects}", counted(files, "unreadable file")),
            (files, several) => {
                format!("in {} and {} of {objects}", counted(files, "unreadable file"), grouped(several))
            }
        };
        let pods = match without_pods {
            0 => String::new(),
            1 => "; 1 has no Pods".to_owned(),
            several => format!("; {} have no Pods", grouped(several)),
        };
        let hidden =
            if self.hidden == 0 { String::new() } else { format!("; {} in the baseline", grouped(self.hidden)) };
        writeln!(stderr(), "{findings} {places}{pods}{hidden}")
    }
}

fn is_for_baselines(reported: &Reported<'_>) -> bool {
    reported.finding.level > Level::Note && !is_hidden_by_nothing(reported.finding)
}
