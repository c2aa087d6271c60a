//! `podwright uninstall`: the objects of `podwright install` by name, in reverse order, for `kubectl delete`.
//!
//! It calls no API server and runs no shell. Users pipe the names into kubectl, see them first, and use their own rights.

use std::process::ExitCode;

use clap::Args;

use super::error::Error;
use super::install::MANIFESTS;
use super::io::output::print;
use crate::manifest::{self, Object};

/// Print the names of all installed objects, in deletion order
///
/// kubectl deletes in the order of its input. The webhook configurations come first, so that the API server never calls a
/// deleted podwright. podwright's rights come before the admission policy that limits them. The Namespace comes last; deleting
/// it also deletes other objects in it, such as a Secret of cert-manager.
///
/// Injected Pods stay unchanged. podwright leaves nothing else behind.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Check the deletion first
  podwright uninstall | kubectl delete --ignore-not-found --dry-run=server -f -

  # Delete everything, also the configurations for a webhook outside the cluster
  podwright uninstall | kubectl delete --ignore-not-found -f -")]
pub(super) struct Uninstall {}

impl Uninstall {
    /// Prints the names.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let mut names = Vec::new();
        for text in MANIFESTS {
            let stream = manifest::read(text)?;
            names.extend(stream.documents().iter().flat_map(|document| document.objects()).map(name));
        }
        names.reverse();
        print(&names.join("---\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn name(object: &Object) -> String {
    let Object { api_version, kind, name, namespace, .. } = object;
    let namespace = namespace.as_ref().map(|namespace| format!("  namespace: {namespace}\n")).unwrap_or_default();
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n{namespace}")
}
