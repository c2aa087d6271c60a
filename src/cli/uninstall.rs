//! `podwright uninstall`: the names of the objects of `podwright install`, in reverse order, for `kubectl delete`.
//!
//! It calls no API server and runs no shell: users who pipe the names into kubectl see what they delete, with their own rights.

use std::process::ExitCode;

use clap::Args;

use super::error::Error;
use super::install::MANIFESTS;
use super::io::output::print;
use crate::manifest::{self, Object};

/// Print what `install` installed, in the order in which it is to be deleted
///
/// The webhook configurations come first, so that no Pod is sent to a podwright that is no longer there, and the Namespace
/// last, with whatever else is in it: a Secret of cert-manager's, too. podwright's rights go before the admission policy that
/// limits them. kubectl deletes in the order of what it reads.
/// Pods that were fitted stay as they are. Nothing else is left: what podwright wrote is in these objects.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Everything, and for a webhook outside the cluster its configurations
  podwright uninstall | kubectl delete --ignore-not-found -f -

  # Look first
  podwright uninstall | kubectl delete --ignore-not-found --dry-run=server -f -")]
pub(super) struct Uninstall {}

impl Uninstall {
    /// Prints the objects' names.
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
