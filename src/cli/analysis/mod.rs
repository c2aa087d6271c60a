//! Manifests, the verdict on each of their objects, and findings with their places: for `preview` and `lint`.
//!
//! The verdict comes from the webhook's own code. The state of a Namespace comes from the manifests and the flags.

mod files;
mod finding;
mod namespaces;
mod object;
mod object_findings;
mod options;
mod quotas;

pub(super) use files::{ManifestFile, parse};
pub(super) use finding::{Finding, GUESSED, INVALID, Level, REASONS, by_place};
pub(super) use object::{AnalyzedObject, Verdict, exit_code};
pub(super) use options::AnalysisOptions;
