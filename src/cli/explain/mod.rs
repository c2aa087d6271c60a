//! `podwright explain`: the rules of a key, or a reason and its remedy, from the same tables as the code.

mod examples;

use std::fmt::Write as _;
use std::process::ExitCode;

use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::analysis::REASONS;
use super::error::Error;
use super::function;
use super::io::candidates::candidate;
use super::io::output::print;
use crate::admission;
use crate::annotation::keys::{self, KEYS, Key, Scope};
use crate::annotation::{PREFIX, nearest, notes};
use crate::inject::Reason;

/// The width of wrapped paragraphs, in characters.
const WIDTH: usize = 100;

/// Explain an annotation, or the code of a warning, denial or finding
///
/// For a key: its values, an example and its rules. For a code: the reason, the remedy and often an example. Without an
/// argument: a list of all keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # List all keys
  podwright explain

  # Show the values, an example and the rules of a key
  podwright explain readiness-probe

  # Show the reason and the remedy for a warning that ends in [NoPort]
  podwright explain NoPort")]
pub(super) struct Explain {
    /// A key with or without its prefix, such as inject, or a code, such as NoPort
    #[arg(value_name = "KEY|CODE", add = ArgValueCandidates::new(keys_and_codes))]
    word: Option<String>,
}

impl Explain {
    /// Prints the explanation.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let text = match &self.word {
            None => overview(),
            Some(word) => explained(word)?,
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns every reason that the webhook or a command can give, with the keys that it concerns; no keys if it can concern any.
pub fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let any: &'static [&'static str] = &[];
    let of_commands = REASONS.into_iter().chain([function::REASON]);
    admission::reasons().chain(of_commands.map(move |reason| (any, reason)))
}

/// Returns the keys and codes that a shell completes.
fn keys_and_codes() -> Vec<CompletionCandidate> {
    let keys = KEYS.iter().map(|key| candidate(key.name, key.doc));
    keys.chain(reasons().map(|(_, reason)| candidate(reason.code, reason.sentence))).collect()
}

fn overview() -> String {
    let mut text = format!("Annotations of a Pod, or of a workload's Pod template. Each key begins with {PREFIX}:\n\n");
    for Key { name, doc, .. } in KEYS {
        let _ = writeln!(text, "{name}\n{}", paragraph(doc, 4));
    }
    list(&mut text, "RULES FOR ALL KEYS", notes::COMMON.map(str::to_owned).into_iter());
    text.push_str("Run `podwright explain KEY` for the values, an example and the rules of a key.\n");
    text
}

/// Explains a key, with or without its prefix, or a code.
fn explained(word: &str) -> Result<String, Error> {
    let name = word.rsplit_once('/').map_or(word, |(_, name)| name);
    if let Some(key) = keys::find(name) {
        return Ok(of_key(key));
    }
    let code = word.trim_matches(['[', ']']);
    if let Some((keys, reason)) = reasons().find(|(_, reason)| reason.code.eq_ignore_ascii_case(code)) {
        return Ok(of_reason(keys, reason));
    }
    let keys = KEYS.iter().map(|key| key.name);
    let codes = reasons().map(|(_, reason)| reason.code);
    let hint = match nearest(code.rsplit('/').next().unwrap_or(code), keys.clone().chain(codes)) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("expected a code, such as NoPort, or one of the keys {}", keys.collect::<Vec<_>>().join(", ")),
    };
    Err(Error::new(format!("unknown key or code {word:?}; {hint}")))
}

fn of_key(key: &Key) -> String {
    let mut text = format!("KEY:      {PREFIX}{}\n", key.name);
    if key.scope == Scope::PodAndContainer {
        let _ = writeln!(text, "          CONTAINER.{PREFIX}{}, for one container", key.name);
    }
    let _ = writeln!(text, "VALUE:    {}", paragraph(key.grammar, 10).trim());
    let _ = writeln!(text, "EXAMPLE:  {PREFIX}{}: {:?}\n", key.name, key.example);
    let _ = writeln!(text, "{}", paragraph(key.doc, 0));
    list(&mut text, "RULES", notes::of(key.name).iter().map(|note| (*note).to_owned()));
    let why = reasons().filter(|(keys, _)| keys.contains(&key.name));
    list(&mut text, "POSSIBLE REASONS", why.map(|(_, reason)| format!("{}: {}.", reason.code, reason.sentence)));
    text
}

fn of_reason(keys: &[&str], reason: Reason) -> String {
    let of = if keys.is_empty() { "any".to_owned() } else { keys.join(", ") };
    let mut text = format!(
        "CODE:     {}\nKEYS:     {}\n{}\nWHAT TO DO\n{}",
        reason.code,
        paragraph(&of, 10).trim_start(),
        paragraph(&format!("{}.", capitalized(reason.sentence)), 0),
        paragraph(reason.remedy, 0)
    );
    if let Some(example) = examples::of(reason.code) {
        let _ = writeln!(text, "\nEXAMPLE\n{example}");
    }
    text
}

/// Begins a sentence with a capital letter, except for the name podwright.
fn capitalized(sentence: &str) -> String {
    match sentence.split_at_checked(1) {
        Some((first, rest)) if !sentence.starts_with("podwright") => first.to_uppercase() + rest,
        _ => sentence.to_owned(),
    }
}

/// Adds a list below a heading, if it has items.
fn list(text: &mut String, heading: &str, items: impl Iterator<Item = String>) {
    let items: String = items.map(|item| format!("- {}\n", paragraph(&item, 2).trim())).collect();
    if !items.is_empty() {
        let _ = writeln!(text, "{heading}\n{items}");
    }
}

/// Wraps a text to indented lines of at most [`WIDTH`] characters.
fn paragraph(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(lines, "{:indent$}{line}", "");
            line.clear();
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    let _ = writeln!(lines, "{:indent$}{line}", "");
    lines
}
