//! A profile as the file has it. Each value becomes the annotation's text, and the key's `set` parses it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::field::FileField;
use super::problems::{Problem, Problems};
use super::tree::{NodeContent, ValueNode};
use crate::annotation::downward::Resource;
use crate::annotation::keys::{Key, of_profiles};
use crate::annotation::value_shape::{ValueShape, field_name};
use crate::annotation::{Expected, Layer};
use crate::text::Position;

/// The limit for parts of a value that are checked one by one. No grammar accepts more parts.
const PARTS: usize = 256;

/// The field beside the settings.
pub(super) const EXTENDS: &str = "extends";

/// A profile as the file has it, without inherited settings.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenProfile {
    /// Whether the profile is from the operator's file, not from the built-in one.
    pub(super) is_own: bool,
    pub(super) extends: Option<(String, Position)>,
    /// The settings by key. `None` means `null` in the file.
    pub(super) settings: BTreeMap<&'static str, Option<Setting>>,
}

/// A setting's value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) place: Position,
    /// The value as an annotation's text.
    pub(super) text: String,
    /// The value in the file.
    pub(super) value: Value,
}

impl WrittenProfile {
    /// Reads one profile.
    pub(super) fn read(profile: &FileField<'_>, problems: &mut Problems) -> Self {
        let mut written = Self { is_own: true, ..Self::default() };
        for field in profile.fields("{preStopSleep: 5s}, or {} for a profile that sets nothing", problems) {
            if field.name == EXTENDS {
                let parent = field.string("default", problems);
                written.extends = parent.map(|parent| (parent.to_owned(), field.node.place));
            } else if let Some((key, shape)) = of_profiles().find(|(key, _)| field_name(key.name) == field.name) {
                match read(key, shape, &field) {
                    Ok(setting) => drop(written.settings.insert(key.name, setting)),
                    Err(all) => problems.extend(all),
                }
            } else {
                let known: Vec<String> = of_profiles().map(|(key, _)| field_name(key.name)).collect();
                problems.push(field.unknown(std::iter::once(EXTENDS).chain(known.iter().map(String::as_str))));
            }
        }
        written
    }
}

/// Parses a value. Returns `None` for `null`.
fn read(key: &Key, shape: ValueShape, field: &FileField<'_>) -> Result<Option<Setting>, Vec<Problem>> {
    let text = match text(key, shape, field)? {
        Some(text) if text == "true" => {
            let message = "invalid value true: only annotations accept it, for the profile's value; expected a value, \
                           false (off) or null (not set)";
            return Err(vec![field.problem(&format!("{message}, for example {}", example(key, shape)))]);
        }
        Some(text) => text,
        None => return Ok(None),
    };
    match (key.set)(&mut Layer::default(), &text) {
        Ok(()) => Ok(Some(Setting { place: field.node.place, text, value: field.node.to_json() })),
        Err(faults) => {
            let (mut problems, rest) = of_parts(key, shape, field, faults);
            problems.extend(rest.iter().map(|fault| field.problem(&sentence(fault))));
            Err(problems)
        }
    }
}

/// Finds the problems of each part alone, with the part's position. Returns the other faults unchanged.
fn of_parts(
    key: &Key,
    shape: ValueShape,
    field: &FileField<'_>,
    mut faults: Vec<Expected>,
) -> (Vec<Problem>, Vec<Expected>) {
    let (parts, _) = parts(shape, field);
    let mut problems = Vec::new();
    for (part, text) in parts.into_iter().take(PARTS) {
        let own = (key.set)(&mut Layer::default(), &text).err().unwrap_or_default();
        faults.retain(|fault| !own.contains(fault));
        problems.extend(own.iter().map(|fault| part.problem(&sentence(fault))));
    }
    (problems, faults)
}

fn sentence(Expected { problem, example }: &Expected) -> String {
    if example.is_empty() { problem.clone() } else { format!("{problem}, for example \"{example}\"") }
}

/// Converts a value to an annotation's text. Returns `None` for `null`.
fn text(key: &Key, shape: ValueShape, field: &FileField<'_>) -> Result<Option<String>, Vec<Problem>> {
    Ok(Some(match (shape, &field.node.content) {
        (_, NodeContent::Null) => return Ok(None),
        (_, NodeContent::Bool(on)) => on.to_string(),
        (_, NodeContent::Text(text)) => text.trim().to_owned(),
        // An empty list or mapping turns off the parent's setting, as `false` does.
        (ValueShape::List, NodeContent::List(items)) if items.is_empty() => "false".to_owned(),
        (ValueShape::Amounts, NodeContent::Map(entries)) if entries.is_empty() => "false".to_owned(),
        (ValueShape::List, NodeContent::List(_)) | (ValueShape::Amounts, NodeContent::Map(_)) => {
            match parts(shape, field) {
                (parts, wrong) if wrong.is_empty() => {
                    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(",")
                }
                (_, mut wrong) => {
                    // The valid items may have problems of their own: report all of them together.
                    wrong.extend(of_parts(key, shape, field, Vec::new()).0);
                    return Err(wrong);
                }
            }
        }
        (ValueShape::Duration, NodeContent::Number(number)) => number.to_string(),
        (ValueShape::Probe, NodeContent::Map(_)) => field.node.to_json().to_string(),
        _ => return Err(vec![field.kind_problem(expected(shape), &example(key, shape))]),
    }))
}

/// Converts the items of a list or the entries of a mapping to parts of an annotation's text, and finds invalid ones.
fn parts<'n>(shape: ValueShape, field: &FileField<'n>) -> (Vec<(FileField<'n>, String)>, Vec<Problem>) {
    let fields: Vec<FileField<'n>> = match &field.node.content {
        NodeContent::List(items) => items.iter().enumerate().map(|(number, item)| field.item(number, item)).collect(),
        NodeContent::Map(_) => field.fields("", &mut Problems::default()),
        _ => Vec::new(),
    };
    let (mut parts, mut wrong) = (Vec::new(), Vec::new());
    for part in fields {
        match if shape == ValueShape::List { item_text(&part) } else { entry_text(&part) } {
            Ok(text) => parts.push((part, text)),
            Err(problem) => wrong.push(problem),
        }
    }
    (parts, wrong)
}

fn item_text(item: &FileField<'_>) -> Result<String, Problem> {
    let text = scalar(item.node).filter(|_| matches!(item.node.content, NodeContent::Text(_)));
    text.ok_or_else(|| item.kind_problem("a string without commas", "POD_NAME"))
}

fn entry_text(entry: &FileField<'_>) -> Result<String, Problem> {
    let known = Resource::ALL.map(Resource::as_str);
    if !known.contains(&entry.name) {
        let message = "unknown resource; expected cpu, memory or ephemeral-storage";
        return Err(entry.name_problem(message));
    }
    let quantity =
        scalar(entry.node).ok_or_else(|| entry.kind_problem("a quantity", "100m of cpu, 128Mi of memory"))?;
    Ok(format!("{}={quantity}", entry.name))
}

/// Returns the text of a part. A comma would make it two parts.
fn scalar(node: &ValueNode) -> Option<String> {
    match &node.content {
        NodeContent::Text(text) if !text.contains(',') => Some(text.trim().to_owned()),
        NodeContent::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn expected(shape: ValueShape) -> &'static str {
    match shape {
        ValueShape::List => "a list of strings, or one string with commas",
        ValueShape::Amounts => {
            "a mapping of cpu, memory and ephemeral-storage to quantities, or one string with commas"
        }
        ValueShape::Text => "a string",
        ValueShape::Word(_) => "a string",
        ValueShape::Duration => "whole seconds, as a number or a duration",
        ValueShape::Probe => "a string, or a Probe of the API as a mapping",
    }
}

/// Returns the key's example in this form.
pub(super) fn example(key: &Key, shape: ValueShape) -> String {
    match shape {
        ValueShape::List => format!("[{}]", key.example.replace(',', ", ")),
        ValueShape::Amounts => format!("{{{}}}", key.example.replace('=', ": ").replace(',', ", ")),
        _ => key.example.to_owned(),
    }
}
