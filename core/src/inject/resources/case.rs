//! The decision on one resource of one container: wishes beside existing amounts.

use std::borrow::Cow;

use super::container_wishes::{ContainerWishes, is_null};
use super::qos::SettledAmounts;
use super::reasons::{
    ALSO_THE_REQUEST, BELOW_REQUEST, FITTED_TO_LIMIT, FITTED_TO_REQUEST, LIMIT_RANGE, UNLIKELY_AMOUNT,
};
use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::inject::api_defaults::{self, RequestAndLimit};
use crate::inject::pod::{Container, ContainerAt, LimitRange, Present};
use crate::inject::reason::KEPT_AUTHORS;
use crate::inject::{AddedAmount, Draft, Entry, InContainer, Outcome, Reason};
use crate::profile::{Source, Wish};

/// One resource of one container: existing amounts and wishes.
pub(super) struct Case<'p, 'l> {
    limit_range: &'l LimitRange<'p>,
    at: ContainerAt<'p>,
    resource: Resource,
    there: RequestAndLimit,
    request: Option<Wish<'p, Amount>>,
    limit: Option<Wish<'p, Amount>>,
}

/// A wish, possibly adjusted to the other one.
#[derive(Clone, Copy)]
struct Target<'p> {
    by: Source,
    amount: &'p Amount,
    outcome: Outcome,
}

impl<'p> Target<'p> {
    fn new(wish: &Wish<'p, Amount>) -> Self {
        Self { by: wish.by, amount: wish.value, outcome: Outcome::InForce }
    }

    fn present(self) -> Present {
        Present::Amount(self.amount.quantity())
    }

    /// Returns the amount that the wish adds if there is none; `None` if the wish is skipped.
    fn added(self) -> Option<Present> {
        (!matches!(self.outcome, Outcome::Skipped(_))).then(|| self.present())
    }

    /// Returns the layer of the wish if it is in force, perhaps adjusted.
    fn in_force(self) -> Option<Source> {
        matches!(self.outcome, Outcome::InForce | Outcome::Noted(_) | Outcome::Adjusted(_)).then_some(self.by)
    }
}

/// Makes an entry of the report about an amount.
pub(super) fn entry<'p>(section: Section, container: &'p Container<'p>, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key: section.as_str(), container: container.name.as_str(), item: Cow::Borrowed(""), by, outcome }
}

impl<'p, 'l> Case<'p, 'l> {
    /// Makes the case of one resource of a container.
    pub(super) fn of(limit_range: &'l LimitRange<'p>, wishes: ContainerWishes<'_, 'p>, resource: Resource) -> Self {
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

    /// Decides on both wishes, and adds the edits and entries.
    ///
    /// Each outcome describes the amounts in the final Pod, so that a second round reports the same.
    pub(super) fn judge(&self, draft: &mut Draft<'p>) -> SettledAmounts {
        // 1. The request beside the wished limit only, because the limit's outcome depends on this request.
        let request = self.request.map(|wish| self.request_target(&wish));
        // A request that cannot replace the author's must not raise the limit.
        let granted = self.request.filter(|_| request.is_some_and(|target| self.is_or_becomes_request(target)));
        let limit = self.limit.map(|wish| self.limit_target(&wish, granted));
        // 2. The limit beside the final request.
        let requested = self.there.request.or(request.map(Target::present));
        let limit = limit.map(|target| Target { outcome: self.limit_outcome(target, requested), ..target });
        // 3. The request again, beside the final limit: step 2 may have skipped the limit, or the author has another
        // one.
        let limited = self.there.limit.or(limit.and_then(Target::added));
        let request = request.map(|target| Target { outcome: self.request_outcome(target, limited), ..target });
        self.settle(Section::Requests, request, draft);
        self.settle(Section::Limits, limit, draft);
        // The API server copies a limit to a missing request.
        let there = RequestAndLimit { request: requested.or(limited), limit: limited };
        SettledAmounts { there, request: request.and_then(Target::in_force), limit: limit.and_then(Target::in_force) }
    }

    /// Returns the wished request, lowered to the limit of the same or a more specific layer if it exceeds that.
    fn request_target(&self, wish: &Wish<'p, Amount>) -> Target<'p> {
        let own = Target::new(wish);
        match self.limit {
            Some(limit) if wish.value.quantity() > limit.value.quantity() && limit.by >= wish.by => {
                Target { amount: limit.value, outcome: Outcome::Adjusted(FITTED_TO_LIMIT), ..own }
            }
            _ => own,
        }
    }

    /// Returns the wished limit, raised to a granted request of a more specific layer if it is below that.
    fn limit_target(&self, wish: &Wish<'p, Amount>, granted: Option<Wish<'p, Amount>>) -> Target<'p> {
        let own = Target::new(wish);
        match granted {
            Some(request) if request.value.quantity() > wish.value.quantity() && request.by > wish.by => {
                Target { amount: request.value, outcome: Outcome::Adjusted(FITTED_TO_REQUEST), ..own }
            }
            _ => own,
        }
    }

    fn is_or_becomes_request(&self, target: Target<'_>) -> bool {
        self.there.request.is_none_or(|there| there == target.present())
    }

    /// Returns the outcome of a request beside the final `limit`.
    fn request_outcome(&self, target: Target<'p>, limit: Option<Present>) -> Outcome {
        let amount = target.amount.quantity();
        match self.there.request {
            None => target.outcome,
            Some(there) if there == target.present() => target.outcome,
            // The request equals the limit: the API server's copy, or the author's value. The wish is above it, and
            // would be invalid.
            Some(there) if Some(there) == limit && there.quantity().is_some_and(|limit| amount > limit) => {
                Outcome::Adjusted(FITTED_TO_LIMIT)
            }
            Some(_) => Outcome::Kept(self.kept(Section::Requests)),
        }
    }

    /// Returns the outcome of a limit beside the final `request`.
    fn limit_outcome(&self, target: Target<'p>, request: Option<Present>) -> Outcome {
        let (amount, limit) = (target.amount.quantity(), target.present());
        match (self.there.limit, request) {
            (Some(there), _) if there != limit => Outcome::Kept(self.kept(Section::Limits)),
            // A request that cannot be counted may exceed any limit.
            (None, Some(Present::Uncounted)) => Outcome::Skipped(BELOW_REQUEST),
            (None, Some(Present::Amount(request))) if request > amount => Outcome::Skipped(BELOW_REQUEST),
            // The API server will copy the limit to the missing request. In a second round the copy exists already.
            (_, None) => Outcome::Noted(ALSO_THE_REQUEST),
            (_, Some(request)) if self.request.is_none() && request == limit => Outcome::Noted(ALSO_THE_REQUEST),
            _ => target.outcome,
        }
    }

    fn kept(&self, section: Section) -> Reason {
        let by_limit_range = self.limit_range.set(self.at.container.name.as_str(), section, self.resource);
        if by_limit_range { LIMIT_RANGE } else { KEPT_AUTHORS }
    }

    /// Adds the entry, and the edit if there is no amount yet.
    fn settle(&self, section: Section, target: Option<Target<'p>>, draft: &mut Draft<'p>) {
        let Some(target) = target else { return };
        let Target { by, amount, outcome } = target;
        let item = Cow::Borrowed(self.resource.as_str());
        draft.report(Entry { item, ..entry(section, self.at.container, by, outcome) });
        if target.in_force().is_some() && amount.is_unlikely(self.resource) {
            draft.report(self.doubt(section, by, amount));
        }
        if self.there.get(section).is_none() && target.added().is_some() {
            let added = AddedAmount { section, resource: self.resource, amount };
            draft.edit(self.at.slot, InContainer::Amount(added));
        }
    }
}

impl<'p> Case<'p, '_> {
    /// Returns the entry for an amount that is probably a typo: `memory=128; did you mean 128Mi?`.
    fn doubt(&self, section: Section, by: Source, amount: &Amount) -> Entry<'p> {
        let (resource, text) = (self.resource.as_str(), amount.as_str());
        let meant = amount.meant(self.resource).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let item = Cow::Owned(format!("{resource}={text}{meant}"));
        Entry { item, ..entry(section, self.at.container, by, Outcome::Doubtful(UNLIKELY_AMOUNT)) }
    }
}
