//! The plan for a Pod: the resolved settings of the Pod and of each container.

use super::layers::{Layers, SettingOf};
use super::wish::{Source, Wish};
use crate::annotation::settings::for_each_setting;
use crate::annotation::{Layer, Toggle};
use crate::profile::{PreStopAction, Profile};

macro_rules! define_wishes {
    ($($(#[$doc:meta])* $field:ident $key:literal: $type:ty,)*) => {
        /// The resolved settings of one container, or of the Pod as a whole.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Wishes<'a> {
            $($(#[$doc])* pub $field: Option<Wish<'a, $type>>,)*
            pub(super) layers: Layers<'a>,
        }

        impl<'a> Wishes<'a> {
            /// Returns whether there is no wish.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            pub(super) fn of(layers: Layers<'a>) -> Self {
                Self { $($field: layers.wish(|settings| settings.$field.as_ref()),)* layers }
            }

            /// Returns the keys of the wishes.
            pub fn keys(&self) -> Vec<&'static str> {
                Self::keys_of(std::slice::from_ref(self))
            }

            /// Returns the keys of the wishes in any of `all`.
            fn keys_of(all: &[Self]) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if all.iter().any(|wishes| wishes.$field.is_some()) {
                    keys.push($key);
                })*
                keys
            }

            /// Returns the keys that are `true` in this layer and have no value in the profile.
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
    /// Returns whether `excludeContainers` and `containers` select the container for the Pod's settings. A selected
    /// container may still have its own `inject: "false"`.
    pub fn is_selected(&self) -> bool {
        self.layers.selected
    }

    /// Returns whether the configuration excludes the container from all settings except those of its own keys.
    pub fn is_excluded(&self) -> bool {
        self.layers.excluded
    }

    /// Returns the values of one setting in each layer, the most specific first, for values that are merged. The
    /// profile's value comes last, if any layer turns the setting on.
    pub fn by_layer<T>(&self, field: SettingOf<'a, T>) -> impl Iterator<Item = Wish<'a, T>> {
        self.layers.all(field).into_iter().flatten()
    }
}

/// The wishes for a Pod, container by container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The profile that supplies the defaults.
    pub profile: &'a str,
    /// The layer that turned on the whole profile by `inject`, `profile` or the Namespace's label, if one did.
    pub everything: Option<Source>,
    /// The wishes for the Pod as a whole.
    pub pod: Wishes<'a>,
    /// The wishes for each container, in the caller's order.
    pub containers: Vec<Wishes<'a>>,
    /// The form of a preStop sleep.
    pub pre_stop_action: PreStopAction,
    /// Whether the profile must not replace defaults, because the Pod's owner compares the Pod with its template.
    /// Initially false; the caller sets it.
    pub keeps_defaults: bool,
}

impl Plan<'_> {
    /// Returns the keys of the wishes for any container.
    pub fn reached(&self) -> Vec<&'static str> {
        Wishes::keys_of(&self.containers)
    }
}
