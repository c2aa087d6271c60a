//! Additions in, the text of the operations out.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

use super::Leaf;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// A member of an object.
    Key(&'static str),
    /// An item of a list.
    Index(usize),
    /// Behind the last item of a list; several in the order of their numbers.
    End(usize),
}

/// Something to be put somewhere.
pub(super) struct Addition<'e> {
    /// Where, from the Pod.
    pub(super) path: Vec<Segment>,
    /// How many of the path's segments are there already; all of them, where a value is to be replaced.
    pub(super) there: usize,
    /// What.
    pub(super) leaf: Leaf<'e>,
}

impl Addition<'_> {
    /// The path of the largest part that is missing.
    fn target(&self) -> &[Segment] {
        self.path.get(..=self.there).unwrap_or(&self.path)
    }
}

/// Writes one operation for all additions that have a missing parent in common, in the order of their paths.
pub(super) fn write(mut additions: Vec<Addition<'_>>, root: &str) -> Result<Vec<u8>, serde_json::Error> {
    additions.sort_by(|a, b| a.path.cmp(&b.path));
    let operations = additions.chunk_by(|a, b| a.target() == b.target()).map(|group| Operation::of(group, root));
    serde_json::to_vec(&operations.collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Operation<'g, 'e> {
    op: &'static str,
    path: String,
    value: Missing<'g, 'e>,
}

impl<'g, 'e> Operation<'g, 'e> {
    fn of(group: &'g [Addition<'e>], root: &str) -> Self {
        let target = group.first().map(Addition::target).unwrap_or_default();
        let replaces = group.first().is_some_and(|addition| addition.there == addition.path.len());
        Self {
            op: if replaces { "replace" } else { "add" },
            path: pointer(root, target),
            value: Missing { group, depth: target.len() },
        }
    }
}

/// RFC 6901: `~` and `/` are escaped.
fn pointer(root: &str, path: &[Segment]) -> String {
    let mut pointer = root.to_owned();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(index) => pointer.push_str(&index.to_string()),
            Segment::End(_) => pointer.push('-'),
        }
    }
    pointer
}

/// The part that is missing below a path of this depth.
struct Missing<'g, 'e> {
    group: &'g [Addition<'e>],
    depth: usize,
}

impl Serialize for Missing<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.group.first().map(|addition| (addition.path.get(self.depth), addition.leaf)) {
            None => serializer.serialize_unit(),
            Some((None, leaf)) => leaf.serialize(serializer),
            Some((Some(Segment::Key(_)), _)) => self.serialize_object(serializer),
            Some((Some(Segment::Index(_) | Segment::End(_)), _)) => self.serialize_list(serializer),
        }
    }
}

impl<'g, 'e> Missing<'g, 'e> {
    /// The parts one level further down, each with its step.
    fn parts(&self) -> impl Iterator<Item = (Option<&'g Segment>, Missing<'g, 'e>)> {
        let depth = self.depth;
        let parts = self.group.chunk_by(move |a, b| a.path.get(depth) == b.path.get(depth));
        let step = move |group: &'g [Addition<'e>]| group.first()?.path.get(depth);
        parts.map(move |group| (step(group), Missing { group, depth: depth + 1 }))
    }

    fn serialize_object<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (step, part) in self.parts() {
            if let Some(Segment::Key(key)) = step {
                object.serialize_entry(key, &part)?;
            }
        }
        object.end()
    }

    fn serialize_list<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (_, part) in self.parts() {
            list.serialize_element(&part)?;
        }
        list.end()
    }
}
