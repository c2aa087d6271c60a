//! The settings of one layer. A profile, a Pod's annotations and a container's annotations have the same type.

/// Calls a macro with the list of all settings. A new feature adds its lines here.
///
/// The macro defines a struct with these fields: [`Settings`] here, `Wishes` in [`crate::profile`].
macro_rules! for_each_setting {
    ($define:ident) => {
        $define! {
            /// `downward-env`: variables from the Downward API, in their order in the container.
            downward_env "downward-env": Vec<$crate::annotation::downward::EnvSource>,
            /// `downward-volume`: the folder for the Pod's labels and annotations as files.
            downward_volume "downward-volume": $crate::annotation::paths::MountPath,
            /// `termination-message-path`: `terminationMessagePath`.
            termination_message_path "termination-message-path": $crate::annotation::paths::MessagePath,
            /// `termination-message-policy`: `terminationMessagePolicy`.
            termination_message_policy "termination-message-policy": $crate::annotation::paths::MessagePolicy,
            /// `startup-probe`: `startupProbe`.
            startup_probe "startup-probe": $crate::annotation::probe::Probe,
            /// `readiness-probe`: `readinessProbe`.
            readiness_probe "readiness-probe": $crate::annotation::probe::Probe,
            /// `liveness-probe`: `livenessProbe`.
            liveness_probe "liveness-probe": $crate::annotation::probe::Probe,
            /// `pre-stop-sleep`: `lifecycle.preStop.sleep.seconds`.
            pre_stop_sleep "pre-stop-sleep": $crate::annotation::duration::Seconds,
            /// `termination-grace-period`: `terminationGracePeriodSeconds`, including the sleep.
            termination_grace_period "termination-grace-period": $crate::annotation::duration::GracePeriod,
            /// `requests`: `resources.requests`, merged entry by entry with the other layers.
            requests "requests": $crate::annotation::amounts::Amounts,
            /// `limits`: `resources.limits`, merged entry by entry with the other layers.
            limits "limits": $crate::annotation::amounts::Amounts,
        }
    };
}
pub(crate) use for_each_setting;

/// One setting in one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toggle<T> {
    /// `false`: off, even if a layer of lower precedence turns it on.
    Off,
    /// `true`: on, with the profile's value.
    FromProfile,
    /// A value: on, with this value.
    Value(T),
}

macro_rules! define_settings {
    ($($(#[$doc:meta])* $field:ident $key:literal: $type:ty,)*) => {
        /// The settings of one layer. A layer of lower precedence decides about absent fields.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Settings {
            $($(#[$doc])* pub $field: Option<Toggle<$type>>,)*
        }

        impl Settings {
            /// The keys of all settings.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            /// Returns whether the layer has no setting.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            /// Turns off the setting of this key, because its value is invalid.
            pub(super) fn turn_off(&mut self, key: &str) {
                $(if key == $key {
                    self.$field = Some(Toggle::Off);
                })*
            }

            /// Returns the keys of the settings that this layer turns on.
            pub fn turned_on(&self) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if matches!(self.$field, Some(Toggle::FromProfile | Toggle::Value(_))) {
                    keys.push($key);
                })*
                keys
            }

            /// Fills absent settings from `base`, as a profile's `extends` does.
            #[must_use]
            pub fn over(self, base: &Settings) -> Settings {
                Settings { $($field: self.$field.or_else(|| base.$field.clone()),)* }
            }
        }
    };
}
for_each_setting!(define_settings);
