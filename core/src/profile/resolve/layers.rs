//! The layers that apply to one container, and the precedence between them.

use std::collections::HashSet;

use super::wish::{Source, Wish};
use crate::annotation::containers::Selection;
use crate::annotation::{Directives, Layer, Settings, Toggle};
use crate::profile::{Configuration, Profile};

/// A function that reads one setting of a layer.
pub(super) type SettingOf<'a, T> = fn(&'a Settings) -> Option<&'a Toggle<T>>;

/// The layers that apply to one container, the most specific first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layers<'a> {
    /// The container's annotations. Absent if there are none, or if the container has `inject: "false"`.
    pub(super) container: Option<&'a Layer>,
    /// The Pod's annotations. Absent if they do not apply to the container; then the profile is not turned on either.
    pub(super) pod: Option<&'a Layer>,
    /// The profile. Absent if its name is unknown.
    pub(super) profile: Option<&'a Profile>,
    /// Whether the whole profile is turned on.
    pub(super) all: bool,
    /// Whether `excludeContainers` and `containers` select the container, even if its own key leaves it out.
    pub(super) selected: bool,
    /// Whether the configuration excludes the container.
    pub(super) excluded: bool,
}

/// The containers that the Pod's settings apply to.
pub(super) struct Reach<'a> {
    configuration: &'a Configuration,
    /// The names in `containers`, as a set because each container is looked up. Absent for all containers.
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
        // No layer applies to a container with `inject: "false"`. It stays selected, because it still counts in the
        // choice of the main container for a probe.
        if left_out {
            return Self { container: None, pod: None, selected, excluded, ..self };
        }
        Self { container: own, pod: self.pod.filter(|_| selected), selected, excluded, ..self }
    }

    /// Returns whether two containers without keys of their own have equal layers.
    pub(super) fn is_shared_with(&self, other: &Self) -> bool {
        // Within one Pod, only these three can differ.
        let parts = |layers: &Self| (layers.pod.is_some(), layers.selected, layers.excluded);
        parts(self) == parts(other)
    }

    /// Returns the wish of the most specific layer that has the setting.
    pub(super) fn wish<T>(&self, field: SettingOf<'a, T>) -> Option<Wish<'a, T>> {
        let (toggle, by) = self.say(field).into_iter().flatten().next()?;
        let value = match toggle {
            Toggle::Off => None,
            Toggle::Value(value) => Some(value),
            Toggle::FromProfile => self.profiles(field),
        };
        value.map(|value| Wish { value, by })
    }

    /// Returns the wishes of all three layers for values that are merged, the most specific first.
    pub(super) fn all<T>(&self, field: SettingOf<'a, T>) -> [Option<Wish<'a, T>>; 3] {
        let mut wishes = [None; 3];
        for (place, (toggle, by)) in wishes.iter_mut().zip(self.say(field).into_iter().flatten()) {
            match toggle {
                // Off removes the values of all less specific layers.
                Toggle::Off => return wishes,
                Toggle::Value(value) => *place = Some(Wish { value, by }),
                // The profile's value is last, so nothing can follow it.
                Toggle::FromProfile => {
                    *place = self.profiles(field).map(|value| Wish { value, by });
                    return wishes;
                }
            }
        }
        // Only annotations had values, so the last place is free. The profile's value completes them, but it never
        // turns a setting on by itself: `say` adds `FromProfile` for that.
        let base = self.profiles(field).filter(|_| wishes.iter().any(Option::is_some));
        if let [.., last @ None] = &mut wishes {
            *last = base.map(|value| Wish { value, by: Source::Profile });
        }
        wishes
    }

    /// Returns the setting in each layer, the most specific first.
    fn say<T>(&self, field: SettingOf<'a, T>) -> [Option<(&'a Toggle<T>, Source)>; 3] {
        // The whole profile is like `true` for each setting, in a layer below the Pod's. It applies to the same
        // containers as the Pod's annotations.
        let own = self.container.and_then(|layer| Some((field(&layer.settings)?, Source::Container)));
        let pods = self.pod.and_then(|layer| Some((field(&layer.settings)?, Source::Pod)));
        let everything = (self.all && self.pod.is_some()).then_some((&Toggle::FromProfile, Source::Profile));
        [own, pods, everything]
    }

    /// Returns the profile's value of a setting.
    fn profiles<T>(&self, field: SettingOf<'a, T>) -> Option<&'a T> {
        match field(self.profile?) {
            Some(Toggle::Value(value)) => Some(value),
            _ => None,
        }
    }
}
