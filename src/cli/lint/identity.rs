//! The identity of a finding, which outlives changes of lines and messages.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use ring::digest::{SHA256, digest};

use crate::cli::analysis::{AnalyzedObject, Finding};
use crate::cli::io::input::tame;

/// The bytes of a fingerprint. Half of a SHA-256 hash tells findings apart.
const BYTES: usize = 16;

/// The facts that identify a finding: no line, no message, no version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) file: String,
    /// The object's kind, namespace and name, or empty for a file as a whole.
    pub(super) object: String,
    pub(super) code: String,
    /// The annotation, label or field.
    pub(super) key: String,
}

impl Identity {
    pub(super) fn of(finding: &Finding, object: Option<&AnalyzedObject<'_>>) -> Self {
        Self {
            file: plain_path(&finding.file),
            object: object.map(AnalyzedObject::title).unwrap_or_default(),
            code: finding.code.clone(),
            key: finding.key.clone(),
        }
    }

    /// Returns a hash of these facts and of the finding's number among those with the same facts.
    fn fingerprint(&self, number: usize) -> String {
        let Self { file, object, code, key } = self;
        let facts = [file, object, code, key].map(String::as_str).join("\0");
        let hash = digest(&SHA256, format!("{facts}\0{number}").as_bytes());
        hash.as_ref().iter().take(BYTES).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Returns a path that does not depend on its spelling: relative to the current folder if it is in there, and without `.`.
pub(super) fn plain_path(file: &str) -> String {
    let path = Path::new(file);
    let folder = env::current_dir().ok();
    let inside = folder.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path);
    let parts: PathBuf = inside.components().filter(|part| *part != Component::CurDir).collect();
    parts.to_string_lossy().into_owned()
}

/// Returns the path relative to GitHub Actions' checkout (`GITHUB_WORKSPACE`), because GitHub expects such paths. Returns it
/// unchanged outside of GitHub Actions, and for files outside of the checkout.
pub(super) fn checkout_path(file: &str) -> String {
    let inside = || {
        let checkout = env::var_os("GITHUB_WORKSPACE").filter(|checkout| !checkout.is_empty())?;
        let (folder, name) = (Path::new(file).parent()?, Path::new(file).file_name()?);
        // Keeps a link that is the file itself, because the checkout contains it. Resolves links to folders.
        let path = fs::canonicalize(env::current_dir().ok()?.join(folder)).ok()?.join(name);
        // Standard input is no file, so its name stays.
        fs::symlink_metadata(&path).ok()?;
        let inside = path.strip_prefix(fs::canonicalize(checkout).ok()?).ok()?;
        Some(tame(&inside.to_string_lossy()))
    };
    inside().unwrap_or_else(|| file.to_owned())
}

/// Gives each finding a fingerprint of its own.
#[derive(Default)]
pub(super) struct Fingerprints {
    given: BTreeMap<Identity, usize>,
}

impl Fingerprints {
    /// Returns the next fingerprint for findings with this identity.
    pub(super) fn next(&mut self, identity: &Identity) -> String {
        let number = self.given.entry(identity.clone()).or_default();
        *number += 1;
        identity.fingerprint(*number)
    }
}
