//! The podwright command: parses the command line, runs the subcommand, and prints its error.

// musl's own allocator has one lock for all threads: docs/adr/0007-allocator.md.
#[cfg(all(target_env = "musl", not(feature = "system-allocator")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

use clap::CommandFactory;
use podwright::cli::{Cli, answer_completion};

fn main() -> ExitCode {
    if answer_completion(Cli::command).unwrap_or_else(|error| error.exit()) {
        return ExitCode::SUCCESS;
    }
    Cli::from_arguments().run().unwrap_or_else(|error| error.report())
}
