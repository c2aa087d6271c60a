//! Step 5: the profile, and the validity of the annotations with it.

use super::subject::Target;
use super::walk::{Changed, Walk};
use crate::annotation::{Fault, Faults};
use crate::inject::{Refused, Root, inject};
use crate::inspect::command::annotate_template;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::workload::WorkloadName;
use crate::profile::{DEFAULT_PROFILE, OptIn};
use crate::workload::namespace::PROFILE_LABEL;

const STEP: &str = "profile";
const PAGE: &str = "docs/diagnose.md#profile";

/// Checks the profile and the annotations.
pub(super) fn step(walk: &Walk<'_>) -> Finding {
    let profiles = &walk.state.profiles;
    let by_pod = walk.pod.annotation(PROFILE_LABEL);
    let profile = match (by_pod, walk.opt_in()) {
        (Some(profile), _) => profile,
        (None, OptIn::Namespace { profile } | OptIn::Withheld { profile }) => profile,
        (None, OptIn::Pod) => DEFAULT_PROFILE,
    };
    let source = match (profiles.source.seen(), profiles.source.unseen()) {
        (Some(source), _) => source,
        (None, unseen) => {
            let reason = unseen.map(ToString::to_string).unwrap_or_default();
            return Finding::unknown(
                STEP,
                format!("{reason}, so the profile {profile} and the annotations are not checked"),
            );
        }
    };
    let configuration = &profiles.configuration;
    if by_pod.is_none() && configuration.profile(profile).is_none() {
        let known: Vec<&str> = configuration.profile_names().collect();
        let text = format!("the webhook entry calls for the profile {profile}, which {source} does not have");
        let mend = format!("Add the profile to {source}, which has {}, or remove the entry.", known.join(", "));
        return Finding::failed(STEP, text, Mend::told(mend).page(PAGE));
    }
    match inject(walk.pod.pod(), walk.opt_in(), configuration, Root::Pod) {
        Ok(_) => Finding::passed(STEP, format!("the profile is {profile}, from {source}; the annotations are valid")),
        Err(Refused::Faults(faults)) => invalid(walk, &faults),
        Err(Refused::Unwritable(error)) => Finding::unknown(STEP, error),
    }
}

fn invalid(walk: &Walk<'_>, faults: &Faults) -> Finding {
    let named = faults.named();
    let text = match named {
        [one] if faults.count() == 1 => format!("podwright denies the Pod: {one}"),
        _ => format!("podwright denies the Pod: {} annotations are invalid", faults.count()),
    };
    let mut failed = Finding::failed(STEP, text, mend(walk, named));
    if faults.count() > 1 {
        failed.details = named.iter().map(ToString::to_string).collect();
    }
    walk.with_source(Changed::Workload, failed)
}

/// Returns the command that removes the invalid annotations.
fn mend(walk: &Walk<'_>, faults: &[Fault]) -> Mend {
    let own = WorkloadName::new("", "Pod", walk.pod.name());
    let (name, root) = match (&walk.subject.target, walk.subject.workload()) {
        (Target::Namespace, _) | (_, None) => (&own, Root::Pod),
        (_, Some(workload)) => (&workload.name, workload.root().unwrap_or(Root::PodTemplate)),
    };
    let mut keys: Vec<(&str, Option<&str>)> = faults.iter().map(|fault| (fault.key.as_str(), None)).collect();
    keys.dedup();
    let command = annotate_template(&walk.subject.namespace, name, root, &keys);
    Mend::by(command).text("Correct the value in the manifest. Or remove the annotation:").page(PAGE)
}
