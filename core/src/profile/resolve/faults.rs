//! Faults that show once the profile is known.

use super::plan::Wishes;
use crate::annotation::{Directives, Expected, Fault, Faults, PREFIX, nearest};
use crate::profile::{Configuration, DEFAULT_PROFILE, Profile};

/// The fault in the name of a profile that does not exist.
pub(super) fn no_such_profile(name: &str, configuration: &Configuration) -> Fault {
    let meant = nearest(name, configuration.profile_names());
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
    let problem = format!("is not the name of a profile{meant}; expected one of {known}");
    Fault::new(&format!("{PREFIX}profile"), name, Expected::new(problem, DEFAULT_PROFILE))
}

/// The faults in keys that ask for a value that the profile does not have.
pub(super) fn without_value(directives: &Directives, name: &str, profile: &Profile) -> Faults {
    let fault = |key: String| {
        let problem = format!("asks for the profile's value, and the profile {name} has none; expected a value");
        Fault::new(&key, "true", Expected::new(problem, ""))
    };
    let mut faults = Faults::default();
    for key in Wishes::without_value(&directives.pod, profile) {
        faults.push_with(|| fault(format!("{PREFIX}{key}")));
    }
    for (container, layer) in &directives.containers {
        for key in Wishes::without_value(layer, profile) {
            faults.push_with(|| fault(format!("{container}.{PREFIX}{key}")));
        }
    }
    faults
}
