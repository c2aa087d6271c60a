//! The command line. Each subcommand has a file or folder: it reads its arguments, calls the library and prints the result.
//!
//! Subcommands share `analysis/` (manifests and the verdict on each object), `io/` (files and the terminal) and
//! `error.rs`. Never here: decisions about Pods or certificates. Results (a manifest, a patch, a CA) go to standard output,
//! messages about them to standard error.

mod analysis;
mod certs;
mod check;
mod completion;
mod config;
mod error;
mod explain;
mod function;
mod install;
mod inventory;
mod io;
mod kubectl_plugin;
mod lint;
mod man;
mod preview;
mod serve;
mod uninstall;
mod version;
mod why;

use std::env;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use completion::answer as answer_completion;
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
    Why(Box<why::Why>),
    Check(Box<check::Check>),
    Uninstall(uninstall::Uninstall),
    Completion(completion::Completion),
    Man(man::Man),
    Version(version::Version),
}

impl Cli {
    /// Parses this process's arguments. Without valid arguments, prints help or the error and ends the process.
    #[must_use]
    pub fn from_arguments() -> Self {
        let mut command = kubectl_plugin::as_called(Self::command(), env::args_os().next().as_deref());
        let mut matches = command.get_matches_mut();
        Self::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| error.format(&mut command).exit())
    }

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
            Command::Why(why) => why.run(),
            Command::Check(check) => check.run(),
            Command::Uninstall(uninstall) => uninstall.run(),
            Command::Preview(preview) => preview.run(),
            Command::Config(config) => config.run(),
            Command::Lint(lint) => lint.run(),
            Command::Function(function) => function.run(),
            Command::Explain(explain) => explain.run(),
            Command::Completion(completion) => completion.run(),
            Command::Man(man) => man.run(Self::command()),
            Command::Version(version) => version.run(&Self::command()),
        }
    }
}
