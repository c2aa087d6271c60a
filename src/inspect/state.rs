//! The facts about a cluster that decide on its Pods.

use super::known::{Known, Unseen};
use super::namespaces::Namespaces;
use super::pod::LivePod;
use super::webhook::{Call, Entries};
use crate::profile::Configuration;
use crate::workload::namespace::PROFILE_LABEL;

/// The facts about podwright in a cluster.
#[derive(Clone, Debug)]
pub struct ClusterState {
    /// The profiles of the running podwright.
    pub profiles: Profiles,
    /// The webhook entries that call it.
    pub entries: Known<Entries>,
    /// The Namespaces.
    pub namespaces: Namespaces,
    /// The entries of podwright's own manifests, in place of unseen ones.
    pub(super) usual_entries: Entries,
}

/// The configuration of the running podwright.
#[derive(Clone, Debug)]
pub struct Profiles {
    /// The configuration; the built-in one in place of an unseen one.
    pub configuration: Configuration,
    /// Where it is from, such as `ConfigMap podwright-system/podwright`, or the reason why it is unknown.
    pub source: Known<String>,
    /// The text of the file, if it is from a ConfigMap.
    pub text: Option<String>,
}

impl Profiles {
    /// Makes known profiles from a named source.
    pub fn seen(configuration: Configuration, source: impl Into<String>) -> Self {
        Self { configuration, source: Known::Seen(source.into()), text: None }
    }

    /// Makes the built-in profiles in place of unknown ones.
    pub fn unseen(reason: Unseen) -> Self {
        Self { configuration: Configuration::default(), source: Known::Unseen(reason), text: None }
    }

    /// Returns whether verdicts may compare Pods with the profiles.
    pub fn are_known(&self) -> bool {
        self.source.seen().is_some()
    }
}

impl ClusterState {
    /// Makes the state of a cluster.
    ///
    /// # Errors
    /// None is known: podwright's own manifest can be read.
    pub fn new(profiles: Profiles, entries: Known<Entries>, namespaces: Namespaces) -> Result<Self, serde_json::Error> {
        Ok(Self { profiles, entries, namespaces, usual_entries: Entries::usual()? })
    }

    /// Returns the webhook entries, or those of podwright's own manifests if the user may not see them.
    pub fn entries(&self) -> &Entries {
        self.entries.seen().unwrap_or(&self.usual_entries)
    }

    /// Returns the entry that calls podwright for a new Pod like this one, or the reason why none does.
    pub fn call(&self, pod: &LivePod<'_>) -> Call<'_> {
        let namespace = match self.namespaces.get(pod.namespace()) {
            Known::Seen(namespace) => namespace,
            Known::Unseen(unseen) => return Call::Unknown(unseen.to_string()),
        };
        let profile = namespace.labels.get(PROFILE_LABEL);
        let has_no_usual_entry = |profile: &&String| !self.usual_entries.profiles().any(|usual| usual == *profile);
        match (&self.entries, profile.filter(has_no_usual_entry)) {
            // The label has an effect only if there is an entry for it.
            (Known::Unseen(unseen), Some(profile)) => {
                Call::Unknown(format!("{unseen}, which may have an entry for the profile {profile}"))
            }
            _ => self.entries().call(pod, &namespace),
        }
    }
}
