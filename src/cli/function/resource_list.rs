//! The ResourceList: reading it, and writing the answer into its text.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, stdin};
use std::path::Path;

use serde_json::Value;

use super::results::ResultItem;
use crate::cli::analysis::{AnalyzedObject, Finding, ManifestFile};
use crate::cli::error::Error;
use crate::cli::io::input::{self, FoundBy, Input};
use crate::manifest::{self, Document};
use crate::text::{Position, shorten};

/// The prefix of the `apiVersion`. All versions (v1, v1beta1, v1alpha1) have the same fields.
const GROUP: &str = "config.kubernetes.io/";
const KIND: &str = "ResourceList";
const RESULTS: &str = "results";
/// The hints for other inputs.
const SERVE: &str = "To run the webhook, use `podwright serve`";
const PREVIEW: &str = "To inject plain manifests, use `podwright preview -o yaml -`";

/// A ResourceList as the only document of a file.
pub(super) struct ResourceList<'i> {
    file: &'i ManifestFile<'i>,
    document: &'i Document<'i>,
    /// The number of the document.
    number: usize,
}

/// Reads standard input.
///
/// # Errors
/// Standard input is a terminal or no text.
pub(super) fn standard_input() -> Result<Input, Error> {
    if stdin().is_terminal() {
        return Err(Error::Unreadable(
            "no ResourceList on standard input; kustomize and kpt send one. To inject files, use `podwright preview -o yaml FILE`"
                .to_owned(),
        ));
    }
    let path = Path::new("-");
    let text = input::read(path, "a ResourceList").map_err(|error| Error::Unreadable(error.to_string()))?;
    Ok(Input { name: input::shown(path), text, by: FoundBy::Name })
}

/// Parses an input.
///
/// # Errors
/// The input is not YAML for kubectl.
pub(super) fn parse(input: &Input) -> Result<ManifestFile<'_>, Error> {
    let stream = manifest::read(&input.text).map_err(|error| {
        let Position { line, column } = error.position;
        Error::Unreadable(format!("{}:{line}:{column}: {error}", input.name))
    })?;
    Ok(ManifestFile { input, stream })
}

impl<'i> ResourceList<'i> {
    /// Finds the ResourceList in its file.
    ///
    /// # Errors
    /// The file is not one ResourceList, or its items are not a list.
    pub(super) fn find(file: &'i ManifestFile<'i>) -> Result<Self, Error> {
        let full: Vec<_> = full_documents(file.stream.documents()).collect();
        let found = match full.as_slice() {
            [] => "found nothing".to_owned(),
            [(number, document)] if is_list(document) => {
                check_items(document, &file.input.name)?;
                return Ok(Self { file, document, number: *number });
            }
            [(_, document)] => {
                let kind = document.value().get("kind").and_then(Value::as_str).unwrap_or_default();
                format!("found kind \"{}\"", shorten(kind))
            }
            several => format!("found {} documents", several.len()),
        };
        // Nothing is the input of an image that runs without arguments by mistake.
        let hint = if full.is_empty() { SERVE } else { PREVIEW };
        Err(Error::Unreadable(format!(
            "{} is not a ResourceList: {found}; expected one document with apiVersion: {GROUP}v1 and kind: {KIND}. {hint}",
            file.input.name
        )))
    }

    pub(super) fn document(&self) -> &'i Document<'i> {
        self.document
    }

    /// Returns the whole text.
    pub(super) fn text(&self) -> &'i str {
        &self.file.input.text
    }

    /// Returns the whole text with a new text of the document.
    pub(super) fn with(&self, document: String) -> String {
        self.file.stream.with(&BTreeMap::from([(self.number, document)]))
    }

    pub(super) fn function_config(&self) -> Option<&'i Value> {
        self.document.value().get("functionConfig").filter(|value| !value.is_null() && !is_placeholder(value))
    }

    /// Describes a finding about one of the items.
    pub(super) fn result(&self, object: &AnalyzedObject<'_>, finding: &Finding) -> ResultItem {
        let place = Position { line: finding.line, column: finding.column };
        let path = self.document.path_to(object.object, place);
        ResultItem::of(self.document.object_value(object.object), path, finding)
    }
}

fn full_documents<'d, 't>(documents: &'d [Document<'t>]) -> impl Iterator<Item = (usize, &'d Document<'t>)> {
    documents.iter().enumerate().filter(|(_, document)| !document.value().is_null())
}

fn is_list(document: &Document<'_>) -> bool {
    let text = |name: &str| document.value().get(name).and_then(Value::as_str).unwrap_or_default();
    text("apiVersion").starts_with(GROUP) && text("kind") == KIND
}

/// Checks that `items` is a list or absent. Other values have no objects, and podwright would silently inject nothing.
fn check_items(document: &Document<'_>, name: &str) -> Result<(), Error> {
    let items = document.value().get("items").unwrap_or(&Value::Null);
    if items.is_null() || items.is_array() {
        return Ok(());
    }
    let found = if items.is_object() { "a mapping" } else { "a single value" };
    Err(Error::Unreadable(format!(
        "{name} has {found} as items of the ResourceList; expected a list of objects, such as items: []"
    )))
}

/// Reports whether a functionConfig is the ConfigMap without data that kpt sends if the user names none.
fn is_placeholder(function_config: &Value) -> bool {
    let is = |name: &str, text: &str| function_config.get(name).and_then(Value::as_str) == Some(text);
    let is_empty = |data: &Value| data.is_null() || data.as_object().is_some_and(serde_json::Map::is_empty);
    is("apiVersion", "v1") && is("kind", "ConfigMap") && function_config.get("data").is_none_or(is_empty)
}

/// Adds results to the ResourceList in this text, after those of earlier functions.
pub(super) fn with_results(text: &str, results: &[Value]) -> Result<String, Error> {
    if results.is_empty() {
        return Ok(text.to_owned());
    }
    let stream = manifest::read(text)?;
    let mut changed = BTreeMap::new();
    for (number, document) in full_documents(stream.documents()) {
        let mut value = document.value().clone();
        if let Some(list) = value.as_object_mut() {
            let earlier = list.get(RESULTS).and_then(Value::as_array).cloned().unwrap_or_default();
            list.insert(RESULTS.to_owned(), Value::Array([earlier.as_slice(), results].concat()));
        }
        changed.insert(number, document.with_value(&value)?.text);
    }
    Ok(stream.with(&changed))
}
