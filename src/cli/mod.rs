//! The command line: one file for each subcommand, each of which reads its arguments, calls the library and says what
//! happened.
//!
//! Never here: what a Pod becomes, or how a certificate is made. Standard output holds what was asked for (a manifest, a
//! patch, a CA); everything said about it goes to standard error.

mod certs;
mod completion;
mod config;
mod explain;
mod fitting;
mod input;
mod install;
mod lint;
mod paint;
mod preview;
mod serve;
mod uninstall;
mod webhook_url;

use std::fmt;
use std::io::{ErrorKind, Write as _, stdout};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Man(completion::Man),
}

impl Cli {
    /// Runs the subcommand to its end.
    ///
    /// # Errors
    /// Where it could not do what it was asked for: a sentence for the person who asked.
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
            Command::Completion(completion) => completion.run(),
            Command::Man(man) => man.run(),
        }
    }
}

/// The exit code where a file or flag cannot be read.
const UNREADABLE: u8 = 2;
/// The exit code where what was read is wrong.
const WRONG: u8 = 1;

/// Writes to standard output; whoever has read enough (`| head`) ends it, and nothing is wrong then.
fn print(text: &str) -> Result<(), Error> {
    let mut stdout = stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Why a subcommand failed: a sentence, or one on each line.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// An error that says just this.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

// As the one error at the end of every `?` it takes them all; therefore it is no `std::error::Error` itself.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut sentence = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            sentence.push_str(&format!(": {error}"));
            source = error.source();
        }
        Self(sentence)
    }
}
