//! The command line: one file or folder for each subcommand, which reads its arguments, calls the library and prints the result.
//!
//! Shared by subcommands: `analysis/` (manifests and the verdict on each object), `io/` (files and the terminal) and
//! `error.rs`. Never here: decisions about Pods or certificates. Standard output gets the result (a manifest, a
//! patch, a CA), standard error everything about it.

mod analysis;
mod certs;
mod completion;
mod config;
mod error;
mod explain;
mod install;
mod io;
mod lint;
mod man;
mod preview;
mod serve;
mod uninstall;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use error::Error;

/// Fits annotated Pods for production at admission.
///
/// Annotate a Pod, and podwright adds what the annotations ask for: the Downward API as env and files, termination messages,
/// probes, a preStop sleep, resources. It never replaces what the author wrote, and says what it did and why.
#[derive(Debug, Parser)]
#[command(name = "podwright", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Preview(preview::Preview),
    Lint(lint::Lint),
    Explain(explain::Explain),
    Config(config::Config),
    Serve(Box<serve::Serve>),
    Certs(certs::Certs),
    Install(install::Install),
    Uninstall(uninstall::Uninstall),
    Completion(completion::Completion),
    Man(man::Man),
}

impl Cli {
    /// Runs the subcommand to its end.
    ///
    /// # Errors
    /// Where it could not do its work.
    pub fn run(self) -> Result<ExitCode, Error> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Certs(certs) => certs.run(),
            Command::Install(install) => install.run(),
            Command::Uninstall(uninstall) => uninstall.run(),
            Command::Preview(preview) => preview.run(),
            Command::Config(config) => config.run(),
            Command::Lint(lint) => lint.run(),
            Command::Explain(explain) => explain.run(),
            Command::Completion(completion) => completion.run(Self::command()),
            Command::Man(man) => man.run(Self::command()),
        }
    }
}
