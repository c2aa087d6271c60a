//! `--output yaml`: the files one after the other, as one stream that kubectl reads as it would read each of them.

use std::collections::BTreeMap;
use std::io::{Write as _, stderr};

use serde_json::Value;

use super::machine;
use super::{ANEW, edited};
use crate::cli::Error;
use crate::cli::fitting::{Fitted, Read};
use crate::manifest;

/// The manifests as they will be. One file comes out as it is but for what changes in it; of several, those that are JSON
/// become documents of a YAML stream where others are YAML, because kubectl reads a stream as the one or the other.
pub(super) fn yaml(reads: &[Read<'_>], all: &[Fitted<'_>]) -> Result<String, Error> {
    let texts = texts(reads, all)?;
    let is_json: Vec<bool> =
        reads.iter().map(|read| without_mark(&read.input.text).trim_start().starts_with('{')).collect();
    match texts.as_slice() {
        [] => Ok(String::new()),
        [only] => Ok(only.clone()),
        several if is_json.iter().all(|json| *json) => proven(several.join("\n"), several),
        several => {
            let parts =
                several.iter().zip(&is_json).map(|(text, json)| if *json { documents(text) } else { Ok(text.clone()) });
            let parts = parts.collect::<Result<Vec<_>, Error>>()?;
            let joined = parts.iter().map(|part| format!("---\n{}", ended(without_mark(part)))).collect();
            proven(joined, several)
        }
    }
}

/// Each file's text as it will be.
fn texts(reads: &[Read<'_>], all: &[Fitted<'_>]) -> Result<Vec<String>, Error> {
    let mut changed: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    for objects in all.chunk_by(|a, b| a.document == b.document) {
        let Some((file, nth)) = objects.first().map(|first| first.document) else { continue };
        let Some(read) = reads.get(file) else { continue };
        let Some(document) = read.stream.documents().get(nth) else { continue };
        let Some(edited) = edited(document, objects)? else { continue };
        if edited.anew {
            writeln!(stderr(), "Warning: {}:{}: {ANEW}", read.input.name, document.line())?;
        }
        changed.entry(file).or_default().insert(nth, edited.text);
    }
    let none = BTreeMap::new();
    Ok(reads.iter().enumerate().map(|(file, read)| read.stream.with(changed.get(&file).unwrap_or(&none))).collect())
}

/// A stream of JSON as documents of YAML. Its escapes are JSON's own (surrogates, `\/`), which YAML does not know, so it is
/// written anew.
fn documents(json: &str) -> Result<String, Error> {
    let values = serde_json::Deserializer::from_str(without_mark(json)).into_iter::<Value>();
    let texts = values.map(|value| machine::pretty(&value?)).collect::<Result<Vec<_>, Error>>()?;
    Ok(texts.join("---\n"))
}

/// Without a byte order mark, which may stand at the beginning of a stream alone.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// The stream, where it holds just the documents that its parts hold: nothing may be lost or changed on the way.
fn proven(joined: String, parts: &[String]) -> Result<String, Error> {
    let parts: Option<Vec<Value>> =
        parts.iter().map(|part| values(part)).collect::<Option<Vec<_>>>().map(|parts| parts.concat());
    if parts.is_some() && parts == values(&joined) {
        return Ok(joined);
    }
    Err(Error::new("these files cannot be written as one stream; expected fewer of them, such as one at a time"))
}

/// What kubectl reads in a stream.
fn values(text: &str) -> Option<Vec<Value>> {
    let stream = manifest::read(text).ok()?;
    Some(stream.documents().iter().map(|document| document.value().clone()).filter(|value| !value.is_null()).collect())
}
