//! `manifests/` as compiled into the binary, with comments, and with the flags' values.
//!
//! Each flag replaces a line of the text, so the rest of the output equals the repository's text.

use std::num::NonZero;
use std::str::FromStr;

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("../../../manifests/", $name, ".yaml"))
    };
}

pub(super) const MUTATING: &str = manifest!("mutatingwebhookconfiguration");
pub(super) const VALIDATING: &str = manifest!("validatingwebhookconfiguration");
/// All manifests in the order of manifests/kustomization.yaml: dependencies first, webhook configurations last.
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

/// The fate of opted-in Pods while podwright is unreachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailurePolicy {
    /// The Pod is created unchanged.
    Ignore,
    /// The Pod is refused.
    Fail,
}

/// The flags' values.
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
        // Only the Pods' webhook: podwright never refuses a workload.
        if self.failure_policy == FailurePolicy::Fail && manifest == MUTATING {
            text = text.replace(IGNORE, "failurePolicy: Fail\n");
        }
        text
    }
}

/// An image reference, such as `registry.example.com:5000/podwright:0.1.0@sha256:…`. Nothing checks that the image exists.
#[derive(Clone, Debug)]
pub(super) struct Image(String);

/// A text that cannot be an image reference.
#[derive(Debug, thiserror::Error)]
#[error("expected an image reference, such as `registry.example.com/podwright:0.1.0`")]
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
