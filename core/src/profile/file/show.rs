//! The configuration as a complete file, with inherited and built-in values.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::extends::ResolvedProfile;
use super::{API_VERSION, ConfigurationFile, KIND};
use crate::annotation::keys::of_profiles;
use crate::annotation::value_shape::field_name;

impl Serialize for ConfigurationFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_map(None)?;
        file.serialize_entry("apiVersion", API_VERSION)?;
        file.serialize_entry("kind", KIND)?;
        file.serialize_entry("onInvalidAnnotation", self.configuration.on_invalid_annotation.as_str())?;
        file.serialize_entry("preStopAction", self.configuration.pre_stop_action.as_str())?;
        file.serialize_entry("injectedLabel", &self.configuration.injected_label)?;
        file.serialize_entry("excludeContainers", &self.configuration.exclude_containers)?;
        file.serialize_entry("ownerKinds", &self.configuration.owner_kinds)?;
        file.serialize_entry("profiles", &self.profiles)?;
        file.end()
    }
}

/// Writes the settings in the order of the documentation, in their original form.
impl Serialize for ResolvedProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings =
            of_profiles().filter_map(|(key, _)| Some((field_name(key.name), &self.settings.get(key.name)?.value)));
        serializer.collect_map(settings)
    }
}
