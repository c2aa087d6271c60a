//! The settings of one layer. All layers have the same type: a Pod's annotations are a small profile.

/// Calls a macro with the one list of settings: a new feature is one line here.
///
/// The callback defines a struct of that shape: [`Settings`] here, `Wishes` in [`crate::profile`].
macro_rules! for_each_setting {
    ($define:ident) => {
        $define! {
            /// `downward-env`: variables from the Downward API, in the order they are to stand.
            downward_env "downward-env": Vec<$crate::annotation::downward::EnvSource>,
            /// `downward-volume`: where labels and annotations are mounted as files.
            downward_volume "downward-volume": $crate::annotation::paths::MountPath,
            /// `termination-message-path`: `terminationMessagePath`.
            termination_message_path "termination-message-path": $crate::annotation::paths::MessagePath,
            /// `termination-message-policy`: `terminationMessagePolicy`.
            termination_message_policy "termination-message-policy": $crate::annotation::paths::MessagePolicy,
            /// `startup-probe`: holds the other two back until the container has started.
            startup_probe "startup-probe": $crate::annotation::probe::Probe,
            /// `readiness-probe`: whether the container is sent requests.
            readiness_probe "readiness-probe": $crate::annotation::probe::Probe,
            /// `liveness-probe`: whether the container is restarted.
            liveness_probe "liveness-probe": $crate::annotation::probe::Probe,
            /// `pre-stop-sleep`: how long `lifecycle.preStop.sleep` lasts.
            pre_stop_sleep "pre-stop-sleep": $crate::annotation::duration::Seconds,
            /// `termination-grace-period`: `terminationGracePeriodSeconds` in total, the sleep included.
            termination_grace_period "termination-grace-period": $crate::annotation::duration::GracePeriod,
            /// `requests`: `resources.requests`, merged entry by entry over the layers below.
            requests "requests": $crate::annotation::amounts::Amounts,
            /// `limits`: `resources.limits`, likewise.
            limits "limits": $crate::annotation::amounts::Amounts,
        }
    };
}
pub(crate) use for_each_setting;

/// One setting in one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toggle<T> {
    /// `false`: off, where a layer below would have turned it on.
    Off,
    /// `true`: on, with the profile's value.
    FromProfile,
    /// On, with this value.
    Value(T),
}

macro_rules! define_settings {
    ($($(#[$doc:meta])* $field:ident $key:literal: $type:ty,)*) => {
        /// The settings of one layer: a profile, a Pod's annotations or a container's. Absent fields are left to the layers below.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Settings {
            $($(#[$doc])* pub $field: Option<Toggle<$type>>,)*
        }

        impl Settings {
            /// The keys of all settings.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            /// Whether this layer says nothing at all.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            /// Turns off the setting of this key: its value could not be understood.
            pub(super) fn turn_off(&mut self, key: &str) {
                $(if key == $key {
                    self.$field = Some(Toggle::Off);
                })*
            }

            /// The keys of the settings that this layer turns on.
            pub fn turned_on(&self) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if matches!(self.$field, Some(Toggle::FromProfile | Toggle::Value(_))) {
                    keys.push($key);
                })*
                keys
            }

            /// These settings, with `base`'s where they say nothing (a profile's `extends`).
            #[must_use]
            pub fn over(self, base: &Settings) -> Settings {
                Settings { $($field: self.$field.or_else(|| base.$field.clone()),)* }
            }
        }
    };
}
for_each_setting!(define_settings);
