//! Precedence: the container's annotation over the Pod's over the profile. The Pod's own fields, which come before all
//! of them, are not seen here.

mod faults;
mod layers;
mod plan;
mod wish;

use super::{Configuration, DEFAULT_PROFILE};
use crate::annotation::{Directives, Faults};
use layers::{Layers, Reach};
pub use plan::{Plan, Wishes};
pub use wish::{Source, Wish};

/// The opt-in beyond the Pod's own annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptIn<'a> {
    /// None: the Pod's annotations alone count.
    Pod,
    /// The Pod's Namespace opted in, with this profile unless the Pod names another.
    Namespace {
        /// The profile's name.
        profile: &'a str,
    },
    /// The Pod's Namespace opted in and does not reach this Pod: the profile supplies only values that the Pod asks for.
    Withheld {
        /// The profile's name.
        profile: &'a str,
    },
}

/// Lays the layers over one another for each of the containers.
///
/// Beside the plan comes what is wrong with it: a profile that there is not, and `true` for a setting that the profile has
/// no value for. The plan goes without those.
pub fn resolve<'a>(
    directives: &'a Directives,
    opt_in: OptIn<'a>,
    configuration: &'a Configuration,
    containers: impl Iterator<Item = &'a str>,
) -> (Plan<'a>, Faults) {
    // A name in an annotation comes before the Namespace's, also where the Namespace's opt-in does not reach the Pod.
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

/// The layer that turned on everything that the profile names, if any did.
fn everything(directives: &Directives, opt_in: OptIn<'_>) -> Option<Source> {
    let by_pod = directives.pod.profile.is_some() || directives.pod.inject == Some(true);
    let by_namespace = matches!(opt_in, OptIn::Namespace { .. });
    // The Pod's own word counts for more than the Namespace's: a guessed liveness probe depends on it.
    let everything = by_pod.then_some(Source::Pod).or(by_namespace.then_some(Source::Profile));
    // An `inject` that cannot be understood may have been meant as an opt-out.
    everything.filter(|_| !directives.inject_is_unclear)
}

/// The wishes for each container. Most containers have no key of their own and share one set of wishes.
fn wishes<'a>(layers: impl Iterator<Item = Layers<'a>>) -> Vec<Wishes<'a>> {
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
