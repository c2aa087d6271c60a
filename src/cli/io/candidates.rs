//! Words that a shell completes, from podwright's tables and the user's files.

use clap_complete::engine::CompletionCandidate;

use crate::cluster::ClusterChoice;
use crate::profile::Configuration;

/// Makes a candidate with the first sentence of its explanation.
pub(in crate::cli) fn candidate(word: &'static str, explanation: &str) -> CompletionCandidate {
    let words = explanation.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = words.split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned();
    CompletionCandidate::new(word).help(Some(first.into()))
}

/// Returns the built-in profiles. A configuration file may have more, but a completion does not read it.
pub(in crate::cli) fn profiles() -> Vec<CompletionCandidate> {
    Configuration::default().profile_names().map(|name| CompletionCandidate::new(name.to_owned())).collect()
}

/// Returns the contexts of the kubeconfig file that kubectl would use.
pub(in crate::cli) fn contexts() -> Vec<CompletionCandidate> {
    ClusterChoice::known_contexts().into_iter().map(CompletionCandidate::new).collect()
}
