//! `cargo xtask invariants`: holds what ARCHITECTURE.md promises about the shape of the code.
//!
//! The compiler holds the first half (the pure modules compile for wasm32, where there is no machine to touch), a reading
//! of the sources the other. It reads names, not types: a path that is hidden behind a re-export or a macro is not seen.

mod features;
mod layers;
mod lexer;
mod lines;
mod paths;
mod pointers;
mod purity;
mod source;
mod wasm;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use source::Source;
use xtask::Error;

/// A rule takes all sources, because some rules are about how files stand to one another.
type Rule = fn(&[Source]) -> Vec<Violation>;

const RULES: [Rule; 5] = [purity::check, layers::check, pointers::check, features::check, lines::check];
const FOLDERS: [&str; 2] = ["src", "xtask/src"];

/// One place where a rule does not hold.
#[derive(Debug, PartialEq)]
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

/// Checks everything, and says all that is wrong at once.
pub(crate) fn run(root: &Path) -> Result<ExitCode, Error> {
    let sources = read(root)?;
    let violations: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&sources)).collect();
    for violation in &violations {
        eprintln!("{violation}");
    }
    let compiles = wasm::compiles(root)?;
    if !compiles {
        eprintln!("the pure modules do not compile for {}: the compiler said why above", wasm::TARGET);
    }
    if compiles && violations.is_empty() {
        println!("the invariants hold in {} files", sources.len());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn read(root: &Path) -> Result<Vec<Source>, Error> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        list(&root.join(folder), &mut files)?;
    }
    files.sort();
    files.iter().map(|file| parse(root, file)).collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::at("list", folder))? {
        let path = entry.map_err(Error::at("list", folder))?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn parse(root: &Path, file: &Path) -> Result<Source, Error> {
    let text = fs::read_to_string(file).map_err(Error::at("read", file))?;
    let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
    Ok(Source::parse(&name, &text))
}
