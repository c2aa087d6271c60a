//! A value whose members keep the author's order, and patches applied to it.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};

use super::yaml_node::{MapEntry, YamlNode};
use crate::inject::{Act, Operation};

/// A value in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ordered {
    /// Neither a list nor a mapping.
    Leaf(Value),
    List(VecDeque<Ordered>),
    Map(Vec<(String, Ordered)>),
}

impl Ordered {
    /// The value of a place in the author's order; `node` is its shape.
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

    /// A value of ours, in Kubernetes' order as far as it is known: names first, then what a probe or a hook does, then the rest.
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

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Map(members) => {
                members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// Applies an operation (RFC 6902) at this path; `None` where there is no such place.
    pub(super) fn apply(&mut self, path: &[String], operation: &Operation) -> Option<()> {
        let (step, rest) = path.split_first()?;
        if !rest.is_empty() {
            return self.child(step)?.apply(rest, operation);
        }
        let value = Self::ours(&operation.value);
        match (self, operation.act) {
            (Self::List(items), Act::Add) => {
                let index = if step == "-" { items.len() } else { index(step)? };
                (index <= items.len()).then(|| items.insert(index, value))
            }
            (Self::Map(members), Act::Add) => {
                match members.iter_mut().find(|(name, _)| name == step) {
                    Some((_, there)) => *there = value,
                    None => members.push((step.clone(), value)),
                }
                Some(())
            }
            (parent, Act::Replace) => {
                *parent.child(step)? = value;
                Some(())
            }
            (Self::Leaf(_), Act::Add) => None,
        }
    }

    fn child(&mut self, step: &str) -> Option<&mut Self> {
        match self {
            Self::Map(members) => members.iter_mut().find(|(name, _)| name == step).map(|(_, value)| value),
            Self::List(items) => items.get_mut(index(step)?),
            Self::Leaf(_) => None,
        }
    }
}

/// RFC 6901: digits without leading zeros.
pub(super) fn index(step: &str) -> Option<usize> {
    let is_index = step == "0" || step.bytes().next().is_some_and(|byte| byte.is_ascii_digit() && byte != b'0');
    step.parse().ok().filter(|_| is_index)
}

/// The order of the names in a mapping; merged ones are where their `<<` is.
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
