//! The text of a patch, written once from the additions. After parsing, this is the largest cost of a review.

use super::addition::{Addition, Segment, groups};

/// The operations so far, as JSON text.
pub(super) struct PatchText {
    json: Vec<u8>,
    root: &'static str,
}

/// The usual size of a patch in bytes.
const USUAL: usize = 2048;

impl PatchText {
    /// Starts without operations. All paths begin with `root`.
    pub(super) fn new(root: &'static str) -> Self {
        Self { json: Vec::new(), root }
    }

    /// Returns the array of operations; `None` if it is empty.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        if self.json.is_empty() {
            return None;
        }
        self.json.push(b']');
        Some(self.json)
    }

    /// Writes one operation for each group of additions below `parent` with a common missing part, in the order of
    /// their paths.
    pub(super) fn write(
        &mut self,
        parent: &[Segment],
        additions: &mut [Addition<'_>],
    ) -> Result<(), serde_json::Error> {
        if self.json.is_empty() && !additions.is_empty() {
            self.json.reserve(USUAL);
        }
        let mut parents = self.root.as_bytes().to_vec();
        pointer(parent, &mut parents)?;
        for group in groups(additions) {
            if let Some(first) = group.first() {
                self.operation(&parents, first)?;
                self.value(group, first.target().len())?;
                self.json.push(b'}');
            }
        }
        Ok(())
    }

    /// Writes an operation except its value.
    fn operation(&mut self, parents: &[u8], addition: &Addition<'_>) -> Result<(), serde_json::Error> {
        self.json.push(if self.json.is_empty() { b'[' } else { b',' });
        self.text(if addition.replaces() { r#"{"op":"replace","path":""# } else { r#"{"op":"add","path":""# });
        self.json.extend_from_slice(parents);
        pointer(addition.target(), &mut self.json)?;
        self.text(r#"","value":"#);
        Ok(())
    }

    /// Writes the missing part below the first `depth` steps of the paths.
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

/// Writes a path as a JSON pointer (RFC 6901), with `~` and `/` escaped.
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
