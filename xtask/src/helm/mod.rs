//! Helm 3 and Helm 4, built from their released Go modules once for each user.

use std::path::{Path, PathBuf};

use crate::{Error, go::Module};

macro_rules! module {
    ($folder:literal, $what:literal) => {
        Module {
            name: $folder,
            what: $what,
            sources: &[
                ("go.mod", include_str!(concat!("../../", $folder, "/go.mod"))),
                ("go.sum", include_str!(concat!("../../", $folder, "/go.sum"))),
            ],
        }
    };
}

const HELM_3: Module = module!("helm3", "Helm 3.22.0, about 4 minutes");
const HELM_4: Module = module!("helm4", "Helm 4.3.2, about 3 minutes");

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
        let module = match self {
            Self::Three => HELM_3,
            Self::Four => HELM_4,
        };
        let program = |folder: &Path| folder.join("helm");
        module.build(|folder| program(folder).is_file()).map(|folder| program(&folder))
    }
}
