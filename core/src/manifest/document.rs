//! The documents of a stream: reading, look-ups, and edits.

use std::collections::BTreeMap;

use json_patch::PatchOperation;
use json_patch::jsonptr::{PointerBuf, Token};
use serde_json::Value;

use super::chunk::Chunk;
use super::edit::{self, Changes, Site};
use super::objects::{self, Object};
use super::ordered::Ordered;
use super::yaml_node::YamlNode;
use super::{EditError, ReadError, ReadErrorKind, build, difference, json, split, write};
use crate::inject::Patch;
use crate::text::Position;

/// A parsed text.
#[derive(Debug)]
pub struct Stream<'t> {
    text: &'t str,
    documents: Vec<Document<'t>>,
}

/// A document of a stream: empty, or an object.
#[derive(Debug)]
pub struct Document<'t> {
    text: &'t str,
    /// The byte offset of the text in the input.
    start: usize,
    line: usize,
    /// True for JSON, which must stay JSON.
    is_json: bool,
    pub(super) value: Value,
    pub(super) root: Option<YamlNode>,
    objects: Vec<Object>,
}

/// Reads a stream of YAML or JSON documents as kubectl does.
///
/// ```
/// use podwright_core::manifest::read;
///
/// let stream = read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n---\nkind: Job\n# A key twice:\nkind: CronJob\n");
/// let error = stream.unwrap_err();
/// assert_eq!((error.position.line, error.position.column), (7, 1));
/// assert_eq!(error.to_string(), "duplicate key \"kind\": first set on line 5; expected each key once");
///
/// let stream = read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n")?;
/// let object = &stream.documents()[0].objects()[0];
/// assert_eq!((object.kind.as_str(), object.name.as_str()), ("Pod", "web"));
/// # Ok::<(), podwright_core::manifest::ReadError>(())
/// ```
///
/// # Errors
/// The first mistake: a text that kubectl refuses, or reads differently from its appearance. Examples are a duplicate
/// key, a document that is not an object, and text after `...`.
pub fn read(text: &str) -> Result<Stream<'_>, ReadError> {
    let mut budget = build::Budget::default();
    let chunks = split::split(text)?;
    let documents = chunks.into_iter().map(|chunk| Document::read(chunk, &mut budget)).collect::<Result<_, _>>()?;
    Ok(Stream { text, documents })
}

impl<'t> Stream<'t> {
    /// Returns the documents in order. A document with only comments is included and has no objects.
    pub fn documents(&self) -> &[Document<'t>] {
        &self.documents
    }

    /// Returns the stream with new texts for some documents, by their number. All other bytes stay.
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

    /// Returns its slice of the input, with comments and without `---` lines.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Returns the first line of its text in the input, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the value as kubectl reads it: `null` for an empty document.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns its objects: the document itself, or the items of a List and of nested Lists.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Returns the value of an object of this document.
    pub fn object_value(&self, object: &Object) -> &Value {
        self.value.pointer(object.pointer.as_str()).unwrap_or(&Value::Null)
    }

    /// Returns the Pod or the Pod template of an object of this document.
    pub fn pod_value(&self, object: &Object) -> Option<&Value> {
        self.object_value(object).pointer(object.root?.pointer())
    }

    /// Returns the position of an annotation or label with this key, in the Pod's metadata first and then in the
    /// object's. A key with a leading `/` is a JSON pointer from the object on. Falls back to the object's position.
    pub fn place_of(&self, object: &Object, key_or_pointer: &str) -> Position {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &object.pointer));
        let found = node.and_then(|node| objects::place_of(node, object.root, key_or_pointer));
        found.unwrap_or(Position { line: object.line, column: object.column })
    }

    /// Returns the position at the end of these steps from the object on. Falls back to the object's position.
    pub fn place_at(&self, object: &Object, steps: &[String]) -> Position {
        let node = self.root.as_ref().and_then(|root| objects::descend(root, &object.pointer));
        let found = node.zip(steps.split_last()).and_then(|(node, (last, parents))| {
            let parent = objects::descend(node, parents.iter().map(Token::from))?;
            parent.entry(last).map(|entry| entry.place)
        });
        found.unwrap_or(Position { line: object.line, column: object.column })
    }

    /// Returns the path from an object on to the key or item at this position. `None` for the object itself, and outside of
    /// it.
    pub fn path_to(&self, object: &Object, place: Position) -> Option<PointerBuf> {
        let is_object = (place.line, place.column) == (object.line, object.column);
        let node = objects::descend(self.root.as_ref()?, &object.pointer)?;
        if is_object { None } else { objects::path_to(node, place) }
    }

    /// Returns the value with these patches applied, each to its object of this document.
    ///
    /// # Errors
    /// A patch belongs to another object or has no operations.
    pub fn patched(&self, patches: &[(&Object, &Patch)]) -> Result<Value, EditError> {
        let mut value = self.value.clone();
        for (object, patch) in patches {
            if patch.operations().is_empty() {
                return Err(EditError::NoOperations);
            }
            let target = value.pointer_mut(object.pointer.as_str()).ok_or(EditError::AnotherObject)?;
            json_patch::patch_unsafe(target, patch.operations()).map_err(|_| EditError::AnotherObject)?;
        }
        Ok(value)
    }

    /// Returns the text with these patches applied, each to its object of this document, with minimal changes.
    ///
    /// # Errors
    /// A patch belongs to another object or has no operations, or the result would have another meaning.
    pub fn edited(&self, patches: &[(&Object, &Patch)]) -> Result<Edited, EditError> {
        if patches.is_empty() {
            return Ok(Edited { text: self.text().to_owned(), anew: false });
        }
        let value = self.patched(patches)?;
        let spliced = self.changes(operations(patches)).and_then(|changes| self.spliced(&changes));
        let rewritten = || {
            let mut wanted = Ordered::of(self.root.as_ref(), &self.value);
            operations(patches).try_for_each(|(path, operation)| wanted.apply(&path, operation))?;
            Some(self.rewritten(&wanted))
        };
        proven(&value, spliced, rewritten)
    }

    /// Returns the text with this value, with minimal changes.
    ///
    /// # Errors
    /// The result would have another meaning for kubectl.
    pub fn with_value(&self, wanted: &Value) -> Result<Edited, EditError> {
        if *wanted == self.value {
            return Ok(Edited { text: self.text.to_owned(), anew: false });
        }
        let operations = difference::operations(&self.value, wanted);
        let changes =
            operations.and_then(|operations| self.changes(operations.iter().map(|each| (each.path().to_buf(), each))));
        let spliced = changes.and_then(|changes| self.spliced(&changes));
        proven(wanted, spliced, || Some(self.rewritten(&Ordered::of(self.root.as_ref(), wanted))))
    }

    /// Sorts the operations by the place in the text that they change.
    fn changes<'p>(&self, mut operations: impl Iterator<Item = (PointerBuf, &'p PatchOperation)>) -> Option<Changes> {
        let root = self.root.as_ref()?;
        let mut changes = Changes::default();
        operations.try_for_each(|(path, operation)| changes.add(root, &path, operation))?;
        Some(changes)
    }

    /// Writes these changes into the text. The caller must prove the result.
    pub(super) fn spliced(&self, changes: &Changes) -> Option<String> {
        edit::edited(self.text, self.newline(), Site { node: self.root.as_ref()?, value: &self.value }, changes)
    }

    /// Writes the whole document anew. Comments above its first line stay, all others are lost.
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
    /// The whole text.
    pub text: String,
    /// True if the document was written anew, without comments, because of an alias or another rare form.
    pub anew: bool,
}

/// Returns the operations of all patches, each with its path from the document on.
fn operations<'p>(patches: &[(&Object, &'p Patch)]) -> impl Iterator<Item = (PointerBuf, &'p PatchOperation)> {
    patches.iter().flat_map(|(object, patch)| {
        patch.operations().iter().map(|operation| (object.pointer.concat(operation.path()), operation))
    })
}

/// Returns the first of these texts in which kubectl reads exactly this value; the second one is the whole document anew.
fn proven(
    value: &Value,
    spliced: Option<String>,
    rewritten: impl FnOnce() -> Option<String>,
) -> Result<Edited, EditError> {
    if let Some(text) = spliced.filter(|text| holds(text, value)) {
        return Ok(Edited { text, anew: false });
    }
    let text = rewritten().filter(|text| holds(text, value)).ok_or(EditError::NotProven)?;
    Ok(Edited { text, anew: true })
}

/// Returns whether kubectl reads exactly this value in a text.
fn holds(text: &str, value: &Value) -> bool {
    let Ok(stream) = read(text) else { return false };
    let mut full = stream.documents.iter().filter(|document| !document.value.is_null());
    full.next().is_some_and(|document| document.value == *value) && full.next().is_none()
}
