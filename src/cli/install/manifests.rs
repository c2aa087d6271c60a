//! `manifests/` of the time of the build, comments and all, with the values of the flags.
//!
//! Each flag replaces a line of the text; the YAML is never written anew, so the output is the repository's own text.

use std::num::NonZero;
use std::str::FromStr;

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("../../../manifests/", $name, ".yaml"))
    };
}

pub(super) const MUTATING: &str = manifest!("mutatingwebhookconfiguration");
pub(super) const VALIDATING: &str = manifest!("validatingwebhookconfiguration");
/// All manifests in the order of manifests/kustomization.yaml: dependencies first, the webhook configurations last.
pub(in crate::cli) const MANIFESTS: [&str; 13] = [
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

/// The treatment of an opted-in Pod while podwright does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailurePolicy {
    /// The Pod is created unchanged.
    Ignore,
    /// The Pod is refused.
    Fail,
}

/// The values of the flags.
pub(super) struct ClusterManifests {
    pub(super) image: Option<Image>,
    pub(super) replicas: Option<NonZero<u16>>,
    pub(super) failure_policy: FailurePolicy,
}

impl ClusterManifests {
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
        if self.failure_policy == FailurePolicy::Fail && manifest == MUTATING {
            text = text.replace(IGNORE, "failurePolicy: Fail\n");
        }
        text
    }
}

/// A reference to an image, such as `registry.example.com:5000/podwright:0.1.0@sha256:…`. Only the
/// kubelet finds out whether the image exists.
#[derive(Clone, Debug)]
pub(super) struct Image(String);

/// A text that no image has as its name.
#[derive(Debug, thiserror::Error)]
#[error("expected the name of an image, such as `registry.example.com/podwright:0.1.0`")]
pub(super) struct InvalidImage;

impl FromStr for Image {
    type Err = InvalidImage;

    fn from_str(text: &str) -> Result<Self, InvalidImage> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
        let ends = [text.bytes().next(), text.bytes().next_back()];
        if text.bytes().all(allowed) && ends.into_iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
        {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidImage)
    }
}
