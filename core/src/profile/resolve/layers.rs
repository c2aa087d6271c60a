//! The layers over one another, as one container sees them.

use std::collections::HashSet;

use super::wish::{Source, Wish};
use crate::annotation::containers::Selection;
use crate::annotation::{Directives, Layer, Settings, Toggle};
use crate::profile::{Configuration, Profile};

/// One setting of a layer.
pub(super) type SettingOf<'a, T> = fn(&'a Settings) -> Option<&'a Toggle<T>>;

/// The layers as one container sees them, the most specific first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layers<'a> {
    pub(super) container: Option<&'a Layer>,
    /// Absent where the Pod's settings do not reach the container; then the profile's do not either.
    pub(super) pod: Option<&'a Layer>,
    /// Absent where the one that was named is not there.
    pub(super) profile: Option<&'a Profile>,
    /// Whether everything that the profile names is wished for.
    pub(super) all: bool,
    /// Whether the container is one of those that the Pod's settings are meant for, be it left out by a key of its own.
    pub(super) selected: bool,
    /// Whether the configuration excludes it.
    pub(super) excluded: bool,
}

/// The containers that the Pod's settings are for.
pub(super) struct Reach<'a> {
    configuration: &'a Configuration,
    /// By name, in a set because each container is looked up; absent where all of them are.
    selected: Option<HashSet<&'a str>>,
}

impl<'a> Reach<'a> {
    pub(super) fn of(directives: &'a Directives, configuration: &'a Configuration) -> Self {
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
    pub(super) fn of_container(self, name: &str, directives: &'a Directives, reach: &Reach<'_>) -> Self {
        let own = directives.containers.get(name);
        let excluded = reach.configuration.excludes(name);
        let selected = reach.selects(name) && !excluded;
        let left_out = own.is_some_and(|layer| layer.inject == Some(false));
        // Neither the container's own keys nor the Pod's reach it then; it stays selected, so that a probe for the main
        // container knows it.
        if left_out {
            return Self { container: None, pod: None, selected, excluded, ..self };
        }
        Self { container: own, pod: self.pod.filter(|_| selected), selected, excluded, ..self }
    }

    /// Whether these are the same, of two containers without keys of their own.
    pub(super) fn is_shared_with(&self, other: &Self) -> bool {
        let told = |layers: &Self| (layers.pod.is_some(), layers.selected, layers.excluded);
        told(self) == told(other)
    }

    /// The wish of the most specific layer that has the setting.
    pub(super) fn wish<T>(&self, field: SettingOf<'a, T>) -> Option<Wish<'a, T>> {
        let (toggle, by) = self.say(field).into_iter().flatten().next()?;
        let value = match toggle {
            Toggle::Off => None,
            Toggle::Value(value) => Some(value),
            Toggle::FromProfile => self.profiles(field),
        };
        value.map(|value| Wish { value, by })
    }

    /// Those of the three that wish for something; the profile's stands in the last place that is free.
    pub(super) fn all<T>(&self, field: SettingOf<'a, T>) -> [Option<Wish<'a, T>>; 3] {
        let mut wishes = [None; 3];
        for (place, (toggle, by)) in wishes.iter_mut().zip(self.say(field).into_iter().flatten()) {
            match toggle {
                // Off ends the chain: layers below add nothing.
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
        // The profile speaks last, and only where the Pod's settings reach the container.
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
