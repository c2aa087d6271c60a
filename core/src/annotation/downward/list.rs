//! The list itself: well-known names and `NAME=SOURCE`, separated by commas.

use std::collections::HashSet;

use super::{EnvName, Origin, WELL_KNOWN};
use crate::annotation::{Expected, nearest};
use crate::text::shorten;

/// A variable to add, with the source of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSource {
    /// The variable's name.
    pub name: EnvName,
    /// The source of its value.
    pub from: Origin,
}

/// An example that parses, for the errors of this grammar.
const EXAMPLE: &str = "POD_NAME,POD_IP,GOMEMLIMIT=limits.memory";

/// The most variables of one list: a bound to what one annotation can make of a Pod with many containers.
const MOST: usize = 128;

/// The most faults of one list that are named: more than the message has room for.
const FAULTS: usize = 16;

/// Reads a comma-separated list of well-known names and `NAME=SOURCE`.
///
/// # Errors
/// Everything that is wrong with it, an entry each, and a name that stands twice.
pub fn parse_list(text: &str) -> Result<Vec<EnvSource>, Vec<Expected>> {
    if text.split(',').nth(MOST).is_some() {
        return Err(vec![Expected::new(format!("has too many entries; expected at most {MOST}"), EXAMPLE)]);
    }
    let mut sources: Vec<EnvSource> = Vec::new();
    let mut known = HashSet::new();
    let mut faults = Vec::new();
    for entry in text.split(',').map(str::trim) {
        match parse_entry(entry) {
            Err(_) if faults.len() == FAULTS => {
                faults.push(Expected::new("has more entries that are wrong", EXAMPLE));
                break;
            }
            Err(fault) => faults.push(fault),
            Ok(source) if !known.insert(source.name.as_str().to_owned()) => {
                let problem = format!("names the variable {} twice; expected each name once", source.name);
                faults.push(Expected::new(problem, EXAMPLE));
            }
            Ok(source) => sources.push(source),
        }
    }
    if faults.is_empty() { Ok(sources) } else { Err(faults) }
}

fn parse_entry(entry: &str) -> Result<EnvSource, Expected> {
    if entry.is_empty() {
        let problem = "has an empty entry; expected names separated by single commas, or false to turn it off";
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
    let meant = nearest(name, names()).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    let all = names().collect::<Vec<_>>().join(", ");
    let shown = shorten(name);
    let problem =
        format!("has \"{shown}\", which is not a well-known name{meant}; expected NAME=SOURCE, or one of {all}");
    Expected::new(problem, EXAMPLE)
}
