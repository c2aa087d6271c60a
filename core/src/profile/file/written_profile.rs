//! The settings of a profile: each value becomes the annotation's text, and the key's own `set` reads it.

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
use crate::text::shorten;

/// The most parts of a value that are read one by one to find which is wrong; no grammar takes more.
const PARTS: usize = 256;

/// The field beside the settings.
pub(super) const EXTENDS: &str = "extends";

/// A profile as it stands in the file, before it takes anything from the one that it extends.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenProfile {
    /// Whether it stands in the operator's file, and not in the built-in one.
    pub(super) is_own: bool,
    pub(super) extends: Option<(String, Position)>,
    /// By key; `None` where the file says `null`.
    pub(super) settings: BTreeMap<&'static str, Option<Setting>>,
}

/// A setting's value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) place: Position,
    /// As the annotation would say it.
    pub(super) text: String,
    /// As the file says it.
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

/// The value; `None` for `null`.
fn read(key: &Key, shape: ValueShape, field: &FileField<'_>) -> Result<Option<Setting>, Vec<Problem>> {
    let text = match text(key, shape, field)? {
        Some(text) if text == "true" => {
            let message = "is true, which asks for the profile's value, and this is the profile; expected a value, false (off) \
                           or null (as if no profile said anything)";
            return Err(vec![field.problem(&format!("{message}, for example {}", example(key, shape)))]);
        }
        Some(text) => text,
        None => return Ok(None),
    };
    match (key.set)(&mut Layer::default(), &text) {
        Ok(()) => Ok(Some(Setting { place: field.node.place, text, value: field.node.to_json() })),
        Err(faults) => {
            let (mut problems, rest) = of_parts(key, shape, field, faults);
            problems.extend(rest.iter().map(|fault| field.problem(&sentence(&text, fault))));
            Err(problems)
        }
    }
}

/// The problems of the value's parts, each at its part; and the faults that no part has by itself.
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
        problems.extend(own.iter().map(|fault| part.problem(&sentence(&text, fault))));
    }
    (problems, faults)
}

fn sentence(value: &str, Expected { problem, example }: &Expected) -> String {
    let example = if example.is_empty() { String::new() } else { format!(", for example \"{example}\"") };
    format!("\"{}\" {problem}{example}", shorten(value))
}

/// The annotation's text; `None` for `null`.
fn text(key: &Key, shape: ValueShape, field: &FileField<'_>) -> Result<Option<String>, Vec<Problem>> {
    Ok(Some(match (shape, &field.node.content) {
        (_, NodeContent::Null) => return Ok(None),
        (_, NodeContent::Bool(on)) => on.to_string(),
        (_, NodeContent::Text(text)) => text.trim().to_owned(),
        // No variables, no amounts: whatever the parent has is replaced by nothing.
        (ValueShape::List, NodeContent::List(items)) if items.is_empty() => "false".to_owned(),
        (ValueShape::Amounts, NodeContent::Map(entries)) if entries.is_empty() => "false".to_owned(),
        (ValueShape::List, NodeContent::List(_)) | (ValueShape::Amounts, NodeContent::Map(_)) => {
            match parts(shape, field) {
                (parts, wrong) if wrong.is_empty() => {
                    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(",")
                }
                (_, mut wrong) => {
                    // What is wrong with the others is to be told too.
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

/// The items of a list, or the entries of a mapping, each as the part of the annotation's text that it is; and those that
/// are none.
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
        let message = "is not a resource that is known here; expected cpu, memory or ephemeral-storage";
        return Err(entry.name_problem(message));
    }
    let quantity =
        scalar(entry.node).ok_or_else(|| entry.kind_problem("a quantity", "100m of cpu, 128Mi of memory"))?;
    Ok(format!("{}={quantity}", entry.name))
}

/// Of a part, which must not become two.
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
        ValueShape::Word(_) => "one of its words",
        ValueShape::Duration => "whole seconds, as a number or a duration",
        ValueShape::Probe => "a string, or a whole Probe as a mapping",
    }
}

/// The key's example, in this form.
pub(super) fn example(key: &Key, shape: ValueShape) -> String {
    match shape {
        ValueShape::List => format!("[{}]", key.example.replace(',', ", ")),
        ValueShape::Amounts => format!("{{{}}}", key.example.replace('=', ": ").replace(',', ", ")),
        _ => key.example.to_owned(),
    }
}
