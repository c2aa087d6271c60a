//! `requests` and `limits`: amounts for containers without them.
//!
//! Existing amounts stay. A wish that contradicts them is adjusted or skipped.

mod case;
mod container_wishes;
mod qos;
mod reasons;

use std::borrow::Cow;

use super::pod::{Annotations, Container, ContainerAt, Owner, Pod, Role};
use super::reason::AUTHORS_NULL;
use super::{Draft, Entry, Feature, Outcome, api_defaults};
use crate::annotation::downward::{Resource, ResourceField, Section};
use crate::profile::{Plan, Source, Wishes};
use case::{Case, entry};
use container_wishes::{ContainerWishes, is_null};
use reasons::{DAEMON_SET, NO_REQUEST, POD_LEVEL};

/// Adds requests and limits by container and resource, and notes the QoS class.
pub(super) const FEATURE: Feature = Feature {
    keys: &["requests", "limits"],
    fit,
    reasons: &[
        reasons::POD_LEVEL,
        reasons::LIMIT_RANGE,
        reasons::FITTED_TO_LIMIT,
        reasons::FITTED_TO_REQUEST,
        reasons::BELOW_REQUEST,
        reasons::ALSO_THE_REQUEST,
        reasons::NO_REQUEST,
        reasons::DAEMON_SET,
        reasons::UNLIKELY_AMOUNT,
        qos::QOS_CLASS,
    ],
};

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let pods_own = pod.spec.as_ref().and_then(|spec| spec.resources.as_ref()).is_some_and(|own| !own.is_empty());
    let limit_range = pod.annotations().map(Annotations::limit_range).unwrap_or_default();
    let mut qos = qos::QosComparison::default();
    let daemon_set = pod.owner().is_some_and(Owner::is_daemon_set);
    for (at, wishes) in pod.containers().zip(&plan.containers) {
        if draft.is_overspent() {
            return;
        }
        if pods_own {
            leave_to_the_pod(at.container, wishes, draft);
            continue;
        }
        let wishes = ContainerWishes { at, wishes, daemon_set };
        for resource in Resource::ALL {
            note_skipped(wishes, resource, draft);
            let settled = Case::of(&limit_range, wishes, resource).judge(draft);
            qos.take(resource, settled);
        }
    }
    if !pods_own {
        note_gaps(pod, plan, draft);
        draft.entries.extend(qos.entry());
    }
}

/// Skips a container's amounts: they would change how the containers share the Pod's own resources.
fn leave_to_the_pod<'p>(container: &'p Container<'p>, wishes: &Wishes<'p>, draft: &mut Draft<'p>) {
    for (section, wish) in [(Section::Requests, wishes.requests), (Section::Limits, wishes.limits)] {
        if let Some(by) = wish.map(|wish| wish.by) {
            draft.report(entry(section, container, by, Outcome::Skipped(POD_LEVEL)));
        }
    }
}

/// Reports amounts that the author excludes with `null`, and a profile's amounts for a DaemonSet.
fn note_skipped<'p>(wishes: ContainerWishes<'_, 'p>, resource: Resource, draft: &mut Draft<'p>) {
    let container = wishes.at.container;
    for section in [Section::Requests, Section::Limits] {
        let Some(wish) = wishes.of_any_layer(section, resource) else { continue };
        let reason = match wish.by {
            _ if is_null(container, section, resource) => AUTHORS_NULL,
            Source::Profile if !wishes.may_judge(section, resource) => DAEMON_SET,
            _ => continue,
        };
        let item = Cow::Borrowed(resource.as_str());
        draft.report(Entry { item, ..entry(section, container, wish.by, Outcome::Skipped(reason)) });
    }
}

/// Reports containers that keep running without a request that others get. No annotation of theirs asks for one, so
/// this is not a warning.
fn note_gaps<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let daemon_set = pod.owner().is_some_and(Owner::is_daemon_set);
    for resource in [Resource::Cpu, Resource::Memory] {
        let mut all = pod.containers().zip(&plan.containers);
        let wished = |(at, wishes)| {
            let wishes = ContainerWishes { at, wishes, daemon_set };
            wishes.amount(Section::Requests, resource).is_some()
        };
        if !all.any(wished) {
            continue;
        }
        let of = ResourceField { section: Section::Requests, resource, divisor: None };
        for at in pod.containers().filter(|at| runs_on(*at, pod)) {
            let container = at.container;
            let there = api_defaults::amounts(container, resource).request.is_some();
            let wanted = !is_null(container, Section::Requests, resource);
            if wanted && !there && draft.amount(pod, at, of).is_none() {
                let outcome = Outcome::PassedOver(NO_REQUEST);
                let item = Cow::Borrowed(resource.as_str());
                draft.report(Entry { item, ..entry(Section::Requests, container, Source::Profile, outcome) });
            }
        }
    }
}

fn runs_on(at: ContainerAt<'_>, pod: &Pod<'_>) -> bool {
    at.role() != Role::Init && !at.runs_to_completion(pod.runs_forever())
}
