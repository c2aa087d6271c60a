//! `--baseline FILE`: known findings, which a run does not report.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::cli::error::Error;
use crate::cli::io::input;

const API_VERSION: &str = "podwright.dev/v1alpha1";
const KIND: &str = "LintBaseline";

/// Known findings by their identity, each with its number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Baseline {
    known: BTreeMap<Identity, usize>,
}

/// The file's content.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BaselineFile {
    api_version: String,
    kind: String,
    findings: Vec<Entry>,
}

/// Findings with one identity.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    object: String,
    code: String,
    key: String,
    /// A small type, so that no sum of a file's counts overflows.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u32,
}

impl Entry {
    fn new(identity: &Identity, count: usize) -> Self {
        let Identity { file, object, code, key } = identity.clone();
        Self { file, object, code, key, count: u32::try_from(count).unwrap_or(u32::MAX) }
    }

    fn counted(self) -> (Identity, usize) {
        let Self { file, object, code, key, count } = self;
        (Identity { file, object, code, key }, usize::try_from(count).unwrap_or(usize::MAX))
    }
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

/// The identities of a run, each with the number of its findings.
pub(super) type Found = BTreeMap<Identity, usize>;

impl Baseline {
    /// Reads the file.
    pub(super) fn read(file: &Path) -> Result<Self, Error> {
        let refused = |problem: String| {
            let file = input::shown(file);
            Error::Unreadable(format!(
                "cannot use the baseline {file}: {problem}; expected a file that `podwright lint --baseline {file} --update-baseline` wrote"
            ))
        };
        let text = fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
        let read: BaselineFile = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        if (read.api_version.as_str(), read.kind.as_str()) != (API_VERSION, KIND) {
            return Err(refused(format!("it is a {} of {}", input::tame(&read.kind), input::tame(&read.api_version))));
        }
        Ok(Self { known: read.findings.into_iter().map(Entry::counted).collect() })
    }

    /// Reports whether the findings with this identity are known. If a run has more of them, all count as new, because nothing
    /// tells the new ones apart.
    pub(super) fn hides(&self, identity: &Identity, found: &Found) -> bool {
        let of = |counts: &BTreeMap<Identity, usize>| counts.get(identity).copied().unwrap_or_default();
        of(&self.known) >= of(found)
    }

    /// Counts known findings of the checked files that a run no longer has.
    pub(super) fn gone(&self, run: &Run<'_>) -> usize {
        let checked = self.known.iter().filter(|(identity, _)| run.covers(identity));
        checked
            .map(|(identity, count)| count.saturating_sub(run.found.get(identity).copied().unwrap_or_default()))
            .sum()
    }

    /// Returns the baseline with the findings of a run. Entries stay if the run did not look for them, and if their file still
    /// exists.
    pub(super) fn updated(&self, run: &Run<'_>) -> Self {
        let kept =
            self.known.iter().filter(|(identity, _)| !run.covers(identity) && Path::new(&identity.file).exists());
        let found = run.found.iter();
        Self { known: kept.chain(found).map(|(identity, count)| (identity.clone(), *count)).collect() }
    }

    /// Returns the number of known findings.
    pub(super) fn len(&self) -> usize {
        self.known.values().sum()
    }

    /// Writes the file, one line for each entry, so that a diff shows single findings.
    pub(super) fn write(&self, file: &Path) -> Result<(), Error> {
        let entries = self.known.iter().map(|(identity, count)| {
            serde_json::to_string(&Entry::new(identity, *count)).map(|entry| format!("\n    {entry}"))
        });
        let entries = entries.collect::<Result<Vec<_>, _>>()?.join(",");
        let end = if entries.is_empty() { "]" } else { "\n  ]" };
        let text = format!(
            "{{\n  \"apiVersion\": \"{API_VERSION}\",\n  \"kind\": \"{KIND}\",\n  \"findings\": [{entries}{end}\n}}\n"
        );
        let unwritten = |error| {
            let file = input::shown(file);
            Error::Unreadable(format!(
                "cannot write the baseline {file}: {error}; expected a file in a writable folder, such as podwright-baseline.json"
            ))
        };
        fs::write(file, text).map_err(unwritten)
    }
}

/// The findings of a run, and the parts of a baseline that it covers.
pub(super) struct Run<'r> {
    pub(super) found: &'r Found,
    /// The plain paths of the checked files.
    pub(super) files: BTreeSet<String>,
    /// Reports whether the run has findings with a code.
    pub(super) reports: &'r dyn Fn(&str) -> bool,
}

impl Run<'_> {
    fn covers(&self, identity: &Identity) -> bool {
        self.files.contains(&identity.file) && (self.reports)(&identity.code)
    }
}
