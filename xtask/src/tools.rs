//! Other people's tools that the tests run on podwright's output, each built from its released Go module once for each user.

use std::path::PathBuf;

use crate::{
    Error,
    go::{Module, module},
};

const KUSTOMIZE: Module =
    module!("kustomize", "kustomize 5.7.1, about 1 minute", ["go.mod", "go.sum"], tool "kustomize");
const KUBE_SCORE: Module =
    module!("kube-score", "kube-score 1.20.0, about 2 minutes", ["go.mod", "go.sum"], tool "kube-score");

/// A tool that reads manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Runs KRM functions. 5.8 wants a newer Go.
    Kustomize,
    /// Checks templates for probes and resources.
    KubeScore,
}

impl Tool {
    /// The folder of this tool's program, built now if it is not in the cache.
    pub fn folder(self) -> Result<PathBuf, Error> {
        if self == Self::Kustomize { KUSTOMIZE.build() } else { KUBE_SCORE.build() }
    }
}
