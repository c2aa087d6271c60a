//! The operator's configuration: profiles, excluded containers, and the behaviour for invalid annotations.

use std::collections::{BTreeMap, BTreeSet};

use crate::annotation::Settings;

/// The profile of a Pod that names none.
pub const DEFAULT_PROFILE: &str = "default";

/// The settings of a profile.
pub type Profile = Settings;

/// The configuration of podwright. The default is the built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Containers that get only the settings of their own keys, such as the proxies of other injectors.
    pub exclude_containers: BTreeSet<String>,
    /// Controllers that podwright treats like Kubernetes' own: `CloneSet.apps.kruise.io`.
    pub owner_kinds: BTreeSet<String>,
    /// The behaviour for a Pod with invalid annotations.
    pub on_invalid_annotation: OnInvalidAnnotation,
    /// The form of a preStop sleep.
    pub pre_stop_action: PreStopAction,
    /// Whether injected Pods get the label `podwright.dev/injected` with the profile's name.
    pub injected_label: bool,
}

/// The behaviour for a Pod with invalid annotations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalidAnnotation {
    /// Denies the Pod with a list of all errors.
    #[default]
    Deny,
    /// Admits the Pod with warnings, and without the settings of those annotations.
    Warn,
}

impl OnInvalidAnnotation {
    /// Both values, the default first.
    pub const ALL: [Self; 2] = [Self::Deny, Self::Warn];

    /// Returns the value in the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "Deny",
            Self::Warn => "Warn",
        }
    }
}

/// The form of a preStop sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreStopAction {
    /// `lifecycle.preStop.sleep` (KEP-3960), which API servers and kubelets enable by default from 1.30 on.
    #[default]
    Sleep,
    /// `lifecycle.preStop.exec` with `sleep SECONDS`, for older API servers or kubelets. The image must have a `sleep` program.
    Exec,
}

impl PreStopAction {
    /// Both values, the default first.
    pub const ALL: [Self; 2] = [Self::Sleep, Self::Exec];

    /// Returns the value in the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sleep => "Sleep",
            Self::Exec => "Exec",
        }
    }
}

impl Configuration {
    /// Finds a profile by its name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// Iterates over the names of all profiles, sorted.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Returns whether the container gets only the settings of its own keys.
    pub fn excludes(&self, container: &str) -> bool {
        self.exclude_containers.contains(container)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_extends_default() {
        let built_in = Configuration::default();
        let [web, default] = ["web", DEFAULT_PROFILE].map(|name| built_in.profile(name).cloned().unwrap_or_default());
        assert_eq!(web.requests, default.requests);
        assert!(web.readiness_probe != default.readiness_probe && default.liveness_probe.is_none());
        assert_eq!(built_in.profile_names().collect::<Vec<_>>(), ["default", "web"]);
    }
}
