//! The status annotation: the outcomes in the final Pod. podwright never reads it to decide anything.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use super::VERSION;
use crate::inject::pod::Pod;
use crate::inject::{Draft, Entry, Outcome};
use crate::profile::Plan;

/// The name for entries about the Pod as a whole. No container can have this name.
const POD: &str = "Pod";

/// The longest name of a container (RFC 1123 label).
const NAME_BYTES: usize = 63;

/// The sections of a status after the version and the profile, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StatusSection {
    InForce,
    Guessed,
    Kept,
    Adjusted,
    Skipped,
    Noted,
}

/// An outcome in one container.
struct StatusItem<'e> {
    part: StatusSection,
    key: &'static str,
    /// The guess or the reason's code, in the sections with one.
    code: Cow<'static, str>,
    name: &'e str,
    /// The container's place in the Pod.
    place: usize,
}

/// Returns the status of a Pod without injection. It replaces an outdated or forged status.
pub(in crate::inject) fn of_nothing() -> String {
    format!("{{\"version\":\"{VERSION}\"}}")
}

/// Writes the annotation's value; `None` if there are no wishes.
///
/// Each section lists container names by key, and by reason or guess in the sections with one. Each name appears once,
/// in the Pod's order.
///
/// # Errors
/// None is known: a text can be written as JSON.
pub(in crate::inject) fn status(
    pod: &Pod<'_>,
    plan: &Plan<'_>,
    draft: &Draft<'_>,
) -> Result<Option<String>, serde_json::Error> {
    if draft.entries.is_empty() {
        return Ok(None);
    }
    let places: HashMap<&str, usize> = pod.containers().map(|at| at.container.name.as_str()).zip(1..).collect();
    // Entries mostly come container by container, so few lookups are needed.
    let mut last = ("", 0);
    let mut place_of = |name| {
        if last.0 != name {
            last = (name, places.get(name).copied().unwrap_or_default());
        }
        last.1
    };
    let items = draft.entries.iter().flat_map(|entry| StatusItem::of(entry, place_of(entry.container)));
    let mut items: Vec<StatusItem<'_>> = items.collect();
    items.sort_by(|a, b| (a.part, a.key, &a.code, a.place).cmp(&(b.part, b.key, &b.code, b.place)));
    let mut json = Vec::with_capacity(512);
    write(plan.profile, &items, &mut json).map_err(serde_json::Error::io)?;
    String::from_utf8(json).map(Some).map_err(|error| serde_json::Error::io(io::Error::other(error)))
}

fn write(profile: &str, items: &[StatusItem<'_>], json: &mut Vec<u8>) -> io::Result<()> {
    write!(json, "{{\"version\":\"{VERSION}\",\"profile\":")?;
    serde_json::to_writer(&mut *json, profile)?;
    for part in items.chunk_by(|a, b| a.part == b.part) {
        json.push(b',');
        let Some(first) = part.first() else { continue };
        member(first.part.as_str(), json);
        object(
            part,
            |item| item.key,
            json,
            |of_key, json| match first.part {
                StatusSection::InForce | StatusSection::Kept => names(of_key, json),
                StatusSection::Guessed | StatusSection::Adjusted | StatusSection::Skipped | StatusSection::Noted => {
                    object(of_key, |item| &item.code, json, names)
                }
            },
        )?;
    }
    json.push(b'}');
    Ok(())
}

/// Writes an object with a member for each run of items with the same name.
fn object(
    items: &[StatusItem<'_>],
    name: impl for<'i> Fn(&'i StatusItem<'_>) -> &'i str,
    json: &mut Vec<u8>,
    value: impl Fn(&[StatusItem<'_>], &mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut before = b'{';
    for group in items.chunk_by(|a, b| name(a) == name(b)) {
        json.push(before);
        member(group.first().map(&name).unwrap_or_default(), json);
        value(group, json)?;
        before = b',';
    }
    json.push(b'}');
    Ok(())
}

/// Writes a member's name. Keys, guesses and codes are podwright's and need no escape.
fn member(name: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    json.extend_from_slice(name.as_bytes());
    json.extend_from_slice(b"\":");
}

/// Writes the names, each once.
fn names(items: &[StatusItem<'_>], json: &mut Vec<u8>) -> io::Result<()> {
    let mut before = b'[';
    for group in items.chunk_by(|a, b| a.name == b.name) {
        json.push(before);
        serde_json::to_writer(&mut *json, group.first().map_or("", |item| item.name))?;
        before = b',';
    }
    json.push(b']');
    Ok(())
}

impl StatusSection {
    fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "inForce",
            Self::Guessed => "guessed",
            Self::Kept => "kept",
            Self::Adjusted => "adjusted",
            Self::Skipped => "skipped",
            Self::Noted => "noted",
        }
    }
}

/// Shortens a name to a container's limit. The API server checks the limit only after podwright, and then refuses the
/// Pod.
fn bounded(name: &str) -> &str {
    let end = (0..=NAME_BYTES.min(name.len())).rev().find(|end| name.is_char_boundary(*end));
    name.get(..end.unwrap_or_default()).unwrap_or_default()
}

impl<'e> StatusItem<'e> {
    /// Makes the items of an entry. A guess is also in force, so it makes two.
    fn of(entry: &Entry<'e>, place: usize) -> impl Iterator<Item = Self> + use<'e> {
        let (key, name) = (entry.key, if entry.container.is_empty() { POD } else { bounded(entry.container) });
        let guess = entry.outcome.guess().map(|guess| (StatusSection::Guessed, guess.in_brief().into()));
        let parts = [Self::part(entry, name), guess].into_iter().flatten();
        parts.map(move |(part, code)| Self { part, key, code, name, place })
    }

    fn part(entry: &Entry<'_>, name: &str) -> Option<(StatusSection, Cow<'static, str>)> {
        Some(match entry.outcome {
            // A note on the Pod as a whole does not show whether a wish is in force.
            Outcome::Noted(_) if name == POD => return None,
            Outcome::Noted(reason) if entry.item.is_empty() => (StatusSection::Noted, reason.code.into()),
            Outcome::InForce | Outcome::Guessed(_) | Outcome::Noted(_) | Outcome::Doubtful(_) => {
                (StatusSection::InForce, "".into())
            }
            Outcome::Kept(_) => (StatusSection::Kept, "".into()),
            Outcome::Adjusted(reason) => (StatusSection::Adjusted, reason.code.into()),
            Outcome::Skipped(reason) | Outcome::PassedOver(reason) => (StatusSection::Skipped, reason.code.into()),
        })
    }
}
