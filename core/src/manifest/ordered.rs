//! A value with its members in the author's order, and patches applied to it.

use std::collections::{HashMap, VecDeque};

use json_patch::PatchOperation;
use json_patch::jsonptr::{Pointer, Token};
use serde_json::Value;

use super::yaml_node::{MapEntry, YamlNode};

/// A value with ordered members.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ordered {
    /// A scalar.
    Leaf(Value),
    List(VecDeque<Ordered>),
    Map(Vec<(String, Ordered)>),
}

impl Ordered {
    /// Returns `value` in the author's order. `node` is its shape in the text.
    pub(super) fn of(node: Option<&YamlNode>, value: &Value) -> Self {
        match value {
            Value::Array(values) => {
                let nodes = node.map(YamlNode::items).unwrap_or_default();
                let of = |(index, value): (usize, &Value)| Self::of(nodes.get(index).map(|item| &item.node), value);
                Self::List(values.iter().enumerate().map(of).collect())
            }
            Value::Object(members) => {
                let mut order = Order::default();
                order.add(node.map(YamlNode::entries).unwrap_or_default());
                let mut ordered: Vec<_> = members.iter().collect();
                ordered
                    .sort_by_key(|(name, _)| order.places.get(name.as_str()).map_or(usize::MAX, |(place, _)| *place));
                let of = |(name, value): (&String, &Value)| {
                    let node = order.places.get(name.as_str()).map(|(_, node)| *node);
                    (name.clone(), Self::of(node, value))
                };
                Self::Map(ordered.into_iter().map(of).collect())
            }
            leaf => Self::Leaf(leaf.clone()),
        }
    }

    /// Returns a value of podwright in the usual order of manifests: names, then the handler of a probe or hook, then
    /// the rest.
    pub(super) fn ours(value: &Value) -> Self {
        match value {
            Value::Array(values) => Self::List(values.iter().map(Self::ours).collect()),
            Value::Object(members) => {
                let mut ordered: Vec<_> = members.iter().collect();
                ordered.sort_by_key(|(name, _)| rank(name));
                Self::Map(ordered.into_iter().map(|(name, value)| (name.clone(), Self::ours(value))).collect())
            }
            leaf => Self::Leaf(leaf.clone()),
        }
    }

    /// Applies an operation at this path. Returns `None` if the path does not exist.
    ///
    /// The crate `json-patch` works on `serde_json` values, and those sort their members.
    pub(super) fn apply(&mut self, path: &Pointer, operation: &PatchOperation) -> Option<()> {
        let (parents, last) = path.split_back()?;
        let parent = parents.tokens().try_fold(self, |place, step| place.child(&step))?;
        match (parent, operation) {
            (Self::List(items), PatchOperation::Add(add)) => {
                let index = last.to_index().ok()?.for_len_incl(items.len()).ok()?;
                items.insert(index, Self::ours(&add.value));
            }
            (Self::Map(members), PatchOperation::Add(add)) => {
                let (name, value) = (last.decoded(), Self::ours(&add.value));
                match members.iter_mut().find(|(existing, _)| *existing == name) {
                    Some((_, existing)) => *existing = value,
                    None => members.push((name.into_owned(), value)),
                }
            }
            (parent, PatchOperation::Replace(replace)) => *parent.child(&last)? = Self::ours(&replace.value),
            _ => return None,
        }
        Some(())
    }

    fn child(&mut self, step: &Token<'_>) -> Option<&mut Self> {
        match self {
            Self::Map(members) => {
                let name = step.decoded();
                members.iter_mut().find(|(existing, _)| *existing == name).map(|(_, value)| value)
            }
            Self::List(items) => items.get_mut(step.to_index().ok()?.for_len(items.len()).ok()?),
            Self::Leaf(_) => None,
        }
    }
}

/// The order of the names in a mapping. Merged names have the place of their `<<`.
#[derive(Default)]
struct Order<'n> {
    places: HashMap<&'n str, (usize, &'n YamlNode)>,
}

impl<'n> Order<'n> {
    fn add(&mut self, entries: &'n [MapEntry]) {
        for entry in entries {
            if entry.merges {
                self.add(entry.value.entries());
                entry.value.items().iter().rev().for_each(|item| self.add(item.node.entries()));
                continue;
            }
            let next = self.places.len();
            let place = self.places.entry(&entry.name).or_insert((next, &entry.value));
            place.1 = &entry.value;
        }
    }
}

fn rank(name: &str) -> usize {
    match name {
        "name" | "path" => 0,
        "httpGet" | "tcpSocket" | "grpc" | "exec" | "sleep" => 1,
        "divisor" => 3,
        _ => 2,
    }
}
