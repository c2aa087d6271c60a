//! A Pod and what is wished for it in, a patch and a report out.
//!
//! Pure: reads no clock, file, environment or network. Never decodes a Pod to write it back, and never removes or
//! replaces what an author wrote: a feature can do nothing but what [`InContainer`] and [`InPod`] name.

mod bounds;
mod by_name;
mod defaulting;
mod downward_env;
mod downward_volume;
mod draft;
mod graceful_shutdown;
mod guess;
mod mounts;
mod owners;
mod patch;
pub mod pod;
mod probes;
mod report;
mod resources;
mod termination_message;
mod unmatched;

use crate::annotation::{Directives, Faults, STATUS};
use crate::profile::{Configuration, OnInvalidAnnotation, OptIn, Plan, resolve};
pub use bounds::TOO_LARGE;
pub use draft::{Draft, Entry, Outcome, Reason};
pub use guess::{Guess, How};
pub use patch::{
    Act, DownwardApiFile, DownwardApiSource, DownwardApiVolume, InContainer, InPod, Operation, Patch, ReadOnlyMount,
    Root, Value, Variable, steps,
};
use pod::{ANNOTATIONS_BYTES, ITEMS, Owner, Pod};
use report::Reader;
pub use report::{Count, Line, Report, warnings};
pub use unmatched::RESTRICTS_NOTHING;

/// One thing that podwright does: what it is called, how it is done, and why it may not have been.
pub struct Feature {
    /// The keys that it grants, without the prefix.
    pub keys: &'static [&'static str],
    /// Turns wishes into edits and entries of the report, for all containers at once: the grace period needs all sleeps.
    pub fit: for<'p> fn(&'p Pod<'p>, &'p Plan<'p>, &mut Draft<'p>),
    /// Every reason that it may give, for the documentation.
    pub reasons: &'static [Reason],
}

/// Every feature, in the order in which they run and report. One that looks at what another one adds comes behind it: shares
/// of limits behind the limits, paths behind the mounts, probes behind the sleeps.
pub const FEATURES: [Feature; 6] = [
    resources::FEATURE,
    downward_env::FEATURE,
    downward_volume::FEATURE,
    termination_message::FEATURE,
    graceful_shutdown::FEATURE,
    probes::FEATURE,
];

/// Every reason that a report may give, with the keys that it concerns; none where it may concern any.
pub fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let features = FEATURES.iter().flat_map(|feature| feature.reasons.iter().map(|reason| (feature.keys, *reason)));
    let any: &'static [&'static str] = &[];
    let others =
        draft::REASONS.iter().chain(&unmatched::REASONS).chain([&owners::OTHER_CONTROLLER, &bounds::TOO_LARGE]);
    features.chain(others.map(move |reason| (any, *reason)))
}

/// What is to be done to a Pod, and what is to be said of it.
#[derive(Debug, Default)]
pub struct Injection {
    /// Absent where there is nothing to do.
    pub patch: Option<Patch>,
    /// What was done, what was not, and why.
    pub report: Report,
}

/// Fits a Pod, or the Pod template at `root`, to its annotations and the profile.
///
/// # Errors
/// Every annotation that cannot be understood. Nothing is done then.
pub fn inject(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    configuration: &Configuration,
    root: Root,
) -> Result<Injection, Refused> {
    inject_for(pod, opt_in, (configuration, Reader::Person), root)
}

/// The same for the webhook, without the report's lines.
///
/// # Errors
/// Likewise.
pub fn inject_without_lines(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    configuration: &Configuration,
    root: Root,
) -> Result<Injection, Refused> {
    inject_for(pod, opt_in, (configuration, Reader::Webhook), root)
}

/// The same for a workload that is applied: its warnings alone, without a patch.
///
/// # Errors
/// Likewise.
pub fn check(template: &Pod<'_>, opt_in: OptIn<'_>, configuration: &Configuration) -> Result<Report, Refused> {
    inject_for(template, opt_in, (configuration, Reader::Applier), Root::Pod).map(|injection| injection.report)
}

fn inject_for(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    (configuration, reader): (&Configuration, Reader),
    root: Root,
) -> Result<Injection, Refused> {
    if pod.annotations().is_some_and(|annotations| annotations.is_mirror() || annotations.cannot_be_stored()) {
        return Ok(Injection::default());
    }
    let (directives, faults) = match pod.annotations() {
        Some(annotations) => Directives::parse(annotations.ours()),
        None => Default::default(),
    };
    if directives.pod.inject == Some(false) {
        return Ok(Injection::default());
    }
    let names = pod.containers().map(|(_, container)| container.name.as_str());
    let owner = pod.owner().filter(|owner| owners::compares(owner, configuration));
    let opt_in = owner.map_or(opt_in, |_| owners::withheld(opt_in));
    let (mut plan, more) = resolve(&directives, opt_in, configuration, names);
    plan.keeps_defaults = owner.is_some();
    let faults = match configuration.on_invalid_annotation {
        OnInvalidAnnotation::Deny => faults.and(more).none_or(Faults::default())?,
        OnInvalidAnnotation::Warn => faults.and(more),
    };
    if pod.is_beyond() || pod.items() > ITEMS {
        let asked = plan.everything.is_some() || directives.ask();
        return Ok(if asked { bounds::left_as_it_is(reader) } else { Injection::default() });
    }
    if bounds::are_surely_passed(&plan) {
        return Ok(bounds::left_as_it_is(reader));
    }
    let withheld = owner.filter(|_| matches!(opt_in, OptIn::Withheld { .. }) && plan.everything.is_none());
    let asked = Asked { directives: &directives, plan: &plan, configuration, faults: &faults, reader, withheld };
    fit(pod, asked, root)
}

/// Why a Pod was not fitted.
#[derive(Debug)]
pub enum Refused {
    /// Its annotations cannot be understood.
    Faults(Faults),
    /// Ours: what was to be said could not be written as JSON.
    Unwritable(serde_json::Error),
}

impl From<Faults> for Refused {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Self::Unwritable(error)
    }
}

/// All that is asked for, by whomever.
#[derive(Clone, Copy)]
struct Asked<'p> {
    directives: &'p Directives,
    plan: &'p Plan<'p>,
    configuration: &'p Configuration,
    /// What could not be understood and is gone without.
    faults: &'p Faults,
    reader: Reader,
    /// The owner for whose sake the Namespace's opt-in does not reach the Pod.
    withheld: Option<&'p Owner<'p>>,
}

impl Asked<'_> {
    /// Whether the Pod is another controller's and asks for nothing itself, so that not even its status is written.
    fn leaves_all_alone(&self) -> bool {
        self.plan.keeps_defaults && self.plan.everything.is_none() && !self.directives.ask()
    }
}

fn fit<'p>(pod: &'p Pod<'p>, asked: Asked<'p>, root: Root) -> Result<Injection, Refused> {
    let mut draft = Draft::default();
    for feature in FEATURES {
        (feature.fit)(pod, asked.plan, &mut draft);
        if draft.is_overspent() {
            return Ok(bounds::left_as_it_is(asked.reader));
        }
    }
    if asked.reader == Reader::Applier {
        unmatched::note(pod, asked, &mut draft);
        return Ok(Injection { patch: None, report: Report::new(asked, &draft) });
    }
    let status = report::status(pod, asked.plan, &draft)?;
    unmatched::note(pod, asked, &mut draft);
    owners::note(asked, &mut draft);
    if !asked.leaves_all_alone() {
        note_status(pod, status, &mut draft);
    }
    let patch = patch::render(pod, &draft, root)?;
    if patch.as_ref().is_some_and(|patch| bounds::are_passed(pod, &draft, patch)) {
        return Ok(bounds::left_as_it_is(asked.reader));
    }
    Ok(Injection { patch, report: Report::new(asked, &draft) })
}

/// The status is a function of the final Pod and its directives, so a second round finds it as it left it. It is left
/// out rather than reject the Pod by its size. One that somebody else wrote is replaced, also where nothing was done.
fn note_status(pod: &Pod<'_>, status: Option<String>, draft: &mut Draft<'_>) {
    let annotations = pod.annotations();
    let there = annotations.and_then(|annotations| annotations.get(STATUS));
    let status = status.or_else(|| there.map(|_| report::of_nothing()));
    let Some(status) = status.filter(|status| there != Some(status)) else {
        return;
    };
    let others = annotations.map(pod::Annotations::bytes_at_most).unwrap_or_default();
    let replaced = there.map_or(0, |there| STATUS.len() + there.len());
    if others.saturating_sub(replaced) + STATUS.len() + status.len() <= ANNOTATIONS_BYTES {
        draft.edit_pod(InPod::Status(status));
    }
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
