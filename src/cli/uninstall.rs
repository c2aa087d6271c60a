//! `podwright uninstall`: the objects of `podwright install` by name, in reverse order, for `kubectl delete`.
//!
//! It calls no API server and runs no shell. Users pipe the names into kubectl, see them first, and use their own rights.

use std::process::ExitCode;

use clap::Args;

use super::error::Error;
use super::install::InstallOptions;
use super::io::output::print;

/// Print the names of all installed objects, in deletion order
///
/// kubectl deletes in the order of its input. The webhook configurations come first, so that the API server never calls a
/// deleted podwright. podwright's rights come before the admission policy that limits them. The Namespace comes last; deleting
/// it also deletes other objects in it, such as a Secret of cert-manager.
///
/// Give the same options as to `podwright install`; files are not read. Injected Pods stay unchanged. podwright leaves nothing
/// else behind.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Check the deletion first
  podwright uninstall | kubectl delete --ignore-not-found --dry-run=server -f -

  # Delete everything, also the configurations for a webhook outside the cluster
  podwright uninstall | kubectl delete --ignore-not-found -f -

  # Delete an installation in another Namespace, with a component
  podwright uninstall --namespace platform --component cert-manager | kubectl delete --ignore-not-found -f -")]
pub(super) struct Uninstall {
    #[command(flatten)]
    options: InstallOptions,
}

impl Uninstall {
    /// Prints the names.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        print(&self.options.names()?)?;
        Ok(ExitCode::SUCCESS)
    }
}
