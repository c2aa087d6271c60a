//! Reads a cluster with the user's rights: the state, and every Pod for the inventory.

mod configuration;
mod denied;
mod state;
mod survey;

pub use state::{Places, Stated, cluster_state};
pub use survey::{Progress, Survey, SurveyError, Surveyed, survey};

/// The Namespaces to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All Namespaces.
    All,
    /// One Namespace.
    Namespace(String),
}

impl Scope {
    /// Returns the path of a namespaced collection, such as `/apis/apps/v1/namespaces/shop/replicasets` of `/apis/apps/v1` and
    /// `replicasets`.
    pub fn path(&self, version: &str, resource: &str) -> String {
        match self {
            Self::All => format!("{version}/{resource}"),
            Self::Namespace(namespace) => format!("{version}/namespaces/{namespace}/{resource}"),
        }
    }
}
