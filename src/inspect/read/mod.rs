//! Reads a cluster with the user's rights: the state, and every Pod for the inventory.

mod configuration;
mod denied;
mod state;
mod survey;
mod typed;

use super::known::{Known, Unseen};
use crate::cluster::Collection;
use crate::profile::Configuration;
pub use state::cluster_state;
pub use survey::{Progress, SurveyError, Surveyed, survey};
pub use typed::{list, object};

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

/// The names of podwright's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The namespace of podwright, if no webhook entry names one.
    pub namespace: String,
    /// The MutatingWebhookConfiguration.
    pub webhook_configuration: String,
    /// The ConfigMap, if no Deployment mounts one.
    pub config_map: String,
}

/// Facts that the user states, for those that they may not see.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The configuration, and the file that it is from.
    pub configuration: Option<(Configuration, String)>,
    /// The profile with which unseen Namespaces opted in.
    pub namespace_profile: Option<String>,
}

/// The Pods to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The Namespaces.
    pub scope: Scope,
    /// A label selector.
    pub labels: Option<String>,
    /// The most objects of a page.
    pub page_size: u32,
}

impl Survey {
    /// Returns the settings that all collections share.
    fn collection(&self) -> Collection {
        Collection { labels: self.labels.clone(), page_size: self.page_size, ..Collection::default() }
    }
}

/// Makes a fact of a parsed object.
fn parsed<T>(object: String, result: Result<T, serde_json::Error>) -> Known<T> {
    match result {
        Ok(fact) => Known::Seen(fact),
        Err(error) => Known::Unseen(Unseen::Failed { object, reason: error.to_string() }),
    }
}
