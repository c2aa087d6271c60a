//! The command line. Each subcommand has a file or folder: it reads its arguments, calls the library and prints the result.
//!
//! Subcommands share `analysis/` (manifests and the verdict on each object), `io/` (files and the terminal) and
//! `error.rs`. Never here: decisions about Pods or certificates. Results (a manifest, a patch, a CA) go to standard output,
//! messages about them to standard error.

mod analysis;
mod certs;
mod completion;
mod config;
mod error;
mod explain;
mod function;
mod install;
mod inventory;
mod io;
mod lint;
mod man;
mod preview;
mod serve;
mod uninstall;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use error::Error;
pub use explain::reasons;

/// Fit annotated Pods for production at admission
///
/// podwright is a Kubernetes mutating admission webhook. Annotate a Pod, and podwright injects the settings that you name:
/// Downward API variables and files, termination messages, probes, a preStop sleep, resources. It never replaces a value in
/// your manifest, and it reports each change and each setting that it skipped.
#[derive(Debug, Parser)]
#[command(name = "podwright", version, max_term_width = 100)]
#[command(after_help = "Examples:
  # Preview the changes to a manifest, without a cluster
  podwright preview examples/web-service.yaml

  # Check manifests in a pipeline
  podwright lint --fail-on-warning manifests/

  # Explain an annotation, or the code at the end of a warning
  podwright explain readiness-probe
  podwright explain NoPort

  # Install podwright in the current cluster
  podwright install --image registry.example.com/podwright:0.1.0 | kubectl apply -f -")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Preview(preview::Preview),
    Lint(lint::Lint),
    #[command(name = "fn")]
    Function(function::Function),
    Explain(explain::Explain),
    Config(config::Config),
    Serve(Box<serve::Serve>),
    Certs(certs::Certs),
    Install(install::Install),
    Inventory(Box<inventory::Inventory>),
    Uninstall(uninstall::Uninstall),
    Completion(completion::Completion),
    Man(man::Man),
}

impl Cli {
    /// Runs the subcommand to its end.
    ///
    /// # Errors
    /// If the subcommand cannot do its work.
    pub fn run(self) -> Result<ExitCode, Error> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Certs(certs) => certs.run(),
            Command::Install(install) => install.run(),
            Command::Inventory(inventory) => inventory.run(),
            Command::Uninstall(uninstall) => uninstall.run(),
            Command::Preview(preview) => preview.run(),
            Command::Config(config) => config.run(),
            Command::Lint(lint) => lint.run(),
            Command::Function(function) => function.run(),
            Command::Explain(explain) => explain.run(),
            Command::Completion(completion) => completion.run(Self::command()),
            Command::Man(man) => man.run(Self::command()),
        }
    }
}
