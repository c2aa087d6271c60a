//! The operations of a patch as values: manifest edits apply them to the author's text.

use json_patch::jsonptr::{Pointer, PointerBuf};
use json_patch::{AddOperation, PatchOperation, ReplaceOperation};
use serde_json::{Map, Value};

use super::Root;
use super::addition::{Addition, Segment, groups};

/// Returns the operations for the additions below `parent`, in the order of the patch.
pub(super) fn operations(
    root: Root,
    parent: &[Segment],
    additions: &mut [Addition<'_>],
) -> Result<Vec<PatchOperation>, serde_json::Error> {
    let root = Pointer::from_static(root.pointer());
    let operation = |group: &[Addition<'_>]| {
        let target = group.first().map(Addition::target).unwrap_or_default();
        let path = root.concat(&PointerBuf::from_tokens(parent.iter().chain(target).map(Segment::to_string)));
        let value = value(group, target.len())?;
        Ok(match group.first().is_some_and(Addition::replaces) {
            true => PatchOperation::Replace(ReplaceOperation { path, value }),
            false => PatchOperation::Add(AddOperation { path, value }),
        })
    };
    groups(additions).map(operation).collect()
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
