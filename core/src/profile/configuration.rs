//! The operator's side: which profiles there are, and which containers are left alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::annotation::Settings;

/// The profile that is meant where none is named.
pub const DEFAULT_PROFILE: &str = "default";

/// Settings under a name.
pub type Profile = Settings;

/// The configuration of podwright. The built-in one serves without a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Containers that only a key of their own reaches: other injectors' proxies.
    pub exclude_containers: BTreeSet<String>,
    /// Owners whose Pods are treated as those of Kubernetes' own controllers: `CloneSet.apps.kruise.io`.
    pub owner_kinds: BTreeSet<String>,
    /// The fate of a Pod whose annotations cannot be understood.
    pub on_invalid_annotation: OnInvalidAnnotation,
    /// The form of a preStop sleep.
    pub pre_stop_action: PreStopAction,
}

/// The fate of a Pod whose annotations cannot be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalidAnnotation {
    /// It is denied, with everything that is wrong in one message.
    #[default]
    Deny,
    /// It is admitted, with warnings, and without what those annotations are about.
    Warn,
}

impl OnInvalidAnnotation {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Deny, Self::Warn];

    /// The configuration file's word for it.
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
    /// `lifecycle.preStop.sleep` (KEP-3960), which servers know from 1.29 on, and have on by default from 1.30 on.
    #[default]
    Sleep,
    /// `lifecycle.preStop.exec` of `sleep SECONDS`, for older servers; the image must have a `sleep`.
    Exec,
}

impl PreStopAction {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Sleep, Self::Exec];

    /// The configuration file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sleep => "Sleep",
            Self::Exec => "Exec",
        }
    }
}

impl Configuration {
    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// The names of all profiles, sorted.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Whether only a key of its own reaches the container of this name.
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
