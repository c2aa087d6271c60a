//! Helm 3 and Helm 4, built from their released Go modules once for each user.

use std::path::PathBuf;

use crate::{
    Error,
    go::{Module, module},
};

const HELM_3: Module = module!("helm3", "Helm 3.22.0, about 4 minutes", ["go.mod", "go.sum"], tool "helm");
const HELM_4: Module = module!("helm4", "Helm 4.3.2, about 3 minutes", ["go.mod", "go.sum"], tool "helm");

/// The major versions of Helm that the chart supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Helm {
    /// Helm 3, which merges three versions of an object itself.
    Three,
    /// Helm 4, which applies on the server.
    Four,
}

impl Helm {
    /// The path of this Helm, built now if it is not in the cache.
    pub fn program(self) -> Result<PathBuf, Error> {
        let module = if self == Self::Three { HELM_3 } else { HELM_4 };
        module.build().map(|folder| folder.join("helm"))
    }
}
