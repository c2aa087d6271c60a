//! The precedence of the layers: the container's annotations, the Pod's annotations, the profile.
//!
//! The Pod's own fields come before all of them. The features compare with those; this module does not know them.

mod faults;
mod layers;
mod plan;
mod wish;

use super::{Configuration, DEFAULT_PROFILE};
use crate::annotation::{Directives, Faults};
use layers::{Layers, Reach};
pub use plan::{Plan, Wishes};
pub use wish::{Source, Wish};

/// The opt-in of the Pod's Namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptIn<'a> {
    /// No opt-in: only the Pod's annotations count.
    Pod,
    /// An opt-in with this profile, unless the Pod names another.
    Namespace {
        /// The profile's name.
        profile: &'a str,
    },
    /// An opt-in that excludes this Pod. The profile supplies only the values of keys that are `true`.
    Withheld {
        /// The profile's name.
        profile: &'a str,
    },
}

/// Resolves the layers for each container.
///
/// Returns the plan and its faults: an unknown profile, and `true` for a setting without a value in the profile. The
/// plan omits those settings.
pub fn resolve<'a>(
    directives: &'a Directives,
    opt_in: OptIn<'a>,
    configuration: &'a Configuration,
    containers: impl Iterator<Item = &'a str>,
) -> (Plan<'a>, Faults) {
    // The annotation's profile comes before the Namespace's, also for a withheld opt-in.
    let name = match (&directives.pod.profile, opt_in) {
        (Some(name), _) => name.as_str(),
        (None, OptIn::Namespace { profile } | OptIn::Withheld { profile }) => profile,
        (None, OptIn::Pod) => DEFAULT_PROFILE,
    };
    let everything = everything(directives, opt_in);
    let profile = configuration.profile(name);
    let faults = match profile {
        Some(profile) => faults::without_value(directives, name, profile),
        None => faults::no_such_profile(name, configuration).into(),
    };
    let all = everything.is_some();
    // The layers of the whole Pod. Each container starts from a copy of them.
    let pod = Layers { container: None, pod: Some(&directives.pod), profile, all, selected: true, excluded: false };
    let reach = Reach::of(directives, configuration);
    let layers = containers.map(|container| pod.of_container(container, directives, &reach));
    let plan = Plan {
        profile: name,
        everything,
        containers: wishes(layers),
        pod: Wishes::of(pod),
        pre_stop_action: configuration.pre_stop_action,
        keeps_defaults: false,
    };
    (plan, faults)
}

/// Returns the layer that turned on the whole profile, if one did.
fn everything(directives: &Directives, opt_in: OptIn<'_>) -> Option<Source> {
    let by_pod = directives.pod.profile.is_some() || directives.pod.inject == Some(true);
    let by_namespace = matches!(opt_in, OptIn::Namespace { .. });
    // If both opted in, the source is the Pod: only an annotation on the Pod permits a guessed liveness probe.
    let everything = by_pod.then_some(Source::Pod).or(by_namespace.then_some(Source::Profile));
    // An invalid `inject` may be an opt-out, so it turns off the Namespace's opt-in too.
    everything.filter(|_| !directives.inject_is_unclear)
}

/// Returns the wishes for each container.
fn wishes<'a>(layers: impl Iterator<Item = Layers<'a>>) -> Vec<Wishes<'a>> {
    // Most containers have no keys of their own. They share at most a few sets of wishes, so each set is computed once.
    let mut shared: Vec<Wishes<'a>> = Vec::new();
    let of_one = |layers: Layers<'a>| {
        if layers.container.is_some() {
            return Wishes::of(layers);
        }
        let same = |known: &&Wishes<'a>| known.layers.is_shared_with(&layers);
        shared.iter().find(same).cloned().unwrap_or_else(|| {
            shared.push(Wishes::of(layers));
            Wishes::of(layers)
        })
    };
    layers.map(of_one).collect()
}

#[cfg(test)]
mod tests;
