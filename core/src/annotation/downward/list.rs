//! The list of variables: well-known names and `NAME=SOURCE`, with commas.

use std::collections::HashSet;

use super::well_known::OTEL;
use super::{EnvName, Origin, OtelVariable, Setting, WELL_KNOWN, WellKnown};
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

/// Parses a comma-separated list of well-known names and `NAME=SOURCE`. A variable of `OTEL` with its own entry has that
/// entry's source.
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
    let mut otel = None;
    for entry in text.split(',').map(str::trim) {
        match parse_entry(entry) {
            Err(_) if faults.len() == FAULTS => {
                faults.push(Expected::new("more invalid entries follow", EXAMPLE));
                break;
            }
            Err(fault) => faults.push(fault),
            Ok(Entry::Otel) if otel.is_none() => otel = Some(sources.len()),
            Ok(Entry::Otel) => faults.push(repeated(OTEL)),
            Ok(Entry::Variable(source)) if !known.insert(source.name.as_str().to_owned()) => {
                faults.push(repeated(source.name.as_str()));
            }
            Ok(Entry::Variable(source)) => sources.push(source),
        }
    }
    if let Some(at) = otel {
        let others = OtelVariable::ALL.into_iter().filter(|variable| !known.contains(variable.as_str()));
        sources.splice(at..at, others.map(EnvSource::from));
    }
    if faults.is_empty() { Ok(sources) } else { Err(faults) }
}

impl From<OtelVariable> for EnvSource {
    fn from(variable: OtelVariable) -> Self {
        Self { name: EnvName::known(variable.as_str()), from: Origin::OpenTelemetry(variable) }
    }
}

fn repeated(name: &str) -> Expected {
    Expected::new(format!("repeated variable {name}: expected each name once"), EXAMPLE)
}

/// An entry of the list.
enum Entry {
    /// One variable.
    Variable(EnvSource),
    /// The word `OTEL`.
    Otel,
}

fn parse_entry(entry: &str) -> Result<Entry, Expected> {
    if entry.is_empty() {
        let problem = "empty entry: expected names with single commas between them, or false to turn the feature off";
        return Err(Expected::new(problem, EXAMPLE));
    }
    if entry == OTEL {
        return Ok(Entry::Otel);
    }
    let (name, from) = match entry.split_once('=') {
        Some((name, source)) => (EnvName::parse(name.trim())?, Origin::parse(source.trim())?),
        None => {
            let known = WellKnown::find(entry).ok_or_else(|| unknown(entry))?;
            (EnvName::known(known.name), meaning(known)?)
        }
    };
    Ok(Entry::Variable(EnvSource { name, from }))
}

/// Parses the source of a well-known name. A runtime's setting needs a limit.
fn meaning(known: &WellKnown) -> Result<Origin, Expected> {
    let (flag, source) = known.flag_and_source();
    Ok(match Origin::parse(source)? {
        Origin::Resource(of) if !known.documentation.is_empty() => Origin::Setting(Setting { flag, of, percent: None }),
        Origin::Share { of, percent } => Origin::Setting(Setting { flag, of, percent: Some(percent) }),
        other => other,
    })
}

fn unknown(name: &str) -> Expected {
    let names = || WELL_KNOWN.iter().map(|known| known.name);
    let expected = suggest::expected(nearest(name, names()));
    let all = names().collect::<Vec<_>>().join(", ");
    let shown = shorten(name);
    let problem = format!("unknown name \"{shown}\": {expected} NAME=SOURCE, or one of {all}");
    Expected::new(problem, EXAMPLE)
}
