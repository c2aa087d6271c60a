//! The Pod's QoS class, without what podwright's wishes put in force and with it
//! (`k8s.io/kubernetes/pkg/apis/core/v1/helper/qos`, `ComputePodQOS`).
//!
//! Not "before and after": a second round finds the amounts there, and must say the same.

use std::borrow::Cow;

use super::super::api_defaults::RequestAndLimit;
use super::super::pod::Present;
use super::super::{Entry, Outcome, Reason};
use crate::annotation::downward::{Resource, Section};
use crate::profile::Source;

pub(super) const QOS_CLASS: Reason = Reason {
    code: "QosClass",
    sentence: "the class with these amounts, and without them",
    remedy: "No action needed. The class decides which Pods are evicted first.",
};

/// The request and the limit in the end, with the layers whose wishes they equal.
pub(super) struct SettledAmounts {
    pub(super) there: RequestAndLimit,
    pub(super) request: Option<Source>,
    pub(super) limit: Option<Source>,
}

/// Both classes, as far as the containers have been looked at.
#[derive(Default)]
pub(super) struct QosComparison {
    without: QosClass,
    with: QosClass,
    /// The layer whose wish is in force, with its key.
    in_force: Option<(Section, Source)>,
}

/// The facts that decide on the class: whether anything is requested, and whether each container's limits equal its requests.
struct QosClass {
    any: bool,
    guaranteed: bool,
}

impl Default for QosClass {
    fn default() -> Self {
        Self { any: false, guaranteed: true }
    }
}

impl QosClass {
    fn take(&mut self, amounts: RequestAndLimit) {
        let [request, limit] = [amounts.request, amounts.limit].map(|amount| amount.filter(is_something));
        self.any |= request.is_some() || limit.is_some();
        self.guaranteed &= limit.is_some() && request == limit;
    }

    fn as_str(&self) -> &'static str {
        match (self.any, self.guaranteed) {
            (false, _) => "BestEffort",
            (true, true) => "Guaranteed",
            (true, false) => "Burstable",
        }
    }
}

fn is_something(amount: &Present) -> bool {
    amount.quantity().is_none_or(|quantity| !quantity.is_zero())
}

impl QosComparison {
    /// One resource of one container.
    pub(super) fn take(&mut self, resource: Resource, settled: SettledAmounts) {
        if resource == Resource::EphemeralStorage {
            return;
        }
        let SettledAmounts { there, request, limit } = settled;
        let ours = request.map(|by| (Section::Requests, by)).or(limit.map(|by| (Section::Limits, by)));
        self.in_force = self.in_force.or(ours);
        self.with.take(there);
        // The author's, or what the API server made of a limit of ours: a second round cannot tell, so it is said of both.
        let copied = limit.is_some() && request.is_none() && there.request == there.limit;
        let others_limit = there.limit.filter(|_| limit.is_none());
        let others_request = there.request.filter(|_| request.is_none() && !copied).or(others_limit);
        self.without.take(RequestAndLimit { request: others_request, limit: others_limit });
    }

    /// The note, where any wish is in force.
    pub(super) fn entry<'p>(&self) -> Option<Entry<'p>> {
        let (section, by) = self.in_force?;
        let item = match (self.without.as_str(), self.with.as_str()) {
            (without, with) if without == with => format!("QoS class {with}"),
            (without, with) => format!("QoS class {with} instead of {without}"),
        };
        let outcome = Outcome::Noted(QOS_CLASS);
        Some(Entry { key: section.as_str(), container: "", item: Cow::Owned(item), by, outcome })
    }
}
