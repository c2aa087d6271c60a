//! `manifests/`, as it was when this binary was built, comments and all, with what the flags say in its place.
//!
//! A change is that of a line which is there once or means the same wherever it is, so that the text stays the author's.
//! Never YAML that is written anew: what is printed is what is in the repository.

use std::num::NonZero;
use std::str::FromStr;

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("../../../manifests/", $name, ".yaml"))
    };
}

pub(super) const MUTATING: &str = manifest!("mutatingwebhookconfiguration");
pub(super) const VALIDATING: &str = manifest!("validatingwebhookconfiguration");
/// As manifests/kustomization.yaml lists them: what others need first, the webhook configurations last.
pub(crate) const MANIFESTS: [&str; 13] = [
    manifest!("namespace"),
    manifest!("resourcequota"),
    manifest!("serviceaccount"),
    manifest!("validatingadmissionpolicy"),
    manifest!("rbac"),
    manifest!("configmap"),
    manifest!("secret"),
    manifest!("service"),
    manifest!("networkpolicy"),
    manifest!("poddisruptionbudget"),
    manifest!("deployment"),
    MUTATING,
    VALIDATING,
];

const IMAGE: &str = concat!("image: \"podwright:", env!("CARGO_PKG_VERSION"), "\"");
const REPLICAS: &str = "replicas: 2\n";
const IGNORE: &str = "failurePolicy: Ignore\n";

/// What becomes of a Pod that opted in where podwright does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// It is created as it is.
    Ignore,
    /// It is refused.
    Fail,
}

/// What the flags say.
pub(super) struct Base {
    pub(super) image: Option<Image>,
    pub(super) replicas: Option<NonZero<u16>>,
    pub(super) on_failure: OnFailure,
}

impl Base {
    pub(super) fn rendered(&self) -> String {
        MANIFESTS.map(|manifest| self.changed(manifest)).join("---\n")
    }

    fn changed(&self, manifest: &str) -> String {
        let mut text = manifest.to_owned();
        if let Some(Image(image)) = &self.image {
            text = text.replace(IMAGE, &format!("image: \"{image}\""));
        }
        if let Some(replicas) = self.replicas {
            text = text.replace(REPLICAS, &format!("replicas: {replicas}\n"));
        }
        // Workloads are never refused.
        if self.on_failure == OnFailure::Fail && manifest == MUTATING {
            text = text.replace(IGNORE, "failurePolicy: Fail\n");
        }
        text
    }
}

/// A reference to an image, such as `registry.example.com:5000/podwright:0.1.0@sha256:…`. Whether there is such an image is
/// the kubelet's to find out.
#[derive(Clone, Debug)]
pub(super) struct Image(String);

impl FromStr for Image {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
        let ends = [text.bytes().next(), text.bytes().next_back()];
        if text.bytes().all(allowed) && ends.into_iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
        {
            return Ok(Self(text.to_owned()));
        }
        Err("expected the name of an image, such as `registry.example.com/podwright:0.1.0`".to_owned())
    }
}
