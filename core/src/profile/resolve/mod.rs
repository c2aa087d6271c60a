//! Precedence: the container's annotation over the Pod's over the profile. The Pod's own fields, which come before all
//! of them, are not seen here.

use std::collections::HashSet;

use super::configuration::{Configuration, DEFAULT_PROFILE, PreStopAction, Profile};
use crate::annotation::containers::Selection;
use crate::annotation::settings::for_each_setting;
use crate::annotation::{Directives, Expected, Fault, Faults, Layer, PREFIX, Settings, Toggle, nearest};

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

/// The layer that a wish comes from. podwright warns about a wish of an annotation that it cannot grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The profile, because everything was turned on.
    Profile,
    /// The Pod's annotation.
    Pod,
    /// The container's own annotation.
    Container,
}

/// A value that is wished for, and by whom.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish<'a, T> {
    /// The wished value.
    pub value: &'a T,
    /// The layer.
    pub by: Source,
}

// Not derived: a wish only points at its value, so it can be copied whatever the value is.
impl<T> Copy for Wish<'_, T> {}
impl<T> Clone for Wish<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

macro_rules! define_wishes {
    ($($(#[$doc:meta])* $field:ident $key:literal: $type:ty,)*) => {
        /// The wishes for one container, or for the Pod as a whole: settings without anything left to decide.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Wishes<'a> {
            $($(#[$doc])* pub $field: Option<Wish<'a, $type>>,)*
            layers: Layers<'a>,
        }

        impl<'a> Wishes<'a> {
            /// Whether nothing is wished for.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            fn of(layers: Layers<'a>) -> Self {
                Self { $($field: layers.wish(|settings| settings.$field.as_ref()),)* layers }
            }

            /// The keys of what is wished for.
            pub fn keys(&self) -> Vec<&'static str> {
                Self::keys_of(std::slice::from_ref(self))
            }

            /// The keys of what is wished for in any of these.
            fn keys_of(all: &[Self]) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if all.iter().any(|wishes| wishes.$field.is_some()) {
                    keys.push($key);
                })*
                keys
            }

            /// The keys that are `true` in this layer and that the profile has no value for.
            fn without_value(layer: &Layer, profile: &Profile) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if matches!(layer.settings.$field, Some(Toggle::FromProfile))
                    && !matches!(profile.$field, Some(Toggle::Value(_)))
                {
                    keys.push($key);
                })*
                keys
            }
        }
    };
}
for_each_setting!(define_wishes);

/// The wishes for a Pod, container by container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The profile that supplies the defaults.
    pub profile: &'a str,
    /// Whether everything that the profile names was turned on, and by whom: `inject`, `profile` or the Namespace.
    pub everything: Option<Source>,
    /// The wishes for the Pod as a whole: the Pod's annotations over the profile.
    pub pod: Wishes<'a>,
    /// The wishes for each container, in the order of their names as given.
    pub containers: Vec<Wishes<'a>>,
    /// The form of a preStop sleep.
    pub pre_stop_action: PreStopAction,
    /// Whether the Pod's owner compares it, so that the profile must replace no default. Not known here; false at first.
    pub keeps_defaults: bool,
}

impl Plan<'_> {
    /// The keys of what is wished for in any container.
    pub fn reached(&self) -> Vec<&'static str> {
        Wishes::keys_of(&self.containers)
    }
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
    let name = match (&directives.pod.profile, opt_in) {
        (Some(name), _) => name.as_str(),
        (None, OptIn::Namespace { profile } | OptIn::Withheld { profile }) => profile,
        (None, OptIn::Pod) => DEFAULT_PROFILE,
    };
    let by_pod = directives.pod.profile.is_some() || directives.pod.inject == Some(true);
    let by_namespace = matches!(opt_in, OptIn::Namespace { .. });
    let everything = by_pod.then_some(Source::Pod).or(by_namespace.then_some(Source::Profile));
    let everything = everything.filter(|_| !directives.inject_is_unclear);
    let profile = configuration.profile(name);
    let faults = match profile {
        Some(profile) => without_value(directives, name, profile),
        None => no_such_profile(name, configuration).into(),
    };
    let pod = Layers {
        container: None,
        pod: Some(&directives.pod),
        profile,
        all: everything.is_some(),
        selected: true,
        excluded: false,
    };
    let reach = Reach::of(directives, configuration);
    let mut shared: Vec<Wishes<'a>> = Vec::new();
    let containers = containers.map(|container| {
        let layers = pod.of_container(container, directives, &reach);
        // Most containers have no key of their own, and share what the Pod and the profile say.
        if layers.container.is_some() {
            return Wishes::of(layers);
        }
        let same = |known: &&Wishes<'a>| known.layers.is_shared_with(&layers);
        shared.iter().find(same).cloned().unwrap_or_else(|| {
            shared.push(Wishes::of(layers));
            Wishes::of(layers)
        })
    });
    let pre_stop_action = configuration.pre_stop_action;
    let plan = Plan {
        profile: name,
        everything,
        containers: containers.collect(),
        pod: Wishes::of(pod),
        pre_stop_action,
        keeps_defaults: false,
    };
    (plan, faults)
}

impl<'a> Wishes<'a> {
    /// Whether the Pod's settings are meant for this container: neither excluded nor outside of `containers`. It may have
    /// been left out by a key of its own all the same.
    pub fn is_selected(&self) -> bool {
        self.layers.selected
    }

    /// Whether the configuration excludes this container, so that only keys of its own reach it.
    pub fn is_excluded(&self) -> bool {
        self.layers.excluded
    }

    /// What each layer says of one setting, the most specific first: for values that are merged. A setting that any layer
    /// turns on has the profile's value below it.
    pub fn by_layer<T>(&self, field: SettingOf<'a, T>) -> impl Iterator<Item = Wish<'a, T>> {
        self.layers.all(field).into_iter().flatten()
    }
}

/// One setting of a layer.
type SettingOf<'a, T> = fn(&'a Settings) -> Option<&'a Toggle<T>>;

/// The layers as one container sees them, the most specific first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Layers<'a> {
    container: Option<&'a Layer>,
    /// Absent where the Pod's settings do not reach the container; then the profile's do not either.
    pod: Option<&'a Layer>,
    /// Absent where the one that was named is not there.
    profile: Option<&'a Profile>,
    /// Whether everything that the profile names is wished for.
    all: bool,
    /// Whether the container is one of those that the Pod's settings are meant for, be it left out by a key of its own.
    selected: bool,
    /// Whether the configuration excludes it.
    excluded: bool,
}

/// The containers that the Pod's settings are for.
struct Reach<'a> {
    configuration: &'a Configuration,
    /// By name, in a set because each container is looked up; absent where all of them are.
    selected: Option<HashSet<&'a str>>,
}

impl<'a> Reach<'a> {
    fn of(directives: &'a Directives, configuration: &'a Configuration) -> Self {
        let selected = match &directives.pod.containers {
            None | Some(Selection::All) => None,
            Some(Selection::Named(names)) => Some(names.iter().map(String::as_str).collect()),
        };
        Self { configuration, selected }
    }

    fn selects(&self, name: &str) -> bool {
        self.selected.as_ref().is_none_or(|selected| selected.contains(name))
    }
}

impl<'a> Layers<'a> {
    fn of_container(self, name: &str, directives: &'a Directives, reach: &Reach<'_>) -> Self {
        let own = directives.containers.get(name);
        let excluded = reach.configuration.excludes(name);
        let selected = reach.selects(name) && !excluded;
        let left_out = own.is_some_and(|layer| layer.inject == Some(false));
        if left_out {
            return Self { container: None, pod: None, selected, excluded, ..self };
        }
        Self { container: own, pod: self.pod.filter(|_| selected), selected, excluded, ..self }
    }

    /// Whether these are the same, of two containers without keys of their own.
    fn is_shared_with(&self, other: &Self) -> bool {
        let told = |layers: &Self| (layers.pod.is_some(), layers.selected, layers.excluded);
        told(self) == told(other)
    }

    /// The wish of the most specific layer that has the setting.
    fn wish<T>(&self, field: SettingOf<'a, T>) -> Option<Wish<'a, T>> {
        let (toggle, by) = self.say(field).into_iter().flatten().next()?;
        let value = match toggle {
            Toggle::Off => None,
            Toggle::Value(value) => Some(value),
            Toggle::FromProfile => self.profiles(field),
        };
        value.map(|value| Wish { value, by })
    }

    /// Those of the three that wish for something; the profile's stands in the last place that is free.
    fn all<T>(&self, field: SettingOf<'a, T>) -> [Option<Wish<'a, T>>; 3] {
        let mut wishes = [None; 3];
        for (place, (toggle, by)) in wishes.iter_mut().zip(self.say(field).into_iter().flatten()) {
            match toggle {
                Toggle::Off => return wishes,
                Toggle::Value(value) => *place = Some(Wish { value, by }),
                Toggle::FromProfile => {
                    *place = self.profiles(field).map(|value| Wish { value, by });
                    return wishes;
                }
            }
        }
        // Without `FromProfile` among them, two layers at most have spoken: the third never says anything else.
        let base = self.profiles(field).filter(|_| wishes.iter().any(Option::is_some));
        if let [.., last @ None] = &mut wishes {
            *last = base.map(|value| Wish { value, by: Source::Profile });
        }
        wishes
    }

    /// What the layers say, the most specific first. Where everything is wished for, that is the same as `true`.
    fn say<T>(&self, field: SettingOf<'a, T>) -> [Option<(&'a Toggle<T>, Source)>; 3] {
        let own = self.container.and_then(|layer| Some((field(&layer.settings)?, Source::Container)));
        let pods = self.pod.and_then(|layer| Some((field(&layer.settings)?, Source::Pod)));
        let everything = (self.all && self.pod.is_some()).then_some((&Toggle::FromProfile, Source::Profile));
        [own, pods, everything]
    }

    fn profiles<T>(&self, field: SettingOf<'a, T>) -> Option<&'a T> {
        match field(self.profile?) {
            Some(Toggle::Value(value)) => Some(value),
            _ => None,
        }
    }
}

fn no_such_profile(name: &str, configuration: &Configuration) -> Fault {
    let meant = nearest(name, configuration.profile_names());
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
    let problem = format!("is not the name of a profile{meant}; expected one of {known}");
    Fault::new(&format!("{PREFIX}profile"), name, Expected::new(problem, DEFAULT_PROFILE))
}

fn without_value(directives: &Directives, name: &str, profile: &Profile) -> Faults {
    let fault = |key: String| {
        let problem = format!("asks for the profile's value, and the profile {name} has none; expected a value");
        Fault::new(&key, "true", Expected::new(problem, ""))
    };
    let mut faults = Faults::default();
    for key in Wishes::without_value(&directives.pod, profile) {
        faults.push_with(|| fault(format!("{PREFIX}{key}")));
    }
    for (container, layer) in &directives.containers {
        for key in Wishes::without_value(layer, profile) {
            faults.push_with(|| fault(format!("{container}.{PREFIX}{key}")));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
