//! Lists and mappings.

use std::collections::BTreeMap;
use std::sync::Arc;

use granit_parser::{Event, ScalarStyle, Span, StructureStyle};
use serde_json::{Map, Value};

use super::{Builder, Built, VALUE};
use crate::manifest::yaml_node::{ListItem, MapEntry, Style, YamlNode, YamlShape};
use crate::manifest::{ReadError, ReadErrorKind};
use crate::text::{Position, shorten};

impl<'t> Builder<'t, '_> {
    pub(super) fn list(&mut self, style: StructureStyle, span: &Span, from: usize) -> Result<Built, ReadError> {
        let (start, end) = self.cursor.range(span);
        let (mut items, mut values, mut bytes) = (Vec::new(), Vec::new(), VALUE);
        let style = style_of(style);
        let mut at = if style == Style::Flow { end } else { from };
        let end = loop {
            let (event, item) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                break if style == Style::Flow { self.cursor.range(&item).1 } else { at };
            }
            let dash = if style == Style::Flow { self.cursor.range(&item).0 } else { self.cursor.dash(at) };
            let behind = if style == Style::Flow { dash } else { dash + 1 };
            let built = self.value(event, item, behind)?;
            at = built.node.end.max(behind);
            bytes += built.bytes;
            items.push(ListItem { dash, node: built.node });
            values.push(built.value);
        };
        if style == Style::Flow {
            self.tabs.allow(start..end);
        }
        let start = items.first().filter(|_| style == Style::Block).map_or(start, |item| item.dash);
        let node = YamlNode {
            from,
            start,
            end,
            place: self.cursor.place(&span.start),
            shape: Arc::new(YamlShape::List(style, items)),
        };
        Ok(Built { node, value: Value::Array(values), bytes })
    }

    pub(super) fn map(&mut self, style: StructureStyle, span: &Span, from: usize) -> Result<Built, ReadError> {
        let (start, _) = self.cursor.range(span);
        let style = style_of(style);
        let mut members =
            MapMembers { is_pair: style == Style::Flow && !self.cursor.is_brace(start), ..MapMembers::default() };
        let end = loop {
            let (event, key) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break if style == Style::Flow { self.cursor.range(&key).1 } else { members.end.max(start) };
            }
            self.member(event, key, &mut members)?;
        };
        if style == Style::Flow {
            self.tabs.allow(start..end);
        }
        members.no_name_twice()?;
        let MapMembers { entries, value, bytes, .. } = members;
        let node = YamlNode {
            from,
            start,
            end,
            place: self.cursor.place(&span.start),
            shape: Arc::new(YamlShape::Map(style, entries)),
        };
        Ok(Built { node, value: Value::Object(value), bytes })
    }

    fn member(&mut self, event: Event<'t>, span: Span, members: &mut MapMembers) -> Result<(), ReadError> {
        let (start, _) = self.cursor.range(&span);
        let place = self.cursor.place(&span.start);
        let is_plain = matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..));
        let merges = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
        let key = self.value(event, span, start)?;
        let name = name_of(&key.value).map_err(|kind| ReadError::new(place, kind))?;
        if is_plain && self.cursor.is_glued(key.node.end) {
            self.misread = members.is_pair.then_some(key.node.end);
            return Err(ReadError::new(place, ReadErrorKind::GluedColon));
        }
        let from = self.cursor.behind_colon(key.node.end);
        let (event, span) = self.next()?;
        let built = self.value(event, span, from)?;
        members.end = built.node.end.max(from);
        members.bytes += key.bytes + built.bytes;
        if merges {
            self.merge(&built, &mut members.value)?;
        } else {
            members.value.insert(name.clone(), built.value);
        }
        members.merged |= merges;
        members.entries.push(MapEntry { name, merges, start, place, value: built.node });
        Ok(())
    }

    /// Merges the value of `<<` as kubectl does: it wins over earlier keys, and the first mapping of a list wins.
    fn merge(&mut self, built: &Built, into: &mut Map<String, Value>) -> Result<(), ReadError> {
        let wrong = |place| ReadError::new(place, ReadErrorKind::MergeWithoutMapping);
        match (&built.value, &*built.node.shape) {
            (Value::Object(members), _) => into.extend(members.clone()),
            (Value::Array(items), YamlShape::List(..)) => {
                for item in items.iter().rev() {
                    into.extend(item.as_object().ok_or_else(|| wrong(built.node.place))?.clone());
                }
            }
            _ => return Err(wrong(built.node.place)),
        }
        Ok(())
    }
}

#[derive(Default)]
struct MapMembers {
    /// True for a single `key: value` in the brackets of a list, without braces.
    is_pair: bool,
    entries: Vec<MapEntry>,
    value: Map<String, Value>,
    bytes: usize,
    end: usize,
    merged: bool,
}

impl MapMembers {
    /// Refuses duplicate keys: kubectl silently uses the last one.
    fn no_name_twice(&self) -> Result<(), ReadError> {
        if !self.merged && self.value.len() == self.entries.len() {
            return Ok(());
        }
        let mut seen: BTreeMap<&str, Position> = BTreeMap::new();
        for entry in &self.entries {
            if let Some(first) = seen.insert(&entry.name, entry.place) {
                let kind = ReadErrorKind::KeyTwice { name: shorten(&entry.name), first_line: first.line };
                return Err(ReadError::new(entry.place, kind));
            }
        }
        Ok(())
    }
}

/// Returns the name of a key. Kubernetes keys are strings, so kubectl converts numbers and booleans.
fn name_of(key: &Value) -> Result<String, ReadErrorKind> {
    match key {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) if number.is_i64() => Ok(number.to_string()),
        Value::Number(_) => Err(ReadErrorKind::NumberKey),
        Value::Null => Err(ReadErrorKind::NullKey),
        Value::Array(_) | Value::Object(_) => Err(ReadErrorKind::KeyNotString),
    }
}

fn style_of(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Block,
        StructureStyle::Flow => Style::Flow,
    }
}
