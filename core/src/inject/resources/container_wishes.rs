//! The wished amounts of one container.

use crate::annotation::amounts::{Amount, Amounts};
use crate::annotation::downward::{Resource, Section};
use crate::inject::api_defaults;
use crate::inject::pod::{Container, ContainerAt, Present};
use crate::profile::{Source, Wish, Wishes};

/// A container with its wishes.
#[derive(Clone, Copy)]
pub(super) struct ContainerWishes<'w, 'p> {
    pub(super) at: ContainerAt<'p>,
    pub(super) wishes: &'w Wishes<'p>,
    /// `true` in a DaemonSet's Pod, which gets no amounts from a profile.
    pub(super) daemon_set: bool,
}

impl<'p> ContainerWishes<'_, 'p> {
    /// Returns the wish for a request or a limit of one resource, unless a DaemonSet rules it out.
    pub(super) fn amount(self, section: Section, resource: Resource) -> Option<Wish<'p, Amount>> {
        self.of_any_layer(section, resource).filter(|wish| !self.daemon_set || wish.by != Source::Profile)
    }

    /// Returns whether a profile's amount is compared with the existing one.
    ///
    /// In a DaemonSet's Pod it is compared only with the author's own amount. A request that equals a limit from an
    /// annotation may be the API server's copy, in a second round.
    pub(super) fn may_judge(self, section: Section, resource: Resource) -> bool {
        let there = api_defaults::amounts(self.at.container, resource);
        let copied = || {
            let limit = self.amount(Section::Limits, resource).map(|wish| Present::Amount(wish.value.quantity()));
            section == Section::Requests && there.request == limit
        };
        !self.daemon_set || (there.get(section).is_some() && !copied())
    }

    pub(super) fn of_any_layer(self, section: Section, resource: Resource) -> Option<Wish<'p, Amount>> {
        match section {
            Section::Requests => wish_for(self.wishes.by_layer(|settings| settings.requests.as_ref()), resource),
            Section::Limits => wish_for(self.wishes.by_layer(|settings| settings.limits.as_ref()), resource),
        }
    }
}

/// Returns the most specific layer's amount of this resource.
fn wish_for<'p>(mut layers: impl Iterator<Item = Wish<'p, Amounts>>, resource: Resource) -> Option<Wish<'p, Amount>> {
    layers.find_map(|wish| Some(Wish { value: wish.value.get(resource)?, by: wish.by }))
}

/// Returns whether the author excludes such an amount with `null`. A null request also excludes the limit, because the
/// API server copies a limit to the request.
pub(super) fn is_null(container: &Container<'_>, section: Section, resource: Resource) -> bool {
    let is_null = |section| container.authored.amount(section, resource).is_null();
    is_null(Section::Requests) || is_null(section)
}
