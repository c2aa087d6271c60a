//! Manifests: the text of a stream of documents in, the objects in them and their text with patches applied out.
//!
//! Reads as kubectl reads: streams of YAML and of JSON, split where kubectl splits them, scalars with the meaning that
//! they have there. What kubectl would read otherwise, or would drop in silence, is refused with its place. Edits the
//! author's text in place, proves each edit by reading it again, and leaves everything else as it is, byte for byte.
//! Never opens a file, never decides what is patched.

mod build;
mod characters;
mod edit;
mod foreign;
mod json;
mod node;
mod objects;
mod ordered;
mod scalar;
mod split;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::inject::{self, Operation, Patch, Root};
use edit::Changes;
pub use foreign::{Foreign, foreign};
use node::Node;
use ordered::Ordered;

/// A place in the input; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Why a stream was not read, and where. Displays the sentence alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is there, and what was expected; on one line, and of bounded length.
    pub sentence: String,
}

impl Unread {
    fn new(place: Place, sentence: impl AsRef<str>) -> Self {
        Self { line: place.line, column: place.column, sentence: crate::text::sentence(sentence.as_ref()) }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl std::error::Error for Unread {}

/// Why a document could not be written with its patches. Displays a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unedited(String);

impl fmt::Display for Unedited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unedited {}

/// A text that was read.
#[derive(Debug)]
pub struct Stream<'t> {
    text: &'t str,
    documents: Vec<Document<'t>>,
}

/// One document of a stream: empty, or an object.
#[derive(Debug)]
pub struct Document<'t> {
    text: &'t str,
    /// Where the text begins in the input, in bytes.
    start: usize,
    line: usize,
    /// Whether it was read as JSON, so that it must stay JSON.
    is_json: bool,
    value: Value,
    root: Option<Node>,
    objects: Vec<Object>,
}

/// One object of Kubernetes in a document: the document itself, or an item of a List.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `apps/v1`; empty where there is none.
    pub api_version: String,
    /// `Deployment`; empty where there is none.
    pub kind: String,
    /// `metadata.namespace`
    pub namespace: Option<String>,
    /// `metadata.name`, or `metadata.generateName` and `*`, or empty.
    pub name: String,
    /// Of its first line in the input, from 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// Where it stands in its document: empty, or `/items/0`.
    pub pointer: String,
    /// Where its Pod, or the template of its Pods, stands in it; absent for other kinds.
    pub root: Option<Root>,
}

/// Reads a stream of documents, YAML or JSON, as kubectl does.
///
/// # Errors
/// The first thing that kubectl refuses, or that it would read otherwise than the text looks: a key twice, a document
/// that is not an object, a text behind `...`.
pub fn read(text: &str) -> Result<Stream<'_>, Unread> {
    let mut budget = build::Budget::default();
    let chunks = split::split(text)?;
    let documents = chunks.into_iter().map(|chunk| Document::read(chunk, &mut budget)).collect::<Result<_, _>>()?;
    Ok(Stream { text, documents })
}

impl Object {
    /// The API group of `apiVersion`: `apps`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl<'t> Stream<'t> {
    /// Its documents, in their order. One that holds comments alone is among them, and has no objects.
    pub fn documents(&self) -> &[Document<'t>] {
        &self.documents
    }

    /// The stream with these texts in place of the documents with these numbers; everything else byte for byte.
    pub fn with(&self, changed: &BTreeMap<usize, String>) -> String {
        let mut out = String::with_capacity(self.text.len() + changed.values().map(String::len).sum::<usize>());
        let mut written = 0;
        for (number, text) in changed {
            let Some(document) = self.documents.get(*number) else { continue };
            out.push_str(self.text.get(written..document.start).unwrap_or_default());
            out.push_str(text);
            written = document.start + document.text.len();
            if !out.ends_with('\n') && document.text.ends_with('\n') {
                out.push_str(document.newline());
            }
        }
        out.push_str(self.text.get(written..).unwrap_or_default());
        out
    }
}

impl<'t> Document<'t> {
    fn read(chunk: split::Chunk<'t>, budget: &mut build::Budget) -> Result<Self, Unread> {
        let split::Chunk { text, start, line, is_json } = chunk;
        let (root, value) = build::build(&chunk, budget)?;
        if is_json {
            json::check(&chunk, &value)?;
        }
        if let Some(root) = root.as_ref().filter(|_| !value.is_object() && !value.is_null()) {
            let kind = if value.is_array() { "a list" } else { "a single value" };
            let sentence = format!("the document is {kind}; expected an object: apiVersion, kind, metadata");
            return Err(Unread::new(root.place, sentence));
        }
        let objects = objects::find(root.as_ref(), &value)?;
        Ok(Self { text, start, line, is_json, value, root, objects })
    }

    /// Its slice of the input: comments included, `---` lines not.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The line of the input on which its text begins, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What kubectl reads; `null` where the document is empty.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Every object in it: itself, or the items of a List, and of Lists in that; none where it is empty.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// An object of this document.
    pub fn object_value(&self, object: &Object) -> &Value {
        self.value.pointer(&object.pointer).unwrap_or(&Value::Null)
    }

    /// The Pod, or the template of the Pods, of an object of this document.
    pub fn pod_value(&self, object: &Object) -> Option<&Value> {
        self.object_value(object).pointer(object.root?.pointer())
    }

    /// The place of the annotation or label of this key in the object's Pod or template, or in its own metadata; or of
    /// the JSON pointer that this is, from the object on; else the place of the object.
    pub fn place_of(&self, object: &Object, key_or_pointer: &str) -> Place {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &inject::steps(&object.pointer)));
        let found = node.and_then(|node| objects::place_of(node, object.root, key_or_pointer));
        found.unwrap_or(Place { line: object.line, column: object.column })
    }

    /// The place at the end of these steps from the object on; else the place of the object.
    pub fn place_at(&self, object: &Object, steps: &[String]) -> Place {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &inject::steps(&object.pointer)));
        let found = node.zip(steps.split_last()).and_then(|(node, (last, parents))| {
            let parent = objects::descend(node, parents)?;
            parent.entry(last).map(|entry| entry.place)
        });
        found.unwrap_or(Place { line: object.line, column: object.column })
    }

    /// The text with these patches applied, each to its object of this document; as little changed as possible.
    ///
    /// # Errors
    /// A patch that is not for that object.
    pub fn edited(&self, patches: &[(&Object, &Patch)]) -> Result<Edited, Unedited> {
        if patches.is_empty() {
            return Ok(Edited { text: self.text().to_owned(), anew: false });
        }
        let (operations, wanted) = self.wanted(patches)?;
        let value = wanted.to_value();
        let proven = |text: &String| holds(text, &value);
        if let Some(text) = self.spliced(&operations).filter(proven) {
            return Ok(Edited { text, anew: false });
        }
        let sentence = "the patched document cannot be written so that kubectl reads what it should";
        let text = Some(self.rewritten(&wanted)).filter(proven).ok_or_else(|| Unedited(sentence.to_owned()))?;
        Ok(Edited { text, anew: true })
    }

    /// The operations of these patches, from the document on, and what they make of it.
    fn wanted(&self, patches: &[(&Object, &Patch)]) -> Result<(Vec<Operation>, Ordered), Unedited> {
        let operations = operations(patches)?;
        let mut wanted = Ordered::of(self.root.as_ref(), &self.value);
        for operation in &operations {
            let applied = wanted.apply(&operation.path, operation);
            applied.ok_or_else(|| Unedited("the patch does not apply to this object".to_owned()))?;
        }
        Ok((operations, wanted))
    }

    /// The text with these operations written into it; not proven.
    fn spliced(&self, operations: &[Operation]) -> Option<String> {
        let root = self.root.as_ref()?;
        let mut changes = Changes::default();
        operations.iter().try_for_each(|operation| changes.add(root, operation))?;
        edit::edited(self.text, self.newline(), (root, &self.value), &changes)
    }

    /// The whole document anew: what stands above its first line stays, other comments are lost.
    fn rewritten(&self, wanted: &Ordered) -> String {
        let start = self.root.as_ref().map_or(0, |root| root.start);
        let head = self.text.get(..start).unwrap_or_default();
        let head = head.rfind('\n').and_then(|end| head.get(..=end)).unwrap_or_default();
        let body = if self.is_json { write::json(wanted) } else { write::yaml(wanted) };
        let body = if self.newline() == "\n" { body } else { body.replace('\n', self.newline()) };
        format!("{head}{body}")
    }

    fn newline(&self) -> &'static str {
        let first = self.text.find('\n').and_then(|at| self.text.get(..at));
        if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
    }
}

/// A document's text with patches applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// All of it.
    pub text: String,
    /// Whether it had to be written anew, because an alias or another rare form stood in the way; then its comments are lost.
    pub anew: bool,
}

/// The operations of patches, from the document on.
fn operations(patches: &[(&Object, &Patch)]) -> Result<Vec<Operation>, Unedited> {
    let mut operations = Vec::new();
    for (object, patch) in patches {
        let object = inject::steps(&object.pointer);
        for operation in patch.operations().map_err(|error| Unedited(error.to_string()))? {
            operations.push(Operation { path: [object.as_slice(), &operation.path].concat(), ..operation });
        }
    }
    Ok(operations)
}

/// Whether kubectl reads just this in a text.
fn holds(text: &str, value: &Value) -> bool {
    let Ok(stream) = read(text) else { return false };
    let mut full = stream.documents.iter().filter(|document| !document.objects.is_empty());
    full.next().is_some_and(|document| document.value == *value) && full.next().is_none()
}

#[cfg(test)]
mod tests;
