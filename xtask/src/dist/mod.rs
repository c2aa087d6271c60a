//! `cargo xtask dist`: every file of a release, with the same bytes each time (docs/release.md).

mod changelog;
mod image;
mod json;
mod package;
mod release;
mod sbom;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]
mod tests;
mod verify;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, ensure, files, process};

use package::{
    archive::sha256,
    binary::{self, Binary},
    chart,
    krew::{self, Packed},
};
use release::{Release, VERSION};

const SUMS: &str = "SHA256SUMS";
/// Files for the workflow, which are no assets of the release.
const NOTES: &str = "release-notes.md";
const VARIABLES: &str = "release.env";

/// The options of `cargo xtask dist`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder for the files; what an earlier run wrote there is replaced
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    output: PathBuf,

    /// Repository with the releases, such as github.com/OWNER/podwright [default: that of the workflow (GITHUB_REPOSITORY),
    /// or example.com/podwright/podwright]
    #[arg(long, value_name = "HOST/OWNER/NAME")]
    repository: Option<release::Repository>,

    /// Image without its tag [default: ghcr.io/OWNER/NAME for a repository on GitHub, or registry.example.com/podwright]
    #[arg(long, value_name = "REGISTRY/NAME")]
    image: Option<release::Image>,

    /// Tag of this release: v and the version. Then CHANGELOG.md must have a section for it [default: the workflow's tag]
    #[arg(long)]
    tag: Option<String>,

    /// Build everything a second time in another folder, and compare the bytes
    #[arg(long)]
    verify: bool,
}

/// Writes the release and returns the list of its files.
pub(crate) fn run(root: &Path, options: &Options) -> Result<String, Error> {
    let release = Release::new(root, options)?;
    let output = root.join(&options.output);
    make_empty(&output)?;
    let binaries = binary::build(root)?;
    let sboms = sbom::read(root, &binaries, &release)?;
    let mut made = pack(root, &binaries, &release)?;
    made.assets.extend(sbom::files(&sboms, &made, &release)?);
    made.write(&output)?;
    if options.verify {
        verify::compare(root, &release, &output)?;
    }
    Ok(made.listed(&output, options.verify))
}

/// Removes an earlier result, but no other folder.
fn make_empty(output: &Path) -> Result<(), Error> {
    let is_empty = !output.exists() || files::list(output)?.is_empty();
    ensure!(
        is_empty || output.join(SUMS).is_file(),
        "{} has files, but no {SUMS} of an earlier run: expected an empty folder, such as --output dist",
        output.display()
    );
    files::empty(output)
}

/// A file of a release.
#[derive(Debug)]
struct Asset {
    name: String,
    content: Vec<u8>,
}

impl Asset {
    fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: content.into() }
    }
}

/// The files of a release.
struct Made {
    assets: Vec<Asset>,
    /// The image index' digest.
    digest: String,
    notes: String,
    variables: String,
    /// The processors, and the sums of their binaries.
    sums: Vec<(&'static str, String)>,
}

/// Packs everything but the SBOMs from built binaries.
fn pack(root: &Path, binaries: &[Binary], release: &Release) -> Result<Made, Error> {
    let program = binary::own(binaries)?;
    let log = files::read(&root.join("CHANGELOG.md"))?;
    let changes = changelog::section(&log, release)?;
    let image = image::build(root, binaries, release)?;
    let filled = chart::Filled { release, digest: &image.digest, changes };
    let archives = archives(root, binaries, release)?;
    let mut assets = vec![
        Asset::new("install.yaml", manifests(program, release, &image.digest)?),
        Asset::new("podwright.yaml", krew::manifest(&archives, release)),
        Asset::new(format!("podwright-{VERSION}.tgz"), chart::package(root, &filled)?),
    ];
    let notes = changelog::notes(changes, release, &image.digest);
    let variables = variables(release, &image.digest);
    assets.push(Asset::new(Release::asset("image.tar"), image.archive));
    assets.extend(archives.into_iter().map(|packed| Asset::new(packed.name, packed.content)));
    let sum = |binary: &Binary| Ok((binary.processor, sha256(&binary.content()?)));
    let sums = binaries.iter().map(sum).collect::<Result<_, Error>>()?;
    Ok(Made { assets, digest: image.digest, notes, variables, sums })
}

fn archives(root: &Path, binaries: &[Binary], release: &Release) -> Result<Vec<Packed>, Error> {
    let companions = binary::companions(root, binary::own(binaries)?, release)?;
    let pack = |binary: &Binary| {
        let content = binary::archive(binary, &companions, release)?;
        Ok(Packed { processor: binary.processor, name: binary.archive_name(), content })
    };
    binaries.iter().map(pack).collect()
}

/// The output of `podwright install` with the release's image.
fn manifests(program: &Path, release: &Release, digest: &str) -> Result<String, Error> {
    let image = format!("{}@{digest}", release.image_with_tag());
    process::read(Command::new(program).args(["install", "--image", &image]))
}

/// The names that the workflow needs to publish, as lines of `NAME=VALUE`.
fn variables(release: &Release, digest: &str) -> String {
    let (image, charts) = (&release.image.0, release.charts());
    format!("VERSION={VERSION}\nIMAGE={image}\nDIGEST={digest}\nCHARTS={charts}\n")
}

impl Made {
    fn write(&mut self, output: &Path) -> Result<(), Error> {
        self.assets.sort_by(|one, other| one.name.cmp(&other.name));
        let sums: String =
            self.assets.iter().map(|asset| format!("{}  {}\n", sha256(&asset.content), asset.name)).collect();
        self.assets.iter().try_for_each(|asset| files::write(&output.join(&asset.name), &asset.content))?;
        files::write(&output.join(NOTES), &self.notes)?;
        files::write(&output.join(VARIABLES), &self.variables)?;
        // Last, because a folder with it is complete.
        files::write(&output.join(SUMS), sums)
    }

    fn listed(&self, output: &Path, verified: bool) -> String {
        let mut text = format!("{}:\n", output.display());
        for asset in &self.assets {
            let _ = writeln!(text, "{:>10}  {}", crate::image::mebibytes(asset.content.len() as u64), asset.name);
        }
        let _ = write!(text, "the image is {}", self.digest);
        if verified {
            text += "\na second build in another folder has the same bytes";
        }
        text
    }
}
