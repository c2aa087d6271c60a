//! The operations of a patch as values, for documents other than the API server's JSON.

use serde_json::{Map, Value};

use super::Root;
use super::addition::{Addition, Segment, groups};

/// The action of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sets a member, existing or not, or inserts an item into a list.
    Add,
    /// Replaces an existing value.
    Replace,
}

/// An operation of a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The action.
    pub act: Act,
    /// The path: names, indexes, and `-` for the end of a list. Steps have no escapes.
    pub path: Vec<String>,
    /// The value to set.
    pub value: Value,
}

impl Operation {
    /// Returns the operations for the additions below `parent`, in the order of the patch.
    pub(super) fn all(
        root: Root,
        parent: &[Segment],
        additions: &mut [Addition<'_>],
    ) -> Result<Vec<Self>, serde_json::Error> {
        let parents = [steps(root.pointer()), parent.iter().map(Segment::to_string).collect()].concat();
        groups(additions).map(|group| Self::of(&parents, group)).collect()
    }

    fn of(parents: &[String], group: &[Addition<'_>]) -> Result<Self, serde_json::Error> {
        let target = group.first().map(Addition::target).unwrap_or_default();
        let path = parents.iter().cloned().chain(target.iter().map(Segment::to_string)).collect();
        let act = if group.first().is_some_and(Addition::replaces) { Act::Replace } else { Act::Add };
        Ok(Self { act, path, value: value(group, target.len())? })
    }
}

/// Returns the missing part below the first `depth` steps of the paths.
fn value(group: &[Addition<'_>], depth: usize) -> Result<Value, serde_json::Error> {
    let Some(first) = group.first() else { return Ok(Value::Null) };
    let parts = group.chunk_by(|a, b| a.step(depth) == b.step(depth));
    match first.step(depth) {
        None => first.leaf.to_value(),
        Some(Segment::Index(_) | Segment::End(_)) => parts.map(|part| value(part, depth + 1)).collect(),
        Some(Segment::Key(_)) => {
            let name = |part: &[Addition<'_>]| part.first().and_then(|it| it.step(depth)).map(Segment::to_string);
            let member = |part| Ok((name(part).unwrap_or_default(), value(part, depth + 1)?));
            parts.map(member).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
    }
}

/// Splits a JSON pointer (RFC 6901) into steps without escapes.
pub fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}
