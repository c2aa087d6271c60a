//! Faults in annotations that need the profile to be found.

use super::plan::Wishes;
use crate::annotation::{Directives, Expected, Fault, Faults, PREFIX, nearest, suggest};
use crate::profile::{Configuration, DEFAULT_PROFILE, Profile};
use crate::text::shorten;

/// Creates the fault for an unknown profile.
pub(super) fn no_such_profile(name: &str, configuration: &Configuration) -> Fault {
    let expected = suggest::expected(nearest(name, configuration.profile_names()));
    let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
    let problem = format!("unknown profile \"{}\": {expected} one of {known}", shorten(name));
    Fault::new(&format!("{PREFIX}profile"), Expected::new(problem, DEFAULT_PROFILE))
}

/// Finds the keys that are `true` although the profile has no value for them.
pub(super) fn without_value(directives: &Directives, name: &str, profile: &Profile) -> Faults {
    let fault = |key: String| {
        let problem = format!("invalid value \"true\": the profile {name} has no value for this key; expected a value");
        Fault::new(&key, Expected::new(problem, ""))
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
