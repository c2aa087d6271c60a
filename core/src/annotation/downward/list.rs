//! The list of variables: well-known names and `NAME=SOURCE`, with commas.

use std::collections::HashSet;

use super::{EnvName, Origin, WELL_KNOWN};
use crate::annotation::{Expected, nearest, suggest};
use crate::text::shorten;

/// A variable to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSource {
    /// The variable's name.
    pub name: EnvName,
    /// The source of its value.
    pub from: Origin,
}

/// An example that parses, for the errors of this grammar.
const EXAMPLE: &str = "POD_NAME,POD_IP,GOMEMLIMIT=limits.memory";

/// The limit for variables. Every container gets all of them, so longer lists would make a large patch.
const MOST: usize = 128;

/// The limit for faults of one list: more than fit into the message.
const FAULTS: usize = 16;

/// Parses a comma-separated list of well-known names and `NAME=SOURCE`.
///
/// # Errors
/// One for each invalid entry, and one for each repeated name.
pub fn parse_list(text: &str) -> Result<Vec<EnvSource>, Vec<Expected>> {
    if text.split(',').nth(MOST).is_some() {
        return Err(vec![Expected::new(format!("too many entries: expected at most {MOST}"), EXAMPLE)]);
    }
    let mut sources: Vec<EnvSource> = Vec::new();
    let mut known = HashSet::new();
    let mut faults = Vec::new();
    for entry in text.split(',').map(str::trim) {
        match parse_entry(entry) {
            Err(_) if faults.len() == FAULTS => {
                faults.push(Expected::new("more invalid entries follow", EXAMPLE));
                break;
            }
            Err(fault) => faults.push(fault),
            Ok(source) if !known.insert(source.name.as_str().to_owned()) => {
                let problem = format!("repeated variable {}: expected each name once", source.name);
                faults.push(Expected::new(problem, EXAMPLE));
            }
            Ok(source) => sources.push(source),
        }
    }
    if faults.is_empty() { Ok(sources) } else { Err(faults) }
}

fn parse_entry(entry: &str) -> Result<EnvSource, Expected> {
    if entry.is_empty() {
        let problem = "empty entry: expected names with single commas between them, or false to turn the feature off";
        return Err(Expected::new(problem, EXAMPLE));
    }
    let Some((name, source)) = entry.split_once('=') else {
        return well_known(entry);
    };
    let name = EnvName::parse(name.trim())?;
    let from = Origin::parse(source.trim())?;
    Ok(EnvSource { name, from })
}

fn well_known(name: &str) -> Result<EnvSource, Expected> {
    match WELL_KNOWN.iter().find(|(known, _)| *known == name) {
        Some((_, source)) => Ok(EnvSource { name: EnvName::parse(name)?, from: Origin::parse(source)? }),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Expected {
    let names = || WELL_KNOWN.iter().map(|(known, _)| *known);
    let expected = suggest::expected(nearest(name, names()));
    let all = names().collect::<Vec<_>>().join(", ");
    let shown = shorten(name);
    let problem = format!("unknown name \"{shown}\": {expected} NAME=SOURCE, or one of {all}");
    Expected::new(problem, EXAMPLE)
}
