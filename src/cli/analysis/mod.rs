//! The analysis of manifests for `preview` and `lint`: a verdict on each object, and findings with positions.
//!
//! Verdicts come from the webhook's own code. Opt-ins of Namespaces come from the manifests and the flags.

mod files;
mod finding;
mod namespaces;
mod object;
mod object_findings;
mod options;
mod quotas;

pub(super) use files::{ManifestFile, parse};
pub(super) use finding::{Finding, GUESSED, Level, REASONS};
pub(super) use object::{AnalyzedObject, StatusAnnotation, Verdict, exit_code};
pub(super) use options::AnalysisOptions;
