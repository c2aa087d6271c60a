//! Reading files as kubectl does, and finding those in folders that are for other programs.

use std::io::{Write as _, stderr};

use super::finding::{self, Finding};
use crate::cli::Error;
use crate::cli::input::{FoundBy, Input};
use crate::manifest::{self, Foreign, Stream};

/// The most files that are named in one note.
const NAMED: usize = 5;
/// The most characters of a path in a note. The end of a path tells files apart, so it stays.
const CHARACTERS: usize = 64;

/// Kinds of files for other programs, and how to preview or exclude them.
const KINDS: [(Foreign, &str, &str); 3] = [
    (
        Foreign::Patches,
        "of kustomize patches",
        "to see what they make, use `kubectl kustomize FOLDER | podwright preview -`",
    ),
    (Foreign::Template, "with templates", "to render them first, use `helm template CHART | podwright preview -`"),
    (Foreign::Other, "without a Kubernetes object", "to leave such files out, use --exclude GLOB"),
];

/// A file that was read.
pub(in crate::cli) struct Read<'i> {
    pub(in crate::cli) input: &'i Input,
    pub(in crate::cli) stream: Stream<'i>,
}

/// All files, sorted by the result of reading them.
#[derive(Default)]
pub(in crate::cli) struct Reads<'i> {
    pub(in crate::cli) read: Vec<Read<'i>>,
    /// The errors of the other files, with their places.
    pub(in crate::cli) unread: Vec<Finding>,
    passed_over: Vec<(Foreign, &'i str)>,
}

/// Reads files as kubectl does. A file that the user named must have objects; a file in a folder may be for another program.
pub(in crate::cli) fn read(inputs: &[Input]) -> Reads<'_> {
    let mut reads = Reads::default();
    for input in inputs {
        let read = manifest::read(&input.text);
        let is_template = input.by == FoundBy::Chart && read.is_err() && input.text.contains("{{");
        let foreign = if is_template { Some(Foreign::Template) } else { manifest::foreign(&input.text, read.as_ref()) };
        match (read, foreign) {
            (_, Some(foreign)) if input.by != FoundBy::Name => reads.passed_over.push((foreign, &input.name)),
            (Ok(stream), None) => reads.read.push(Read { input, stream }),
            (Ok(stream), Some(_)) => reads.unread.push(finding::of_no_object(input, &stream)),
            (Err(error), _) => reads.unread.push(finding::of_unread(input, &error)),
        }
    }
    reads
}

impl Reads<'_> {
    /// Names the files that were passed over, on standard error.
    pub(in crate::cli) fn tell(&self) -> Result<(), Error> {
        for (kind, what, remedy) in KINDS {
            let names: Vec<&str> =
                self.passed_over.iter().filter(|(foreign, _)| *foreign == kind).map(|(_, name)| *name).collect();
            if !names.is_empty() {
                writeln!(stderr(), "note: passed over {} {what}: {}; {remedy}", counted(names.len()), listed(&names))?;
            }
        }
        Ok(())
    }
}

fn counted(files: usize) -> String {
    format!("{files} file{}", if files == 1 { "" } else { "s" })
}

/// `a.yaml, b.yaml`
fn listed(names: &[&str]) -> String {
    let mut first: Vec<String> = names.iter().take(NAMED).map(|name| ended(name)).collect();
    let more = names.len() - first.len();
    first.extend((more > 0).then(|| format!("and {more} more")));
    first.join(", ")
}

/// `.../charts/web/values.yaml`
fn ended(path: &str) -> String {
    let length = path.chars().count();
    if length <= CHARACTERS {
        return path.to_owned();
    }
    let end: String = path.chars().skip(length - CHARACTERS + "...".len()).collect();
    format!("...{end}")
}
