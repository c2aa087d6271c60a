//! The chart as a package, with the release's image, its changes and absolute links.

use std::{
    fs,
    path::{Path, PathBuf},
};

use xtask::{Error, bail, files};

use super::archive::{Entry, gzip, tar};
use crate::dist::{
    changelog,
    release::{Release, VERSION},
};

const FOLDER: &str = "charts/podwright";

/// The values of a release, which replace those of the repository.
pub(in crate::dist) struct Filled<'a> {
    pub(in crate::dist) release: &'a Release,
    /// The image index' digest.
    pub(in crate::dist) digest: &'a str,
    /// The version's section of CHANGELOG.md.
    pub(in crate::dist) changes: &'a str,
}

/// Packages the chart. Unlike `helm package`, it writes no time of this machine.
pub(in crate::dist) fn package(root: &Path, filled: &Filled<'_>) -> Result<Vec<u8>, Error> {
    let folder = root.join(FOLDER);
    let mut entries = Vec::new();
    for file in files_below(&folder)? {
        let name = file.strip_prefix(&folder).unwrap_or(&file).display().to_string();
        let content = filled.file(&name, fs::read(&file).map_err(Error::at("read", &file))?)?;
        entries.push(Entry::file(format!("podwright/{name}"), content));
    }
    gzip(&tar(entries, filled.release.time)?)
}

/// The files, without hidden ones and editors' leftovers, as .helmignore has it.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in files::list(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let left_out = name.starts_with('.') || ["~", ".orig", ".swp", ".tgz"].iter().any(|end| name.ends_with(end));
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else if !left_out {
            found.push(path);
        }
    }
    Ok(found)
}

impl Filled<'_> {
    fn file(&self, name: &str, content: Vec<u8>) -> Result<Vec<u8>, Error> {
        let fill = match name {
            "Chart.yaml" => Self::metadata,
            "values.yaml" => Self::values,
            "README.md" => Self::page,
            _ => return Ok(content),
        };
        let text = String::from_utf8(content).map_err(|_| Error::new(format!("{FOLDER}/{name} is not UTF-8")))?;
        fill(self, text).map(String::into_bytes)
    }

    fn metadata(&self, text: String) -> Result<String, Error> {
        let image = format!("{}@{}", self.release.image_with_tag(), self.digest);
        let text = replace(text, &format!("      image: podwright:{VERSION}\n"), &format!("      image: {image}\n"))?;
        let Some((before, _)) = text.split_once("  artifacthub.io/changes: |\n") else {
            bail!("{FOLDER}/Chart.yaml must end with the annotation artifacthub.io/changes");
        };
        let home = self.release.home();
        let before = replace(
            before.to_owned(),
            "annotations:\n",
            &format!("home: {home}\nsources:\n  - {home}\nannotations:\n"),
        )?;
        let links = format!("- name: documentation\n  url: {}\n", self.release.page("README.md"));
        let block = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let changes = block(&changelog::for_artifact_hub(self.changes));
        Ok(format!("{before}  artifacthub.io/links: |\n{}  artifacthub.io/changes: |\n{changes}", block(&links)))
    }

    fn values(&self, text: String) -> Result<String, Error> {
        let image = &self.release.image.0;
        let text = replace(text, "\n  repository: podwright\n", &format!("\n  repository: {image}\n"))?;
        replace(text, "\n  digest: \"\"\n", &format!("\n  digest: {}\n", self.digest))
    }

    fn page(&self, text: String) -> Result<String, Error> {
        let (image, digest) = (&self.release.image.0, self.digest);
        let text =
            replace(text, "| `image.repository` | `podwright` |", &format!("| `image.repository` | `{image}` |"))?;
        let text = replace(text, "| `image.digest` | `\"\"` |", &format!("| `image.digest` | `{digest}` |"))?;
        let published = format!("helm install podwright {}/podwright --version {VERSION} ", self.release.charts());
        let text = replace(text, "helm install podwright charts/podwright ", &published)?;
        Ok(changelog::with_absolute_links(&text, FOLDER, self.release))
    }
}

/// Replaces a part that must exist, so that a change of the chart cannot leave a release unfilled.
fn replace(text: String, part: &str, with: &str) -> Result<String, Error> {
    if !text.contains(part) {
        bail!("a file of {FOLDER} has no {part:?}, which a release replaces by {with:?}");
    }
    Ok(text.replacen(part, with, 1))
}
