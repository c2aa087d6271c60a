//! The plan for a Pod: its wishes, without anything left to decide but the Pod's own fields.

use super::layers::{Layers, SettingOf};
use super::wish::{Source, Wish};
use crate::annotation::settings::for_each_setting;
use crate::annotation::{Layer, Toggle};
use crate::profile::{PreStopAction, Profile};

macro_rules! define_wishes {
    ($($(#[$doc:meta])* $field:ident $key:literal: $type:ty,)*) => {
        /// The wishes for one container, or for the Pod as a whole: settings without anything left to decide.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Wishes<'a> {
            $($(#[$doc])* pub $field: Option<Wish<'a, $type>>,)*
            pub(super) layers: Layers<'a>,
        }

        impl<'a> Wishes<'a> {
            /// Whether there is no wish.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            pub(super) fn of(layers: Layers<'a>) -> Self {
                Self { $($field: layers.wish(|settings| settings.$field.as_ref()),)* layers }
            }

            /// The keys of the wishes.
            pub fn keys(&self) -> Vec<&'static str> {
                Self::keys_of(std::slice::from_ref(self))
            }

            /// The keys of the wishes in any of these.
            fn keys_of(all: &[Self]) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if all.iter().any(|wishes| wishes.$field.is_some()) {
                    keys.push($key);
                })*
                keys
            }

            /// The keys that are `true` in this layer and that the profile has no value for.
            pub(super) fn without_value(layer: &Layer, profile: &Profile) -> Vec<&'static str> {
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
