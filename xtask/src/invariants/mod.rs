//! `cargo xtask invariants`: checks the promises of ARCHITECTURE.md about the shape of the code.
//!
//! Cargo and the compiler check the core's boundary; the other rules read tokens. They know names, not types, and miss
//! paths that a macro makes. Clippy checks the rest (`core/clippy.toml`, and `self_named_module_files` for the layout).

mod boundary;
mod circles;
mod links;
mod rules;
mod source;

use std::{fmt, path::Path, process::ExitCode};

use source::Source;
use xtask::{Error, files};

/// The folders to which every rule applies.
const PODWRIGHT: [&str; 2] = ["core/src", "src"];
/// The most lines of a file. Most have fewer than 300; a file that needs long scrolling is two files.
const MOST_LINES: usize = 350;

#[derive(Clone, Debug, PartialEq)]
struct Violation {
    file: String,
    line: usize,
    sentence: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.sentence)
    }
}

/// Checks everything and prints all violations at once.
pub(crate) fn run(root: &Path) -> Result<ExitCode, Error> {
    let mut sources = read(root, &PODWRIGHT)?;
    let links = links::all(&sources);
    let mut violations = [
        rules::layers(&sources, &links),
        rules::features(&sources, &links),
        circles::check(&links),
        rules::pointers(&sources),
        boundary::check_dependencies(root)?,
    ]
    .concat();
    sources.extend(read(root, &["xtask/src"])?);
    violations.extend(long(&sources));
    for violation in &violations {
        eprintln!("{violation}");
    }
    boundary::compile_for_wasm(root)?;
    if !violations.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    println!("the invariants hold in {} files", sources.len());
    Ok(ExitCode::SUCCESS)
}

/// Includes tests, which can move to a file of their own.
fn long(sources: &[Source]) -> impl Iterator<Item = Violation> {
    sources.iter().filter(|source| source.lines > MOST_LINES).map(|source| {
        let sentence = format!("the file has {} lines; at most {MOST_LINES}: split it", source.lines);
        source.violation(MOST_LINES + 1, sentence)
    })
}

fn read(root: &Path, folders: &[&str]) -> Result<Vec<Source>, Error> {
    let folders = folders.iter().map(|folder| read_folder(root, &root.join(folder)));
    Ok(folders.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn read_folder(root: &Path, folder: &Path) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    for path in files::list(folder)? {
        if path.is_dir() {
            sources.extend(read_folder(root, &path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            sources.push(Source::parse(&name, &files::read(&path)?)?);
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINES, Source, long};

    /// Parses these files: names and texts.
    #[expect(clippy::expect_used, reason = "a test fails by panicking")]
    pub(super) fn sources(files: &[(&str, &str)]) -> Vec<Source> {
        let parse = |(name, text): &(&str, &str)| Source::parse(name, text).expect("the text is Rust");
        files.iter().map(parse).collect()
    }

    #[test]
    fn a_long_file_is_reported() {
        let of = |lines: usize| long(&sources(&[("xtask/src/x.rs", &"//\n".repeat(lines))])).count();
        assert_eq!((of(MOST_LINES), of(MOST_LINES + 1)), (0, 1));
    }
}
