//! The amounts that are wished for one container.

use crate::annotation::amounts::{Amount, Amounts};
use crate::annotation::downward::{Resource, Section};
use crate::inject::api_defaults;
use crate::inject::pod::{Container, ContainerAt, Present};
use crate::profile::{Source, Wish, Wishes};

/// A container, with the wishes for it.
#[derive(Clone, Copy)]
pub(super) struct ContainerWishes<'w, 'p> {
    pub(super) at: ContainerAt<'p>,
    pub(super) wishes: &'w Wishes<'p>,
    /// Whether a profile's amounts are left out, whatever the container has.
    pub(super) daemon_set: bool,
}

impl<'p> ContainerWishes<'_, 'p> {
    /// The wish for a request or a limit of one resource that may be granted.
    pub(super) fn amount(self, section: Section, resource: Resource) -> Option<Wish<'p, Amount>> {
        self.of_any_layer(section, resource).filter(|wish| !self.daemon_set || wish.by != Source::Profile)
    }

    /// Whether a profile's amount is held against what is there. In a DaemonSet's Pod, only against the author's own: a request
    /// that equals a limit which an annotation asks for may be the API server's copy of it, in a second round.
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

/// The most specific layer's amount of this resource.
fn wish_for<'p>(mut layers: impl Iterator<Item = Wish<'p, Amounts>>, resource: Resource) -> Option<Wish<'p, Amount>> {
    layers.find_map(|wish| Some(Wish { value: wish.value.get(resource)?, by: wish.by }))
}

/// Whether the author wants no such amount. A limit makes a request as well, so where the request is null, neither is added.
pub(super) fn is_null(container: &Container<'_>, section: Section, resource: Resource) -> bool {
    let is_null = |section| container.authored.amount(section, resource).is_null();
    is_null(Section::Requests) || is_null(section)
}
