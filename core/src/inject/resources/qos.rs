//! The Pod's QoS class with podwright's amounts and without them (`k8s.io/kubernetes/pkg/apis/core/v1/helper/qos`,
//! `ComputePodQOS`).
//!
//! It is not "before and after": a second round finds the amounts in the Pod, and must report the same.

use std::borrow::Cow;

use super::super::api_defaults::RequestAndLimit;
use super::super::pod::Present;
use super::super::{Entry, Outcome, Reason};
use crate::annotation::downward::{Resource, Section};
use crate::profile::Source;

pub(super) const QOS_CLASS: Reason = Reason {
    code: "QosClass",
    sentence: "the class with these amounts, and without them",
    remedy: "No action needed. The entry names the Pod's QoS class with podwright's amounts and without them. The \
             class decides which Pods are evicted first.",
};

/// The final request and limit, with the layers whose wishes they equal.
pub(super) struct SettledAmounts {
    pub(super) there: RequestAndLimit,
    pub(super) request: Option<Source>,
    pub(super) limit: Option<Source>,
}

/// Both classes, for the containers so far.
#[derive(Default)]
pub(super) struct QosComparison {
    without: QosClass,
    with: QosClass,
    /// The first wish in force: its key and layer.
    in_force: Option<(Section, Source)>,
}

/// The facts that decide the class: any request or limit, and whether each container's limits equal its requests.
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
    /// Adds one resource of one container.
    pub(super) fn take(&mut self, resource: Resource, settled: SettledAmounts) {
        if resource == Resource::EphemeralStorage {
            return;
        }
        let SettledAmounts { there, request, limit } = settled;
        let ours = request.map(|by| (Section::Requests, by)).or(limit.map(|by| (Section::Limits, by)));
        self.in_force = self.in_force.or(ours);
        self.with.take(there);
        // The request may be the author's, or the API server's copy of podwright's limit. A second round cannot tell,
        // so both rounds treat it as a copy.
        let copied = limit.is_some() && request.is_none() && there.request == there.limit;
        let others_limit = there.limit.filter(|_| limit.is_none());
        let others_request = there.request.filter(|_| request.is_none() && !copied).or(others_limit);
        self.without.take(RequestAndLimit { request: others_request, limit: others_limit });
    }

    /// Returns the note, if any wish is in force.
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
