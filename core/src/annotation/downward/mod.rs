//! The grammar of `downward-env`: a list of well-known names and `NAME=SOURCE`.

mod field;
mod name;
mod resource;
mod well_known;

use std::collections::HashSet;

use super::Expected;
use crate::text::shorten;
pub use field::FieldPath;
pub use name::EnvName;
pub use resource::{Divisor, Resource, ResourceField, Section};
pub use well_known::WELL_KNOWN;

/// One variable that is to be there, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSource {
    /// The variable's name.
    pub name: EnvName,
    /// Where its value comes from.
    pub from: Origin,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `valueFrom.fieldRef`: a field of the Pod, read by the kubelet.
    Field(FieldPath),
    /// `valueFrom.resourceFieldRef`: a request or limit of the container, read by the kubelet.
    Resource(ResourceField),
    /// `limits.memory*90%`: a part of a request or limit. The Downward API cannot calculate, so admission does, and
    /// the value is a literal: only where the amount is known by then.
    Share {
        /// The request or limit to share out, and the unit to count in.
        of: ResourceField,
        /// From 1 to 100.
        percent: u8,
    },
    /// `container.name`, which the Downward API cannot give: a literal.
    ContainerName,
    /// `container.image`, likewise.
    ContainerImage,
    /// `container.port`, the first, or `container.port['NAME']`: a literal.
    ContainerPort(Option<String>),
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
        return well_known::find(entry);
    };
    let name = EnvName::parse(name.trim())?;
    let from = Origin::parse(source.trim())?;
    Ok(EnvSource { name, from })
}

impl Origin {
    /// Reads what stands behind the `=`.
    ///
    /// # Errors
    /// A source that neither the Downward API for env nor admission can give; where it is a source for volumes only, or
    /// a slip of the keyboard, the message says so.
    pub fn parse(source: &str) -> Result<Self, Expected> {
        if let Some(of_container) = source.strip_prefix("container.") {
            return container(source, of_container);
        }
        if let Some((name, meant)) = WELL_KNOWN.iter().find(|(name, _)| *name == source) {
            let problem = format!("has the source \"{name}\", which is a well-known name; expected what it stands for");
            return Err(Expected::new(problem, format!("NAME={meant}")));
        }
        if source.starts_with("limits.") || source.starts_with("requests.") {
            return resource::parse(source);
        }
        FieldPath::parse(source).map(Self::Field)
    }
}

fn container(source: &str, of_container: &str) -> Result<Origin, Expected> {
    match of_container {
        "name" => return Ok(Origin::ContainerName),
        "image" => return Ok(Origin::ContainerImage),
        "port" => return Ok(Origin::ContainerPort(None)),
        _ => {}
    }
    let port = of_container.strip_prefix("port['").and_then(|rest| rest.strip_suffix("']"));
    match port {
        Some(name) if super::containers::is_container_name(name) => Ok(Origin::ContainerPort(Some(name.to_owned()))),
        _ => Err(Expected::new(
            format!(
                "has the source \"{}\", which is not known of a container; \
                 expected container.name, container.image, container.port or container.port['NAME']",
                shorten(source)
            ),
            "HTTP_PORT=container.port['http']",
        )),
    }
}

#[cfg(test)]
mod tests;
