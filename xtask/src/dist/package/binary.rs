//! The static binaries, and the archive of each with completions, manual pages, the license and a short README.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, files, process, scratch::Scratch};

use super::archive::{Entry, gzip, tar};
use crate::{
    dist::{
        changelog,
        release::{Release, VERSION},
    },
    image::{self, Processor},
};

/// The shells, and the names under which they look for completions.
const COMPLETIONS: [(&str, &str); 3] = [("bash", "podwright.bash"), ("zsh", "_podwright"), ("fish", "podwright.fish")];

/// A static binary of podwright.
#[derive(Debug)]
pub(in crate::dist) struct Binary {
    /// The processor's name in image builders, such as `amd64`.
    pub(in crate::dist) processor: &'static str,
    /// Rust's name of the platform.
    pub(in crate::dist) target: &'static str,
    pub(in crate::dist) file: PathBuf,
}

impl Binary {
    pub(in crate::dist) fn content(&self) -> Result<Vec<u8>, Error> {
        fs::read(&self.file).map_err(Error::at("read", &self.file))
    }

    /// The name of its archive, and the folder in it.
    pub(in crate::dist) fn archive_name(&self) -> String {
        format!("{}.tar.gz", self.folder())
    }

    fn folder(&self) -> String {
        Release::asset(&format!("linux-{}", self.processor))
    }
}

/// Builds podwright for every processor (minutes each without earlier results).
pub(in crate::dist) fn build(root: &Path) -> Result<Vec<Binary>, Error> {
    let build = |processor: Processor| {
        let file = image::build_static_binary(root, processor, None)?;
        Ok(Binary { processor: processor.name, target: processor.target, file })
    };
    Processor::ALL.into_iter().map(build).collect()
}

/// The binary that runs on this machine.
pub(in crate::dist) fn own(binaries: &[Binary]) -> Result<&Path, Error> {
    let own = Processor::own().name;
    match binaries.iter().find(|binary| binary.processor == own) {
        Some(binary) => Ok(&binary.file),
        None => bail!("no binary for this machine's processor, {own}"),
    }
}

/// The files beside the binary, equal in every archive. `program` is podwright for this machine.
pub(in crate::dist) fn companions(root: &Path, program: &Path, release: &Release) -> Result<Vec<Entry>, Error> {
    let readme = readme(&files::read(&root.join("README.md"))?, release)?;
    let mut entries =
        vec![Entry::file("LICENSE", files::read(&root.join("LICENSE"))?), Entry::file("README.md", readme)];
    for (shell, name) in COMPLETIONS {
        let script = process::read(Command::new(program).args(["completion", shell]))?;
        entries.push(Entry::file(format!("completions/{name}"), script));
    }
    let scratch = Scratch::new()?;
    process::read(Command::new(program).arg("man").arg("--out").arg(scratch.path()))?;
    for page in files::list(scratch.path())? {
        let name = page.file_name().unwrap_or_default().display().to_string();
        entries.push(Entry::file(format!("man/man1/{name}"), files::read(&page)?));
    }
    Ok(entries)
}

/// The README's introduction, from its title to the first heading, and a table of the archive's files.
fn readme(text: &str, release: &Release) -> Result<String, Error> {
    let Some((introduction, _)) = text.split_once("\n## ") else {
        bail!("README.md has no heading `## …` after its introduction");
    };
    let introduction = changelog::with_absolute_links(introduction.trim(), "", release);
    let files = include_str!("archive-readme.md");
    Ok(format!("{introduction}\n\n{files}").replace("{version}", VERSION).replace("{home}", &release.home()))
}

/// The archive of one binary, in a folder of its own.
pub(in crate::dist) fn archive(binary: &Binary, companions: &[Entry], release: &Release) -> Result<Vec<u8>, Error> {
    let folder = binary.folder();
    let mut entries = companions.to_vec();
    entries.iter_mut().for_each(|entry| entry.path = format!("{folder}/{}", entry.path));
    entries.push(Entry::program(format!("{folder}/podwright"), binary.content()?));
    gzip(&tar(entries, release.time)?)
}
