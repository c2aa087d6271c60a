//! The operator's side: which profiles there are, and which containers are left alone.

use std::collections::BTreeMap;

use crate::annotation::{Layer, Settings, keys};

/// The profile that is meant where none is named.
pub const DEFAULT_PROFILE: &str = "default";

/// Settings under a name.
pub type Profile = Settings;

/// What podwright runs with. The built-in one serves where no file is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Containers that only a key of their own reaches: other injectors' proxies.
    pub exclude_containers: Vec<String>,
    /// What becomes of a Pod whose annotations cannot be understood.
    pub on_invalid_annotation: OnInvalidAnnotation,
    /// How a preStop sleep is written.
    pub pre_stop_action: PreStopAction,
}

/// What becomes of a Pod whose annotations cannot be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalidAnnotation {
    /// It is denied, with everything that is wrong in one message.
    #[default]
    Deny,
    /// It is admitted, with warnings, and without what those annotations are about.
    Warn,
}

/// How a preStop sleep is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreStopAction {
    /// `lifecycle.preStop.sleep` (KEP-3960), which servers know from 1.29 on, and have on by default from 1.30 on.
    #[default]
    Sleep,
    /// `lifecycle.preStop.exec` of `sleep SECONDS`, for older servers; the image must have a `sleep`.
    Exec,
}

/// A built-in profile, written as its annotations would be: the same grammar, read by the same code.
struct BuiltIn {
    name: &'static str,
    extends: Option<&'static str>,
    values: &'static [(&'static str, &'static str)],
}

const BUILT_IN: [BuiltIn; 2] = [
    BuiltIn {
        name: DEFAULT_PROFILE,
        extends: None,
        values: &[
            ("downward-env", "POD_NAME,POD_NAMESPACE,POD_UID,POD_IP,HOST_IP,NODE_NAME,SERVICE_ACCOUNT"),
            ("downward-volume", "/etc/podinfo"),
            ("termination-message-policy", "FallbackToLogsOnError"),
            ("readiness-probe", "tcp"),
            ("pre-stop-sleep", "5s"),
            ("requests", "cpu=100m,memory=128Mi"),
        ],
    },
    BuiltIn {
        name: "web",
        extends: Some(DEFAULT_PROFILE),
        values: &[("readiness-probe", "http:/ready period=5s"), ("liveness-probe", "http:/healthz delay=10s")],
    },
];

const EXCLUDED: [&str; 4] = ["istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init"];

impl Default for Configuration {
    fn default() -> Self {
        let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
        for BuiltIn { name, extends, values } in BUILT_IN {
            let base = extends.and_then(|parent| profiles.get(parent)).cloned().unwrap_or_default();
            profiles.insert(name.to_owned(), read(values).over(&base));
        }
        Self {
            profiles,
            exclude_containers: EXCLUDED.map(str::to_owned).to_vec(),
            on_invalid_annotation: OnInvalidAnnotation::default(),
            pre_stop_action: PreStopAction::default(),
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
        self.exclude_containers.iter().any(|name| name == container)
    }
}

/// A built-in value that were not understood would be left out; a test sees to it that none is.
fn read(values: &[(&str, &str)]) -> Settings {
    let mut layer = Layer::default();
    for (name, value) in values {
        let _ = keys::find(name).map(|key| (key.set)(&mut layer, value));
    }
    layer.settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_value_is_understood() {
        for BuiltIn { values, .. } in BUILT_IN {
            for (name, value) in values {
                let set = keys::find(name).map(|key| (key.set)(&mut Layer::default(), value));
                assert_eq!(set, Some(Ok(())), "{name}: {value}");
            }
        }
    }

    #[test]
    fn web_extends_default() {
        let built_in = Configuration::default();
        let [web, default] = ["web", DEFAULT_PROFILE].map(|name| built_in.profile(name).cloned().unwrap_or_default());
        assert_eq!(web.requests, default.requests);
        assert!(web.readiness_probe != default.readiness_probe && default.liveness_probe.is_none());
        assert_eq!(built_in.profile_names().collect::<Vec<_>>(), ["default", "web"]);
    }
}
