//! Parses files as kubectl does, and detects files for other programs in folders.

use std::io::{self, Write as _, stderr};

use super::finding::{Finding, Level, NOT_YAML};
use crate::cli::io::count::counted;
use crate::cli::io::input::{FoundBy, Input, tame};
use crate::manifest::{self, Document, Foreign, ReadError, Stream};

/// The limit of file names in one note.
const NAMED: usize = 5;
/// The limit of a path's characters in a note. The end stays, because it tells files apart.
const CHARACTERS: usize = 64;

/// Kinds of files for other programs, and how to preview or exclude them.
const KINDS: [(Foreign, &str, &str); 3] = [
    (Foreign::Patches, "with kustomize patches", "render them first: `kubectl kustomize FOLDER | podwright preview -`"),
    (Foreign::Template, "with templates", "render them first: `helm template CHART | podwright preview -`"),
    (Foreign::Other, "without a Kubernetes object", "to hide this note, use --exclude GLOB"),
];

/// A file with Kubernetes objects.
pub(in crate::cli) struct ManifestFile<'i> {
    pub(in crate::cli) input: &'i Input,
    pub(in crate::cli) stream: Stream<'i>,
}

/// All files, by the result of parsing them.
#[derive(Default)]
pub(in crate::cli) struct ManifestFiles<'i> {
    pub(in crate::cli) parsed: Vec<ManifestFile<'i>>,
    /// The errors of files that are not manifests, with their positions.
    pub(in crate::cli) errors: Vec<Finding>,
    passed_over: Vec<(Foreign, &'i str)>,
}

/// Parses files as kubectl does. A file that the user named must have objects. A file in a folder may be for another program.
pub(in crate::cli) fn parse(inputs: &[Input]) -> ManifestFiles<'_> {
    let mut files = ManifestFiles::default();
    for input in inputs {
        let read = manifest::read(&input.text);
        let is_template = input.by == FoundBy::Chart && read.is_err() && input.text.contains("{{");
        let foreign = if is_template { Some(Foreign::Template) } else { manifest::foreign(&input.text, read.as_ref()) };
        match (read, foreign) {
            (_, Some(foreign)) if input.by != FoundBy::Name => files.passed_over.push((foreign, &input.name)),
            (Ok(stream), None) => files.parsed.push(ManifestFile { input, stream }),
            (Ok(stream), Some(_)) => files.errors.push(of_no_object(input, &stream)),
            (Err(error), _) => files.errors.push(of_unread(input, &error)),
        }
    }
    files
}

impl ManifestFiles<'_> {
    /// Prints the names of skipped files to standard error.
    pub(in crate::cli) fn report_passed_over(&self) -> io::Result<()> {
        for (kind, what, remedy) in KINDS {
            let names: Vec<&str> =
                self.passed_over.iter().filter(|(foreign, _)| *foreign == kind).map(|(_, name)| *name).collect();
            if !names.is_empty() {
                writeln!(
                    stderr(),
                    "note: skipped {} {what}: {}; {remedy}",
                    counted(names.len(), "file"),
                    listed(&names)
                )?;
            }
        }
        Ok(())
    }
}

/// Reports a file that is not YAML, with a hint for an unrendered template.
fn of_unread(input: &Input, error: &ReadError) -> Finding {
    let template = input.text.contains("{{");
    let hint = if template { "; render a template first: helm template CHART | podwright preview -" } else { "" };
    Finding {
        file: input.name.clone(),
        line: error.position.line,
        column: error.position.column,
        level: Level::Error,
        code: NOT_YAML.to_owned(),
        message: tame(&format!("{error}{hint}")),
    }
}

/// Reports a named file without an object.
fn of_no_object(input: &Input, stream: &Stream<'_>) -> Finding {
    let first = stream.documents().iter().flat_map(Document::objects).next();
    Finding {
        file: input.name.clone(),
        line: first.map_or(1, |object| object.line),
        column: first.map_or(1, |object| object.column),
        level: Level::Error,
        code: NOT_YAML.to_owned(),
        message:
            "not a Kubernetes object: apiVersion and kind are missing; expected both, such as apiVersion: v1 and kind: Pod"
                .to_owned(),
    }
}

/// Lists names, such as `a.yaml, b.yaml, and 3 more`.
fn listed(names: &[&str]) -> String {
    let mut first: Vec<String> = names.iter().take(NAMED).map(|name| ended(name)).collect();
    let more = names.len() - first.len();
    first.extend((more > 0).then(|| format!("and {more} more")));
    first.join(", ")
}

/// Returns the end of a long path, such as `.../charts/web/values.yaml`.
fn ended(path: &str) -> String {
    let length = path.chars().count();
    if length <= CHARACTERS {
        return path.to_owned();
    }
    let end: String = path.chars().skip(length - CHARACTERS + "...".len()).collect();
    format!("...{end}")
}
