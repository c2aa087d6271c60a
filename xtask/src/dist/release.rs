//! A release's names, addresses and time.

use std::{env, path::Path, process::Command, str::FromStr};

use jiff::Timestamp;
use xtask::{Error, bail, ensure, process};

use super::Options;

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The addresses without a repository. `example.com` belongs to nobody.
const PLACEHOLDERS: (&str, &str) = ("example.com/podwright/podwright", "registry.example.com/podwright");
/// The variable for the time of every file, in seconds since 1970 (reproducible-builds.org).
pub(crate) const TIME: &str = "SOURCE_DATE_EPOCH";

/// The names, addresses and time of a release.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) repository: Repository,
    /// The image without its tag.
    pub(crate) image: Image,
    /// Seconds since 1970.
    pub(crate) time: u64,
    /// Whether the version is tagged, and so its section in CHANGELOG.md is due.
    pub(crate) tagged: bool,
}

impl Release {
    pub(crate) fn new(root: &Path, options: &Options) -> Result<Self, Error> {
        let repository = match &options.repository {
            Some(repository) => repository.clone(),
            None => Repository::of_workflow()?.unwrap_or_else(|| Repository(PLACEHOLDERS.0.to_owned())),
        };
        let tag = options.tag.clone().or_else(tag_of_workflow);
        if let Some(tag) = &tag {
            ensure!(
                *tag == format!("v{VERSION}"),
                "the tag {tag:?} does not fit: expected v{VERSION}, as in Cargo.toml"
            );
        }
        let image = options.image.clone().unwrap_or_else(|| repository.image());
        Ok(Self { repository, image, time: time(root)?, tagged: tag.is_some() })
    }

    /// The name of an asset: `podwright-0.1.0-linux-amd64.tar.gz` for `linux-amd64.tar.gz`.
    pub(crate) fn asset(end: &str) -> String {
        format!("podwright-{VERSION}-{end}")
    }

    /// The address of the repository.
    pub(crate) fn home(&self) -> String {
        format!("https://{}", self.repository.0)
    }

    /// The address of an asset.
    pub(crate) fn download(&self, asset: &str) -> String {
        format!("{}/releases/download/v{VERSION}/{asset}", self.home())
    }

    /// The address of a file or page in the repository, as of this version.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/blob/v{VERSION}/{path}", self.home())
    }

    pub(crate) fn image_with_tag(&self) -> String {
        format!("{}:{VERSION}", self.image.0)
    }

    /// The address for `helm push`: a folder beside the image.
    pub(crate) fn charts(&self) -> String {
        let folder = self.image.0.rsplit_once('/').map_or(self.image.0.as_str(), |(folder, _)| folder);
        format!("oci://{folder}/charts")
    }

    /// The time in RFC 3339.
    pub(crate) fn timestamp(&self) -> Result<String, Error> {
        let seconds = i64::try_from(self.time).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let late =
            || Error::new(format!("{TIME} is {}: expected seconds since 1970, before the year 10000", self.time));
        seconds.map(|time| time.to_string()).ok_or_else(late)
    }
}

/// A repository without its scheme, such as `github.com/OWNER/podwright`.
#[derive(Debug, Clone)]
pub(crate) struct Repository(pub(crate) String);

impl Repository {
    /// The repository whose workflow runs.
    fn of_workflow() -> Result<Option<Self>, Error> {
        let Ok(name) = env::var("GITHUB_REPOSITORY") else {
            return Ok(None);
        };
        let server = env::var("GITHUB_SERVER_URL").unwrap_or_else(|_| "https://github.com".to_owned());
        format!("{server}/{name}").parse().map(Some).map_err(|error| Error::new(format!("GITHUB_REPOSITORY: {error}")))
    }

    /// GitHub's registry for a repository there. Image names have no capitals.
    fn image(&self) -> Image {
        let on_github = self.0.strip_prefix("github.com/").map(|path| format!("ghcr.io/{path}").to_lowercase());
        Image(on_github.unwrap_or_else(|| PLACEHOLDERS.1.to_owned()))
    }
}

impl FromStr for Repository {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bare = text.trim_start_matches("https://").trim_end_matches('/').trim_end_matches(".git");
        ensure!(
            is_path(bare, "._-:"),
            "invalid repository {text:?}: expected HOST/OWNER/NAME, such as github.com/OWNER/podwright"
        );
        Ok(Self(bare.to_owned()))
    }
}

/// An image without tag and digest, such as `registry.example.com/podwright`.
#[derive(Debug, Clone)]
pub(crate) struct Image(pub(crate) String);

impl FromStr for Image {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let tagged = text.rsplit('/').next().is_some_and(|name| name.contains(':'));
        ensure!(
            is_path(text, "._-:") && !tagged && !text.contains(|c: char| c.is_ascii_uppercase()),
            "invalid image {text:?}: expected REGISTRY/NAME in small letters, without a tag, such as \
             registry.example.com/podwright"
        );
        Ok(Self(text.to_owned()))
    }
}

/// Whether the text has two or more parts between slashes, of letters, digits and `others`.
fn is_path(text: &str, others: &str) -> bool {
    let right = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c));
    text.contains('/') && text.split('/').all(right)
}

fn tag_of_workflow() -> Option<String> {
    env::var("GITHUB_REF_NAME").ok().filter(|_| env::var("GITHUB_REF_TYPE").as_deref() == Ok("tag"))
}

/// The time from the environment, or that of the commit.
fn time(root: &Path) -> Result<u64, Error> {
    if let Ok(text) = env::var(TIME) {
        let invalid =
            |_| Error::new(format!("invalid {TIME} {text:?}: expected seconds since 1970, such as 1767225600"));
        return text.parse().map_err(invalid);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(root);
    match process::read(&mut git).map(|seconds| seconds.trim().parse()) {
        Ok(Ok(seconds)) => Ok(seconds),
        Ok(Err(_)) => bail!("no commit here: set {TIME} to seconds since 1970, such as 1767225600"),
        Err(error) => bail!("{error}\nWithout git, set {TIME} to seconds since 1970, such as 1767225600"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail")]
pub(crate) fn example() -> Release {
    let repository: Repository = "https://github.com/Acme/podwright".parse().unwrap();
    let image = repository.image();
    Release { repository, image, time: 1_767_225_600, tagged: false }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::{Image, Repository, VERSION, example};

    #[test]
    fn addresses_follow_from_the_repository() {
        let release = example();
        assert_eq!(release.image_with_tag(), format!("ghcr.io/acme/podwright:{VERSION}"));
        assert_eq!(release.charts(), "oci://ghcr.io/acme/charts");
        let expected = format!("https://github.com/Acme/podwright/releases/download/v{VERSION}/install.yaml");
        assert_eq!(release.download("install.yaml"), expected);
        assert_eq!(release.timestamp().unwrap(), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn wrong_names_are_refused_with_an_example() {
        for wrong in ["podwright", "https://", "a b/c", "github.com//podwright"] {
            let error = wrong.parse::<Repository>().unwrap_err().to_string();
            assert!(error.contains(wrong) && error.contains("github.com/OWNER/podwright"), "{error}");
        }
        for wrong in ["podwright", "registry.example.com/podwright:1", "registry.example.com/Podwright"] {
            assert!(wrong.parse::<Image>().is_err(), "{wrong}");
        }
        assert!("localhost:5000/podwright".parse::<Image>().is_ok());
    }
}
