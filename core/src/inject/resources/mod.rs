//! `requests` and `limits`: amounts where the container has none. What is there is kept, and a default that would
//! contradict it is fitted or left out.

mod qos;

use std::borrow::Cow;

use qos::SettledAmounts;

use super::api_defaults::{self, RequestAndLimit};
use super::pod::{Annotations, Container, ContainerAt, LimitRange, Owner, Pod, Present, Role};
use super::reason::{AUTHORS_NULL, KEPT_AUTHORS};
use super::{AddedAmount, Draft, Entry, Feature, InContainer, Outcome, Reason};
use crate::annotation::amounts::{Amount, Amounts};
use crate::annotation::downward::{Resource, ResourceField, Section};
use crate::profile::{Plan, Source, Wish, Wishes};

const POD_LEVEL: Reason = Reason {
    code: "PodLevelResources",
    sentence: "the Pod has resources of its own (spec.resources), which its containers share",
    remedy: "Nothing; or set amounts in the containers themselves.",
};
const LIMIT_RANGE: Reason = Reason {
    code: "LimitRange",
    sentence: "a LimitRange of the namespace has set it, and its value is kept",
    remedy: "Nothing, where the namespace's policy is meant. Else set the amount in the Pod itself.",
};
const FITTED_TO_LIMIT: Reason = Reason {
    code: "FittedToLimit",
    sentence: "a request above the limit is not valid, so it is the limit",
    remedy: "Raise the limit, or ask for a smaller request.",
};
const FITTED_TO_REQUEST: Reason = Reason {
    code: "FittedToRequest",
    sentence: "a limit below the request is not valid, so it is the request",
    remedy: "Ask for a smaller request, or a larger limit.",
};
const BELOW_REQUEST: Reason = Reason {
    code: "BelowRequest",
    sentence: "the limit would be below the request that is there",
    remedy: "Ask for a limit of at least the request.",
};
const ALSO_THE_REQUEST: Reason = Reason {
    code: "AlsoTheRequest",
    sentence: "the request equals the limit, as the API server makes it where there is none",
    remedy: "Nothing; podwright.dev/requests asks for another one.",
};
const NO_REQUEST: Reason = Reason {
    code: "NoRequest",
    sentence: "the container runs on and has no such request, so an autoscaler cannot tell the Pod's utilisation",
    remedy: "Set the request in the container, or reach it with CONTAINER.podwright.dev/requests.",
};

const DAEMON_SET: Reason = Reason {
    code: "DaemonSet",
    sentence: "autoscalers plan nodes by the DaemonSet's own template, which would not have a profile's amounts",
    remedy: "Set the amounts in the DaemonSet's Pod template, or ask for them there with podwright.dev/requests or limits.",
};
const UNLIKELY_AMOUNT: Reason = Reason {
    code: "UnlikelyAmount",
    sentence: "the amount looks like a typo: it is below 4Mi of memory, or at least 100 cores",
    remedy: "Add the unit: memory=128Mi, cpu=100m. If you mean this amount, ignore this.",
};

/// Requests and limits, container by container and resource by resource; then what that makes of the Pod.
pub(super) const FEATURE: Feature = Feature {
    keys: &["requests", "limits"],
    fit,
    reasons: &[
        POD_LEVEL,
        LIMIT_RANGE,
        FITTED_TO_LIMIT,
        FITTED_TO_REQUEST,
        BELOW_REQUEST,
        ALSO_THE_REQUEST,
        NO_REQUEST,
        DAEMON_SET,
        UNLIKELY_AMOUNT,
        qos::QOS_CLASS,
    ],
};

/// One resource of one container: what is there, and what is wished for.
struct Case<'p, 'l> {
    limit_range: &'l LimitRange<'p>,
    at: ContainerAt<'p>,
    resource: Resource,
    there: RequestAndLimit,
    request: Option<Wish<'p, Amount>>,
    limit: Option<Wish<'p, Amount>>,
}

/// A wish once it is adjusted to the other one: the amount, and the outcome.
type Target<'p> = (&'p Amount, Outcome);

/// A wish that is decided on: the layer that wished for it, the amount, and the outcome.
type Judged<'p> = (Source, &'p Amount, Outcome);

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

/// Amounts for each container would change how they share what the Pod as a whole has.
fn leave_to_the_pod<'p>(container: &'p Container<'p>, wishes: &Wishes<'p>, draft: &mut Draft<'p>) {
    for (section, wish) in [(Section::Requests, wishes.requests), (Section::Limits, wishes.limits)] {
        if let Some(by) = wish.map(|wish| wish.by) {
            draft.report(entry(section, container, "", by, Outcome::Skipped(POD_LEVEL)));
        }
    }
}

fn entry<'p>(section: Section, container: &'p Container<'p>, item: &'p str, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key: section.as_str(), container: container.name.as_str(), item: Cow::Borrowed(item), by, outcome }
}

/// Whether the author wants no such amount. A limit makes a request as well, so where the request is null, neither is added.
fn is_null(container: &Container<'_>, section: Section, resource: Resource) -> bool {
    let is_null = |section| container.authored.amount(section, resource).is_null();
    is_null(Section::Requests) || is_null(section)
}

/// Reports the wishes for amounts that the author wants none of, and those of a profile that a DaemonSet lacks.
fn note_skipped<'p>(wishes: ContainerWishes<'_, 'p>, resource: Resource, draft: &mut Draft<'p>) {
    let container = wishes.at.container;
    for section in [Section::Requests, Section::Limits] {
        let Some(wish) = wishes.of_any_layer(section, resource) else { continue };
        let reason = match wish.by {
            _ if is_null(container, section, resource) => AUTHORS_NULL,
            Source::Profile if !wishes.may_judge(section, resource) => DAEMON_SET,
            _ => continue,
        };
        draft.report(entry(section, container, resource.as_str(), wish.by, Outcome::Skipped(reason)));
    }
}

/// A container, with the wishes for it.
#[derive(Clone, Copy)]
struct ContainerWishes<'w, 'p> {
    at: ContainerAt<'p>,
    wishes: &'w Wishes<'p>,
    /// Whether a profile's amounts are left out, whatever the container has.
    daemon_set: bool,
}

impl<'p> ContainerWishes<'_, 'p> {
    /// The wish for a request or a limit of one resource that may be granted.
    fn amount(self, section: Section, resource: Resource) -> Option<Wish<'p, Amount>> {
        self.of_any_layer(section, resource).filter(|wish| !self.daemon_set || wish.by != Source::Profile)
    }

    /// Whether a profile's amount is held against what is there. In a DaemonSet's Pod, only against the author's own: a request
    /// that equals a limit which an annotation asks for may be the API server's copy of it, in a second round.
    fn may_judge(self, section: Section, resource: Resource) -> bool {
        let there = api_defaults::amounts(self.at.container, resource);
        let copied = || {
            let limit = self.amount(Section::Limits, resource).map(|wish| Present::Amount(wish.value.quantity()));
            section == Section::Requests && there.request == limit
        };
        !self.daemon_set || (there.get(section).is_some() && !copied())
    }

    fn of_any_layer(self, section: Section, resource: Resource) -> Option<Wish<'p, Amount>> {
        match section {
            Section::Requests => wish_for(self.wishes.by_layer(|settings| settings.requests.as_ref()), resource),
            Section::Limits => wish_for(self.wishes.by_layer(|settings| settings.limits.as_ref()), resource),
        }
    }
}

/// The most specific layer's amount of this resource.
fn wish_for<'p>(mut layers: impl Iterator<Item = Wish<'p, Amounts>>, resource: Resource) -> Option<Wish<'p, Amount>> {
    layers.find_map(|wish| Some(Wish { value: wish.value.get(resource)?, by: wish.by }))
}

impl<'p, 'l> Case<'p, 'l> {
    fn of(limit_range: &'l LimitRange<'p>, wishes: ContainerWishes<'_, 'p>, resource: Resource) -> Self {
        let at = wishes.at;
        let judged = |section| {
            let may_be = wishes.of_any_layer(section, resource);
            may_be.filter(|wish| wish.by != Source::Profile || wishes.may_judge(section, resource))
        };
        let meant = |section| judged(section).filter(|_| !is_null(at.container, section, resource));
        let [request, limit] = [Section::Requests, Section::Limits].map(meant);
        let there = api_defaults::amounts(at.container, resource);
        Self { limit_range, at, resource, there, request, limit }
    }

    /// Puts in force what can be. Each outcome is a statement on what is there in the end, so that a second round, which
    /// finds that, says the same.
    fn judge(&self, draft: &mut Draft<'p>) -> SettledAmounts {
        let request = self.request.map(|wish| (wish, self.request_target(&wish)));
        let granted = request.filter(|(_, (amount, _))| is_or_becomes(self.there.request, amount));
        let limit = self.limit.map(|wish| (wish, self.limit_target(&wish, granted.map(|(wish, _)| wish))));
        let requested = self.there.request.or(request.map(|(_, (amount, _))| Present::Amount(amount.quantity())));
        let limit = limit.map(|(wish, target)| (wish.by, target.0, self.limit_outcome(target, requested)));
        let limited = self.there.limit.or(limit.and_then(added));
        let request = request.map(|(wish, target)| (wish.by, target.0, self.request_outcome(target, limited)));
        self.settle(Section::Requests, request, draft);
        self.settle(Section::Limits, limit, draft);
        let there = RequestAndLimit { request: requested.or(limited), limit: limited };
        SettledAmounts { there, request: request.and_then(in_force), limit: limit.and_then(in_force) }
    }

    /// The request, or the limit that a more specific layer (or the author) has and that it is above.
    fn request_target(&self, wish: &Wish<'p, Amount>) -> Target<'p> {
        match self.limit {
            Some(limit) if wish.value.quantity() > limit.value.quantity() && limit.by >= wish.by => {
                (limit.value, Outcome::Adjusted(FITTED_TO_LIMIT))
            }
            _ => (wish.value, Outcome::InForce),
        }
    }

    /// The limit, or the request of a more specific layer that it is below, where that is granted.
    fn limit_target(&self, wish: &Wish<'p, Amount>, granted: Option<Wish<'p, Amount>>) -> Target<'p> {
        match granted {
            Some(request) if request.value.quantity() > wish.value.quantity() && request.by > wish.by => {
                (request.value, Outcome::Adjusted(FITTED_TO_REQUEST))
            }
            _ => (wish.value, Outcome::InForce),
        }
    }

    /// `limit` is the one that will be there beside it.
    fn request_outcome(&self, (amount, outcome): Target<'p>, limit: Option<Present>) -> Outcome {
        match self.there.request {
            None => outcome,
            Some(there) if there == Present::Amount(amount.quantity()) => outcome,
            // The API server has copied the limit, or ours is what the author requests; more than that would not be valid.
            Some(there) if Some(there) == limit && there.quantity().is_some_and(|limit| amount.quantity() > limit) => {
                Outcome::Adjusted(FITTED_TO_LIMIT)
            }
            Some(_) => Outcome::Kept(self.kept(Section::Requests)),
        }
    }

    /// `request` is the one that will be there beside it.
    fn limit_outcome(&self, (amount, outcome): Target<'p>, request: Option<Present>) -> Outcome {
        let limit = Present::Amount(amount.quantity());
        match (self.there.limit, request) {
            (Some(there), _) if there != limit => Outcome::Kept(self.kept(Section::Limits)),
            (None, Some(Present::Uncounted)) => Outcome::Skipped(BELOW_REQUEST),
            (None, Some(Present::Amount(request))) if request > amount.quantity() => Outcome::Skipped(BELOW_REQUEST),
            (_, None) => Outcome::Noted(ALSO_THE_REQUEST),
            (_, Some(request)) if self.request.is_none() && request == limit => Outcome::Noted(ALSO_THE_REQUEST),
            _ => outcome,
        }
    }

    fn kept(&self, section: Section) -> Reason {
        let by_limit_range = self.limit_range.set(self.at.container.name.as_str(), section, self.resource);
        if by_limit_range { LIMIT_RANGE } else { KEPT_AUTHORS }
    }

    /// Makes the edit and the entry.
    fn settle(&self, section: Section, wish: Option<Judged<'p>>, draft: &mut Draft<'p>) {
        let Some(judged @ (by, amount, outcome)) = wish else { return };
        draft.report(entry(section, self.at.container, self.resource.as_str(), by, outcome));
        if in_force(judged).is_some() && amount.is_unlikely(self.resource) {
            draft.report(self.doubt(section, by, amount));
        }
        if self.there.get(section).is_none() && added(judged).is_some() {
            let added = AddedAmount { section, resource: self.resource, amount };
            draft.edit(self.at.slot, InContainer::Amount(added));
        }
    }
}

impl<'p> Case<'p, '_> {
    /// `memory=128 instead of 128Mi`
    fn doubt(&self, section: Section, by: Source, amount: &Amount) -> Entry<'p> {
        let (resource, text) = (self.resource.as_str(), amount.as_str());
        let meant = amount.meant(self.resource).map(|meant| format!(" instead of {meant}")).unwrap_or_default();
        let item = Cow::Owned(format!("{resource}={text}{meant}"));
        Entry { item, ..entry(section, self.at.container, "", by, Outcome::Doubtful(UNLIKELY_AMOUNT)) }
    }
}

/// The amount that a granted wish puts where there is none.
fn added((_, amount, outcome): Judged<'_>) -> Option<Present> {
    (!matches!(outcome, Outcome::Skipped(_))).then(|| Present::Amount(amount.quantity()))
}

/// The layer that wished for it, if it is in force, perhaps adjusted.
fn in_force((by, _, outcome): Judged<'_>) -> Option<Source> {
    matches!(outcome, Outcome::InForce | Outcome::Noted(_) | Outcome::Adjusted(_)).then_some(by)
}

fn is_or_becomes(there: Option<Present>, amount: &Amount) -> bool {
    there.is_none_or(|there| there == Present::Amount(amount.quantity()))
}

/// Containers that run on without a request that others get: nobody asked for it there, so it is said and no warning.
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
                draft.report(entry(Section::Requests, container, resource.as_str(), Source::Profile, outcome));
            }
        }
    }
}

fn runs_on(at: ContainerAt<'_>, pod: &Pod<'_>) -> bool {
    at.role() != Role::Init && !at.runs_to_completion(pod.runs_forever())
}
