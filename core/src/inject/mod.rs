//! The injection: a Pod and its settings in, a patch and a report out.
//!
//! The module is pure: it reads no clock, file, environment or network. It never decodes a Pod to write it back. It
//! never removes or replaces an author's field: [`InContainer`] and [`InPod`] are the only possible edits.

mod api_defaults;
mod bounds;
mod by_name;
mod context;
mod downward_env;
mod downward_volume;
mod draft;
mod edit;
mod feature;
mod graceful_shutdown;
mod guess;
mod injection;
mod mounts;
mod outcome;
mod owners;
mod patch;
pub mod pod;
mod probes;
mod reason;
mod report;
mod resources;
mod termination_message;
mod unused_annotations;

pub use bounds::TOO_LARGE;
pub use draft::Draft;
pub use edit::{
    AddedAmount, DownwardApiFile, DownwardApiSource, DownwardApiVolume, FieldSelector, InContainer, InPod,
    ReadOnlyMount, Value, Variable,
};
pub use feature::Feature;
pub use guess::{Guess, How};
pub use injection::{Injection, Refused, check, inject, inject_without_lines, inject_without_status};
pub use outcome::{Entry, Outcome};
pub use patch::{Patch, Root};
pub use reason::Reason;
pub use report::{Count, LeftOut, Report, ReportLine, Summary, warnings};
pub use unused_annotations::RESTRICTS_NOTHING;

/// All features, in the order of their runs and reports. A feature runs after those whose edits it reads: shares of
/// limits after the limits, paths after the mounts, probes after the sleeps.
pub const FEATURES: [Feature; 6] = [
    resources::FEATURE,
    downward_env::FEATURE,
    downward_volume::FEATURE,
    termination_message::FEATURE,
    graceful_shutdown::FEATURE,
    probes::FEATURE,
];

/// Returns all reasons of a report, each with its keys. A reason without keys may apply to any key.
pub fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let features = FEATURES.iter().flat_map(|feature| feature.reasons.iter().map(|reason| (feature.keys, *reason)));
    let any: &'static [&'static str] = &[];
    let others = reason::REASONS
        .iter()
        .chain(&unused_annotations::REASONS)
        .chain([&owners::OTHER_CONTROLLER, &bounds::TOO_LARGE]);
    features.chain(others.map(move |reason| (any, *reason)))
}

#[cfg(test)]
mod tests {
    use super::FEATURES;
    use crate::annotation::Settings;

    #[test]
    fn every_key_of_a_setting_is_granted_by_one_feature() {
        let mut granted: Vec<_> = FEATURES.iter().flat_map(|feature| feature.keys).copied().collect();
        let mut settings = Settings::KEYS.to_vec();
        granted.sort_unstable();
        settings.sort_unstable();
        assert_eq!(granted, settings);
    }
}
