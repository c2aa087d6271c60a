//! `--select` and `--ignore`: the rules of a run, by their codes.

use std::str::FromStr;

use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::annotation::nearest;
use crate::cli::analysis::{Finding, NOT_YAML, UNREADABLE};
use crate::cli::io::candidates::candidate;
use crate::cli::reasons;

/// The codes for files and objects that podwright cannot read. No flag or baseline hides them.
const ALWAYS: [&str; 2] = [NOT_YAML, UNREADABLE];

/// The rules that a run reports.
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// Report only these codes, such as NoPort,KeptAuthors; can be repeated
    #[arg(long, value_name = "CODE,...", value_delimiter = ',', add = ArgValueCandidates::new(candidates))]
    select: Vec<Code>,

    /// Do not report these codes; can be repeated
    #[arg(long, value_name = "CODE,...", value_delimiter = ',', add = ArgValueCandidates::new(candidates))]
    ignore: Vec<Code>,
}

/// The code of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Code(&'static str);

/// An unknown code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum CodeError {
    #[error("unknown code; did you mean {0}?")]
    Near(&'static str),
    #[error("unknown code; expected one of docs/reasons.md, such as NoPort")]
    Unknown,
    #[error("podwright always reports this code; to leave out a file, use --exclude GLOB")]
    Always,
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let word = text.trim().trim_matches(['[', ']']);
        let known = codes().find(|code| code.eq_ignore_ascii_case(word));
        match known {
            Some(code) if ALWAYS.contains(&code) => Err(CodeError::Always),
            Some(code) => Ok(Self(code)),
            None => Err(nearest(word, codes()).map_or(CodeError::Unknown, CodeError::Near)),
        }
    }
}

impl Rules {
    /// Reports whether the run has findings with this code.
    pub(super) fn report(&self, code: &str) -> bool {
        let has = |codes: &[Code]| codes.iter().any(|known| known.0 == code);
        is_always_reported(code) || (self.select.is_empty() || has(&self.select)) && !has(&self.ignore)
    }
}

/// Reports whether no flag and no baseline hides this finding.
pub(super) fn is_hidden_by_nothing(finding: &Finding) -> bool {
    is_always_reported(&finding.code)
}

fn is_always_reported(code: &str) -> bool {
    ALWAYS.contains(&code)
}

fn codes() -> impl Iterator<Item = &'static str> {
    reasons().map(|(_, reason)| reason.code)
}

fn candidates() -> Vec<CompletionCandidate> {
    let selectable = reasons().filter(|(_, reason)| !is_always_reported(reason.code));
    selectable.map(|(_, reason)| candidate(reason.code, reason.sentence)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Code, CodeError};

    #[test]
    fn codes_are_known_in_any_case_and_typos_get_a_suggestion() {
        assert_eq!("[noport]".parse(), Ok(Code("NoPort")));
        assert_eq!("NoPrt".parse::<Code>(), Err(CodeError::Near("NoPort")));
        assert_eq!("E501".parse::<Code>(), Err(CodeError::Unknown));
        assert_eq!("NotYaml".parse::<Code>(), Err(CodeError::Always));
    }
}
