//! Additions in, the text of the operations out, written once: this is most of what a review costs after reading it.

use super::Leaf;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// A member of an object. Its names are ours: none needs escapes in JSON.
    Key(&'static str),
    /// An item of a list.
    Index(usize),
    /// Behind the last item of a list; several in the order of their numbers.
    End(usize),
}

/// How long a path is at most, below its container or the Pod.
const DEPTH: usize = 3;

/// Something to be put somewhere.
pub(super) struct Addition<'e> {
    /// Where; `length` steps of it.
    path: [Segment; DEPTH],
    length: usize,
    /// How many of the path's steps are there already; all of them, where a value is to be replaced.
    there: usize,
    /// What.
    leaf: Leaf<'e>,
}

impl<'e> Addition<'e> {
    /// To be put at `path`, of whose steps these are there, from the first on. A path that is too long does not compile.
    pub(super) fn new<const LENGTH: usize>(path: [Segment; LENGTH], there: &[bool], leaf: Leaf<'e>) -> Self {
        const { assert!(LENGTH <= DEPTH) };
        let mut whole = [Segment::End(0); DEPTH];
        whole.iter_mut().zip(path).for_each(|(place, step)| *place = step);
        Self { path: whole, length: LENGTH, there: there.iter().take_while(|there| **there).count(), leaf }
    }

    fn path(&self) -> &[Segment] {
        self.path.get(..self.length).unwrap_or(&self.path)
    }

    /// The path of the largest part that is missing.
    fn target(&self) -> &[Segment] {
        self.path().get(..=self.there).unwrap_or(self.path())
    }

    fn step(&self, depth: usize) -> Option<&Segment> {
        self.path().get(depth)
    }
}

/// The operations so far, as JSON text.
pub(super) struct Operations {
    json: Vec<u8>,
    root: &'static str,
}

/// What most patches fit into.
const USUAL: usize = 2048;

impl Operations {
    /// None yet; all paths begin with `root`.
    pub(super) fn new(root: &'static str) -> Self {
        Self { json: Vec::new(), root }
    }

    /// The array, where there is anything in it.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        if self.json.is_empty() {
            return None;
        }
        self.json.push(b']');
        Some(self.json)
    }

    /// Writes one operation for all additions below `parent` that have a missing part in common, in the order of their
    /// paths, and takes them.
    pub(super) fn write(
        &mut self,
        parent: &[Segment],
        additions: &mut Vec<Addition<'_>>,
    ) -> Result<(), serde_json::Error> {
        if self.json.is_empty() && !additions.is_empty() {
            self.json.reserve(USUAL);
        }
        additions.sort_by(|a, b| a.path().cmp(b.path()));
        let mut parents = self.root.as_bytes().to_vec();
        pointer(parent, &mut parents)?;
        for group in additions.chunk_by(|a, b| a.target() == b.target()) {
            if let Some(first) = group.first() {
                self.operation(&parents, first)?;
                self.value(group, first.target().len())?;
                self.json.push(b'}');
            }
        }
        additions.clear();
        Ok(())
    }

    /// All of an operation but its value.
    fn operation(&mut self, parents: &[u8], addition: &Addition<'_>) -> Result<(), serde_json::Error> {
        self.json.push(if self.json.is_empty() { b'[' } else { b',' });
        let replaces = addition.there == addition.length;
        self.text(if replaces { r#"{"op":"replace","path":""# } else { r#"{"op":"add","path":""# });
        self.json.extend_from_slice(parents);
        pointer(addition.target(), &mut self.json)?;
        self.text(r#"","value":"#);
        Ok(())
    }

    /// The part that is missing below the paths' first steps, `depth` of them.
    fn value(&mut self, group: &[Addition<'_>], depth: usize) -> Result<(), serde_json::Error> {
        let Some(first) = group.first() else { return Ok(()) };
        let (open, close) = match first.step(depth) {
            None => return first.leaf.write(&mut self.json),
            Some(Segment::Key(_)) => (b'{', b'}'),
            Some(Segment::Index(_) | Segment::End(_)) => (b'[', b']'),
        };
        self.json.push(open);
        for (nth, part) in group.chunk_by(|a, b| a.step(depth) == b.step(depth)).enumerate() {
            if nth > 0 {
                self.json.push(b',');
            }
            if let Some(Segment::Key(key)) = part.first().and_then(|addition| addition.step(depth)) {
                self.json.push(b'"');
                self.text(key);
                self.text("\":");
            }
            self.value(part, depth + 1)?;
        }
        self.json.push(close);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.json.extend_from_slice(text.as_bytes());
    }
}

/// A path as RFC 6901 has it: `~` and `/` are escaped.
fn pointer(path: &[Segment], json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    for segment in path {
        json.push(b'/');
        match segment {
            Segment::Key(key) if key.bytes().any(|byte| matches!(byte, b'~' | b'/')) => {
                json.extend_from_slice(key.replace('~', "~0").replace('/', "~1").as_bytes());
            }
            Segment::Key(key) => json.extend_from_slice(key.as_bytes()),
            Segment::Index(index) => serde_json::to_writer(&mut *json, index)?,
            Segment::End(_) => json.push(b'-'),
        }
    }
    Ok(())
}
