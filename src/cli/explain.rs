//! `podwright explain`: the rules of a key, or the meaning of a reason, from the tables that the code itself uses.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::analysis::REASONS;
use super::error::Error;
use super::io::output::print;
use crate::admission;
use crate::annotation::keys::{self, KEYS, Key, Scope};
use crate::annotation::{PREFIX, nearest, notes};
use crate::inject::Reason;

/// The width that paragraphs are wrapped to.
const WIDTH: usize = 100;

/// Explain an annotation, or a reason that a warning gives in brackets
///
/// Without an argument, lists all keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Every key, a line each
  podwright explain

  # One key: its grammar, an example, its rules, and why it may not be in force
  podwright explain readiness-probe

  # What a warning that ends in [NoPort] means, and what to do
  podwright explain NoPort")]
pub(super) struct Explain {
    /// A key, with its prefix or without, or a reason's code
    #[arg(value_name = "KEY|REASON")]
    what: Option<String>,
}

impl Explain {
    /// Prints the explanation.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let text = match &self.what {
            None => overview(),
            Some(what) => explained(what)?,
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns every reason that a command may give, with the keys that it concerns.
fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let any: &'static [&'static str] = &[];
    admission::reasons().chain(REASONS.into_iter().map(move |reason| (any, reason)))
}

fn overview() -> String {
    let mut text = format!("Annotations of a Pod (in a workload: of its Pod template), each as {PREFIX}KEY:\n\n");
    for Key { name, doc, .. } in KEYS {
        let _ = writeln!(text, "{name}\n{}", paragraph(doc, 4));
    }
    list(&mut text, "FOR EVERY KEY", notes::COMMON.map(str::to_owned).into_iter());
    text.push_str("`podwright explain KEY` has the grammar, an example and the rules.\n");
    text
}

/// Explains a key, with or without its prefix, or a reason.
fn explained(what: &str) -> Result<String, Error> {
    let name = what.rsplit_once('/').map_or(what, |(_, name)| name);
    if let Some(key) = keys::find(name) {
        return Ok(of_key(key));
    }
    let code = what.trim_matches(['[', ']']);
    if let Some((keys, reason)) = reasons().find(|(_, reason)| reason.code.eq_ignore_ascii_case(code)) {
        return Ok(of_reason(keys, reason));
    }
    let known = KEYS.iter().map(|key| key.name);
    let meant = nearest(name, known.clone().chain(reasons().map(|(_, reason)| reason.code)));
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    let known = known.collect::<Vec<_>>().join(", ");
    Err(Error::new(format!(
        "{} is neither a key nor a reason's code{meant}; the keys are {known}",
        what.escape_debug()
    )))
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
    list(
        &mut text,
        "REASONS THAT IT MAY GIVE",
        why.map(|(_, reason)| format!("{}: {}.", reason.code, reason.sentence)),
    );
    text
}

fn of_reason(keys: &[&str], reason: Reason) -> String {
    let of = if keys.is_empty() { "any key".to_owned() } else { keys.join(", ") };
    format!(
        "REASON:   {}\nOF:       {of}\n\n{}\nWHAT TO DO\n{}",
        reason.code,
        paragraph(&format!("{}.", reason.sentence), 0),
        paragraph(reason.remedy, 0)
    )
}

fn list(text: &mut String, heading: &str, items: impl Iterator<Item = String>) {
    let items: String = items.map(|item| format!("- {}\n", paragraph(&item, 2).trim())).collect();
    if !items.is_empty() {
        let _ = writeln!(text, "{heading}\n{items}");
    }
}

/// Wraps a text to lines of at most [`WIDTH`] characters, each indented.
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
