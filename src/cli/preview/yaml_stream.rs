//! `--output yaml`: all files as one stream that kubectl reads like the single files.

use std::collections::BTreeMap;
use std::io::{Write as _, stderr};

use serde_json::Value;

use super::document::{WRITTEN_ANEW, edited};
use super::json;
use crate::cli::analysis::{AnalyzedObject, ManifestFile};
use crate::cli::error::Error;
use crate::manifest;

/// Returns the manifests with their patches. A single file keeps its text except for the changes. If some of several files are
/// YAML, JSON files become YAML documents, because kubectl reads a stream as either JSON or YAML.
pub(super) fn yaml(files: &[ManifestFile<'_>], all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let texts = texts(files, all)?;
    let is_json: Vec<bool> =
        files.iter().map(|file| without_mark(&file.input.text).trim_start().starts_with('{')).collect();
    match texts.as_slice() {
        [] => Ok(String::new()),
        [only] => Ok(only.clone()),
        several if is_json.iter().all(|json| *json) => checked(several.join("\n"), several),
        several => {
            let parts =
                several.iter().zip(&is_json).map(|(text, json)| if *json { documents(text) } else { Ok(text.clone()) });
            let parts = parts.collect::<Result<Vec<_>, Error>>()?;
            let joined = parts.iter().map(|part| format!("---\n{}", ended(without_mark(part)))).collect();
            checked(joined, several)
        }
    }
}

/// Returns each file's text with its patches.
fn texts(files: &[ManifestFile<'_>], all: &[AnalyzedObject<'_>]) -> Result<Vec<String>, Error> {
    let mut changed: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    for objects in all.chunk_by(|a, b| a.document == b.document) {
        let Some(index) = objects.first().map(|first| first.document) else { continue };
        let Some(file) = files.get(index.file) else { continue };
        let Some(document) = file.stream.documents().get(index.document) else { continue };
        let Some(edited) = edited(document, objects)? else { continue };
        if edited.anew {
            writeln!(stderr(), "Warning: {}:{}: {WRITTEN_ANEW}", file.input.name, document.line())?;
        }
        changed.entry(index.file).or_default().insert(index.document, edited.text);
    }
    let none = BTreeMap::new();
    Ok(files.iter().enumerate().map(|(index, file)| file.stream.with(changed.get(&index).unwrap_or(&none))).collect())
}

/// Converts a stream of JSON to YAML documents. Rewrites the JSON, because YAML lacks some of its escapes (surrogates, `\/`).
fn documents(json: &str) -> Result<String, Error> {
    let values = serde_json::Deserializer::from_str(without_mark(json)).into_iter::<Value>();
    let texts = values.map(|value| json::pretty(&value?)).collect::<Result<Vec<_>, Error>>()?;
    Ok(texts.join("---\n"))
}

/// Removes a byte order mark, which is only valid at the start of a stream.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// Returns the stream if it has exactly the documents of its parts.
fn checked(joined: String, parts: &[String]) -> Result<String, Error> {
    let parts: Option<Vec<Value>> =
        parts.iter().map(|part| values(part)).collect::<Option<Vec<_>>>().map(|parts| parts.concat());
    if parts.is_some() && parts == values(&joined) {
        return Ok(joined);
    }
    Err(Error::new("cannot write these files as one stream; preview fewer files, such as one at a time"))
}

/// Returns the values that kubectl reads from a stream.
fn values(text: &str) -> Option<Vec<Value>> {
    let stream = manifest::read(text).ok()?;
    Some(stream.documents().iter().map(|document| document.value().clone()).filter(|value| !value.is_null()).collect())
}
