//! The targets' seeds, from files of the repository: golden cases, examples, workloads of other projects, and the
//! pages. `seeds REPOSITORY FOLDER LONGEST` writes them to `FOLDER/TARGET/`; `cargo xtask fuzz` calls it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

// An instrumented program needs libFuzzer's symbols, even if it does not fuzz.
use libfuzzer_sys as _;
use podwright_core::annotation::keys::KEYS;
use podwright_core::manifest::read;
use podwright_core::profile::file::BUILT_IN;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, folder, longest] = arguments.as_slice() else {
        return Err("usage: seeds REPOSITORY FOLDER LONGEST".into());
    };
    let seeds = Seeds { folder: Path::new(folder), longest: longest.parse()? };
    let texts = texts(Path::new(repository))?;
    let manifests: Vec<&str> = texts.iter().flat_map(|text| text.split("\n---\n")).collect();
    let objects: Vec<Value> = manifests.iter().filter_map(|text| object(text)).collect();
    let configurations: Vec<&str> =
        manifests.iter().copied().filter(|text| text.contains("kind: Configuration\n")).chain([BUILT_IN]).collect();
    seeds.write("cost", include_str!("../recipes.txt").split("\n\n").map(str::to_owned))?;
    seeds.write("admission_review", objects.iter().map(|object| review(object).to_string()))?;
    let examples = KEYS.iter().map(|key| format!("podwright.dev/{}\n{}", key.name, key.example));
    seeds.write("annotations", objects.iter().filter_map(annotations).chain(examples))?;
    seeds.write("profile_file", configurations.into_iter().map(str::to_owned))?;
    let json = objects.iter().map(Value::to_string);
    seeds.write("manifest", manifests.iter().map(|text| (*text).to_owned()).chain(json))
}

/// Every YAML file below these folders, and the shell and YAML blocks of the pages.
fn texts(repository: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files = Vec::new();
    for folder in ["examples", "manifests", "tests/corpus", "tests/golden", "docs"] {
        list(&repository.join(folder), &mut files)?;
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("yaml") => texts.push(text),
            Some("md") => texts.extend(blocks(&text)),
            _ => {}
        }
    }
    Ok(texts)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_text = path.extension().is_some_and(|extension| extension == "yaml" || extension == "md");
        match path.is_dir() {
            true => list(&path, files)?,
            false if is_text => files.push(path),
            false => {}
        }
    }
    Ok(())
}

fn blocks(page: &str) -> impl Iterator<Item = String> {
    let behind = page.split("```yaml\n").skip(1);
    behind.filter_map(|rest| rest.split_once("```")).map(|(block, _)| block.to_owned())
}

fn object(text: &str) -> Option<Value> {
    read(text).ok()?.documents().iter().map(|document| document.value()).find(|value| value.is_object()).cloned()
}

/// The review of the object's creation; an object without a kind is a Pod.
fn review(object: &Value) -> Value {
    let version = object["apiVersion"].as_str().unwrap_or("v1");
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let kind = object["kind"].as_str().unwrap_or("Pod");
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "operation": "CREATE", "object": object,
        "kind": {"group": group, "version": version, "kind": kind}}})
}

/// The annotations of a Pod or of a template, in the form that `targets/annotations.rs` reads.
fn annotations(object: &Value) -> Option<String> {
    let metadata = object.pointer("/spec/template/metadata").or_else(|| object.get("metadata"))?;
    let entries = metadata["annotations"].as_object()?.iter();
    let entries: Vec<String> = entries.filter_map(|(key, value)| Some(format!("{key}\n{}", value.as_str()?))).collect();
    Some(entries.join("\n\n"))
}

/// The target folder.
struct Seeds<'f> {
    folder: &'f Path,
    /// Bytes. libFuzzer would cut longer seeds, which breaks manifests.
    longest: usize,
}

impl Seeds<'_> {
    fn write(&self, target: &str, seeds: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        for (number, seed) in seeds.filter(|seed| seed.len() <= self.longest).enumerate() {
            fs::write(folder.join(format!("{number:04}")), seed)?;
        }
        Ok(())
    }
}
