//! The objects of a document, in Lists too.

use json_patch::jsonptr::{Pointer, PointerBuf, Token};
use serde_json::Value;

use super::yaml_node::{YamlNode, YamlShape};
use super::{ReadError, ReadErrorKind};
use crate::inject::Root;
use crate::text::Position;
use crate::workload;

/// A Kubernetes object in a document: the document itself, or an item of a List.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `apps/v1`, or empty.
    pub api_version: String,
    /// `Deployment`, or empty.
    pub kind: String,
    /// `metadata.namespace`
    pub namespace: Option<String>,
    /// `metadata.name`, or `metadata.generateName` and `*`, or empty.
    pub name: String,
    /// The line of its start in the input, from 1.
    pub line: usize,
    /// The column of its start, from 1.
    pub column: usize,
    /// The JSON pointer to it in its document: empty, or `/items/0`.
    pub pointer: PointerBuf,
    /// The place of its Pod or Pod template. Absent for objects without one.
    pub root: Option<Root>,
}

impl Object {
    /// Returns the API group of `apiVersion`: `apps`, or empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Returns whether the object is a Namespace, which is in no namespace itself.
    pub fn is_namespace(&self) -> bool {
        (self.api_version.as_str(), self.kind.as_str()) == ("v1", "Namespace")
    }
}

/// Finds all objects of a document. `root` is the shape of `value`.
pub(super) fn find(root: Option<&YamlNode>, value: &Value) -> Result<Vec<Object>, ReadError> {
    let mut found = Vec::new();
    if let Some(root) = root.filter(|_| value.is_object()) {
        collect(&Member { node: root, value, pointer: PointerBuf::new() }, None, &mut found)?;
    }
    Ok(found)
}

struct Member<'d> {
    node: &'d YamlNode,
    value: &'d Value,
    pointer: PointerBuf,
}

/// The kind of the items in a typed list. As in kubectl, items without `kind` inherit it from the list.
struct Inherited<'d> {
    api_version: &'d str,
    kind: &'d str,
}

fn collect(member: &Member<'_>, of: Option<&Inherited<'_>>, found: &mut Vec<Object>) -> Result<(), ReadError> {
    let object = object(member, of);
    let items = member.value.get("items").and_then(Value::as_array).filter(|_| object.kind.ends_with("List"));
    let Some(items) = items else {
        found.push(object);
        return Ok(());
    };
    let nodes = member.node.value_of("items").map(YamlNode::items).unwrap_or_default();
    let kind = object.kind.strip_suffix("List").unwrap_or_default();
    let inherited = Inherited { api_version: &object.api_version, kind };
    let inherited = (!kind.is_empty()).then_some(&inherited);
    for (index, (value, item)) in items.iter().zip(nodes).enumerate() {
        if !value.is_object() {
            return Err(ReadError::new(item.node.place, ReadErrorKind::ItemNoObject));
        }
        let pointer = member.pointer.with_trailing_token("items").with_trailing_token(index);
        collect(&Member { node: &item.node, value, pointer }, inherited, found)?;
    }
    Ok(())
}

fn object(Member { node, value, pointer }: &Member<'_>, of: Option<&Inherited<'_>>) -> Object {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let (mut api_version, mut kind) = (text(value, "apiVersion"), text(value, "kind"));
    if let (None, None, Some(of)) = (&api_version, &kind, of) {
        (api_version, kind) = (Some(of.api_version.to_owned()), Some(of.kind.to_owned()));
    }
    let (api_version, kind) = (api_version.unwrap_or_default(), kind.unwrap_or_default());
    let metadata = value.get("metadata").unwrap_or(&Value::Null);
    let generated = || text(metadata, "generateName").map(|prefix| format!("{prefix}*"));
    let name = text(metadata, "name").filter(|name| !name.is_empty()).or_else(generated);
    let Position { line, column } = node.place;
    Object {
        namespace: text(metadata, "namespace").filter(|namespace| !namespace.is_empty()),
        name: name.unwrap_or_default(),
        line,
        column,
        pointer: pointer.clone(),
        root: root_of(&api_version, &kind, value),
        api_version,
        kind,
    }
}

fn root_of(api_version: &str, kind: &str, value: &Value) -> Option<Root> {
    if (api_version, kind) == ("v1", "Pod") {
        return Some(Root::Pod);
    }
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    workload::template_in(group, kind, value).filter(|_| !kind.is_empty())
}

/// Returns the node at the end of these steps.
pub(super) fn descend<'n, 's>(from: &'n YamlNode, steps: impl IntoIterator<Item = Token<'s>>) -> Option<&'n YamlNode> {
    steps.into_iter().try_fold(from, |node, step| match node.items() {
        [] => node.value_of(&step.decoded()),
        items => Some(&items.get(step.to_index().ok()?.for_len(items.len()).ok()?)?.node),
    })
}

/// Returns the position of a key in the metadata of the Pod or the object, or the position of a JSON pointer.
pub(super) fn place_of(object: &YamlNode, root: Option<Root>, key_or_pointer: &str) -> Option<Position> {
    if key_or_pointer.starts_with('/') {
        let (parents, last) = Pointer::parse(key_or_pointer).ok()?.split_back()?;
        let parent = descend(object, parents)?;
        let entry = parent.entry(&last.decoded()).map(|entry| entry.place);
        return entry.or_else(|| descend(parent, [last]).map(|node| node.place));
    }
    let pod = root.and_then(|root| descend(object, Pointer::from_static(root.pointer())));
    let places = [pod, Some(object)].into_iter().flatten().flat_map(|node| {
        let metadata = node.value_of("metadata");
        ["annotations", "labels"].into_iter().filter_map(move |field| metadata?.value_of(field))
    });
    places.filter_map(|map| map.entry(key_or_pointer)).map(|entry| entry.place).next()
}

/// Returns the path to the key or item at this position. Does not search aliases: their text is elsewhere.
pub(super) fn path_to(node: &YamlNode, place: Position) -> Option<PointerBuf> {
    let (step, found, below) = match &*node.shape {
        YamlShape::Map(_, entries) => {
            let entry = entries.iter().rfind(|entry| entry.place <= place)?;
            (Token::from(&entry.name), entry.place, &entry.value)
        }
        YamlShape::List(_, items) => {
            let index = items.iter().rposition(|item| item.node.place <= place)?;
            let item = &items.get(index)?.node;
            (Token::from(index), item.place, item)
        }
        YamlShape::Scalar | YamlShape::Alias(_) => return None,
    };
    let rest = if found == place { PointerBuf::new() } else { path_to(below, place)? };
    Some(PointerBuf::from(step).concat(&rest))
}
