//! podwright as a kubectl plugin: `kubectl podwright` runs the program `kubectl-podwright`, a link to podwright.

use std::ffi::OsStr;
use std::path::Path;

use clap::Command;

const PROGRAM: &str = "kubectl-podwright";
const TYPED: &str = "kubectl podwright";

/// Returns the command with the words that the user typed, in its usage lines and examples. `program` is the path of the
/// running program.
pub(super) fn as_called(command: Command, program: Option<&OsStr>) -> Command {
    let name = program.and_then(|program| Path::new(program).file_stem());
    if name == Some(OsStr::new(PROGRAM)) { with_examples(command.bin_name(TYPED)) } else { command }
}

fn with_examples(command: Command) -> Command {
    let examples = command.get_after_help().map(|examples| typed(&examples.to_string()));
    let command = command.mut_subcommands(with_examples);
    match examples {
        Some(examples) => command.after_help(examples),
        None => command,
    }
}

/// Replaces podwright where a command begins: after the indentation, a pipe or a bracket.
fn typed(examples: &str) -> String {
    let starts = ["  ", "| ", "("].map(|start| (format!("{start}podwright "), format!("{start}{TYPED} ")));
    starts.iter().fold(examples.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn only_commands_are_replaced() {
        let examples =
            "Examples:\n  # Install podwright here\n  podwright install --image a/podwright:1 | podwright lint -";
        let expected = "Examples:\n  # Install podwright here\n  kubectl podwright install --image a/podwright:1 | kubectl podwright lint -";
        assert_eq!(typed(examples), expected);
    }
}
