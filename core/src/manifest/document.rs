//! The documents of a stream: read, looked into, and written with patches.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chunk::Chunk;
use super::edit::{self, Changes, Site};
use super::objects::{self, Object};
use super::ordered::Ordered;
use super::yaml_node::YamlNode;
use super::{EditError, ReadError, ReadErrorKind, build, difference, json, split, write};
use crate::inject::{self, Operation, Patch};
use crate::text::Position;

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
    /// The start of the text in the input, in bytes.
    start: usize,
    line: usize,
    /// Whether it was read as JSON, so that it must stay JSON.
    is_json: bool,
    pub(super) value: Value,
    pub(super) root: Option<YamlNode>,
    objects: Vec<Object>,
}

/// Reads a stream of documents, YAML or JSON, as kubectl does.
///
/// ```
/// use podwright_core::manifest::read;
///
/// let stream = read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n---\nkind: Job\n# A key twice:\nkind: CronJob\n");
/// let error = stream.unwrap_err();
/// assert_eq!((error.position.line, error.position.column), (7, 1));
/// assert_eq!(error.to_string(), "the key \"kind\" is there twice, first on line 5");
///
/// let stream = read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n")?;
/// let object = &stream.documents()[0].objects()[0];
/// assert_eq!((object.kind.as_str(), object.name.as_str()), ("Pod", "web"));
/// # Ok::<(), podwright_core::manifest::ReadError>(())
/// ```
///
/// # Errors
/// The first thing that kubectl refuses, or that it would read otherwise than the text looks: a key twice, a document
/// that is not an object, a text behind `...`.
pub fn read(text: &str) -> Result<Stream<'_>, ReadError> {
    let mut budget = build::Budget::default();
    let chunks = split::split(text)?;
    let documents = chunks.into_iter().map(|chunk| Document::read(chunk, &mut budget)).collect::<Result<_, _>>()?;
    Ok(Stream { text, documents })
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
    fn read(chunk: Chunk<'t>, budget: &mut build::Budget) -> Result<Self, ReadError> {
        let Chunk { text, start, line, is_json } = chunk;
        let (root, value) = build::build(&chunk, budget)?;
        if is_json {
            json::check(&chunk, &value)?;
        }
        if let Some(root) = root.as_ref().filter(|_| !value.is_object() && !value.is_null()) {
            let kind = if value.is_array() { "a list" } else { "a single value" };
            return Err(ReadError::new(root.place, ReadErrorKind::NoObject(kind)));
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

    /// The value as kubectl reads it; `null` for an empty document.
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
    pub fn place_of(&self, object: &Object, key_or_pointer: &str) -> Position {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &inject::steps(&object.pointer)));
        let found = node.and_then(|node| objects::place_of(node, object.root, key_or_pointer));
        found.unwrap_or(Position { line: object.line, column: object.column })
    }

    /// The place at the end of these steps from the object on; else the place of the object.
    pub fn place_at(&self, object: &Object, steps: &[String]) -> Position {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &inject::steps(&object.pointer)));
        let found = node.zip(steps.split_last()).and_then(|(node, (last, parents))| {
            let parent = objects::descend(node, parents)?;
            parent.entry(last).map(|entry| entry.place)
        });
        found.unwrap_or(Position { line: object.line, column: object.column })
    }

    /// The value with these patches applied, each to its object of this document.
    ///
    /// # Errors
    /// A patch that is not for that object.
    pub fn patched(&self, patches: &[(&Object, &Patch)]) -> Result<Value, EditError> {
        self.wanted(patches).map(|(_, wanted)| wanted.to_value())
    }

    /// The text with these patches applied, each to its object of this document; as little changed as possible.
    ///
    /// # Errors
    /// A patch that is not for that object.
    pub fn edited(&self, patches: &[(&Object, &Patch)]) -> Result<Edited, EditError> {
        if patches.is_empty() {
            return Ok(Edited { text: self.text().to_owned(), anew: false });
        }
        let (operations, wanted) = self.wanted(patches)?;
        self.proven(self.spliced(&operations), &wanted)
    }

    /// The text with this value; as little changed as possible.
    ///
    /// # Errors
    /// A value that cannot be written so that kubectl reads the same.
    pub fn with_value(&self, wanted: &Value) -> Result<Edited, EditError> {
        if *wanted == self.value {
            return Ok(Edited { text: self.text.to_owned(), anew: false });
        }
        let spliced = difference::operations(&self.value, wanted).and_then(|operations| self.spliced(&operations));
        self.proven(spliced, &Ordered::of(self.root.as_ref(), wanted))
    }

    /// This text if kubectl reads the wanted value in it, else the whole document anew.
    fn proven(&self, spliced: Option<String>, wanted: &Ordered) -> Result<Edited, EditError> {
        let value = wanted.to_value();
        let proven = |text: &String| holds(text, &value);
        if let Some(text) = spliced.filter(proven) {
            return Ok(Edited { text, anew: false });
        }
        let text = Some(self.rewritten(wanted)).filter(proven).ok_or(EditError::NotProven)?;
        Ok(Edited { text, anew: true })
    }

    /// The operations of these patches, from the document on, and what they make of it.
    fn wanted(&self, patches: &[(&Object, &Patch)]) -> Result<(Vec<Operation>, Ordered), EditError> {
        let operations = operations(patches)?;
        let mut wanted = Ordered::of(self.root.as_ref(), &self.value);
        for operation in &operations {
            wanted.apply(&operation.path, operation).ok_or(EditError::AnotherObject)?;
        }
        Ok((operations, wanted))
    }

    /// The text with these operations written into it; not proven.
    pub(super) fn spliced(&self, operations: &[Operation]) -> Option<String> {
        let root = self.root.as_ref()?;
        let mut changes = Changes::default();
        operations.iter().try_for_each(|operation| changes.add(root, operation))?;
        edit::edited(self.text, self.newline(), Site { node: root, value: &self.value }, &changes)
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
fn operations(patches: &[(&Object, &Patch)]) -> Result<Vec<Operation>, EditError> {
    let mut operations = Vec::new();
    for (object, patch) in patches {
        if patch.operations().is_empty() {
            return Err(EditError::NoOperations);
        }
        let object = inject::steps(&object.pointer);
        operations.extend(
            patch.operations().iter().map(|operation| Operation {
                path: [object.as_slice(), &operation.path].concat(),
                ..operation.clone()
            }),
        );
    }
    Ok(operations)
}

/// Whether kubectl reads just this in a text.
fn holds(text: &str, value: &Value) -> bool {
    let Ok(stream) = read(text) else { return false };
    let mut full = stream.documents.iter().filter(|document| !document.objects.is_empty());
    full.next().is_some_and(|document| document.value == *value) && full.next().is_none()
}
