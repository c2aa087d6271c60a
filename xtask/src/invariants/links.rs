//! Names of other files: paths are resolved from the crate's root, and followed through imports to the defining file.
//! Names behind a glob or a macro are not followed.

use std::collections::HashMap;

use super::source::{Named, Source};

/// The most imports that one name is followed through.
const DEEPEST: usize = 16;

/// A name in one file that another file of the same crate defines.
#[derive(Debug)]
pub(super) struct Link<'s> {
    pub(super) from: &'s Source,
    pub(super) line: usize,
    /// The path from the crate's root, as written: `["inject", "pod", "Pod"]`.
    pub(super) path: Vec<String>,
    pub(super) to: &'s Source,
    /// Whether `pub use` exports the name.
    pub(super) exported: bool,
}

impl Link<'_> {
    pub(super) fn spelt(&self) -> String {
        format!("crate::{}", self.path.join("::"))
    }
}

/// Lists every link within each crate.
pub(super) fn all(sources: &[Source]) -> Vec<Link<'_>> {
    let files = sources.iter().filter(|source| !source.name.ends_with("main.rs"));
    let files = files.map(|source| ((source.folder(), source.module.as_slice()), source)).collect();
    let files = Files(files);
    sources.iter().flat_map(|source| source.paths.iter().filter_map(|named| files.link(source, named))).collect()
}

/// The files by the crate's folder and their module.
struct Files<'s>(HashMap<(&'s str, &'s [String]), &'s Source>);

impl<'s> Files<'s> {
    fn link(&self, from: &'s Source, named: &Named) -> Option<Link<'s>> {
        let path = self.absolute(from, &named.names, DEEPEST)?;
        let to = self.defining(from, &path, DEEPEST)?;
        (to.name != from.name).then_some(Link { from, line: named.line, path, to, exported: named.exported })
    }

    /// The path from the crate's root; none for a name of another crate or of the file itself.
    fn absolute(&self, source: &Source, names: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = names.split_first()?;
        let ups = names.iter().take_while(|name| *name == "super").count();
        match first.as_str() {
            "crate" | "podwright" => Some(rest.to_vec()),
            "self" => Some([&source.module, rest].concat()),
            "super" => {
                let base = source.module.get(..source.module.len().checked_sub(ups)?)?;
                Some([base, names.get(ups..)?].concat())
            }
            _ => {
                let below = [&source.module, names].concat();
                let child = below.get(..source.module.len() + 1)?;
                if self.0.contains_key(&(source.folder(), child)) {
                    return Some(below);
                }
                let import = imported(source, first).filter(|import| *import != names)?;
                self.absolute(source, &[import, rest].concat(), depth.checked_sub(1)?)
            }
        }
    }

    /// The file that defines the last name of the path: the longest module in it, or the source of that module's
    /// import.
    fn defining(&self, from: &'s Source, path: &[String], depth: usize) -> Option<&'s Source> {
        let depth = depth.checked_sub(1)?;
        let lengths = (0..=path.len()).rev();
        let (length, file) =
            lengths.filter_map(|length| Some((length, self.file(from, path.get(..length)?)?))).next()?;
        let further = path.get(length..).and_then(<[String]>::split_first).and_then(|(name, rest)| {
            let import = self.absolute(file, imported(file, name)?, depth)?;
            self.defining(from, &[import.as_slice(), rest].concat(), depth)
        });
        Some(further.unwrap_or(file))
    }

    fn file(&self, from: &'s Source, module: &[String]) -> Option<&'s Source> {
        self.0.get(&(from.folder(), module)).copied()
    }
}

fn imported<'s>(source: &'s Source, name: &str) -> Option<&'s [String]> {
    source.paths.iter().find(|named| named.alias.as_deref() == Some(name)).map(|named| named.names.as_slice())
}
