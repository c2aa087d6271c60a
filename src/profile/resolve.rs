//! Precedence: the container's annotation over the Pod's over the profile. The Pod's own fields, which come before all
//! of them, are not seen here.

use super::configuration::{Configuration, DEFAULT_PROFILE, Profile};
use crate::annotation::settings::for_each_setting;
use crate::annotation::{Directives, Expected, Fault, Faults, Layer, PREFIX, Toggle, nearest};

/// By whom everything was turned on, beyond the Pod's own annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptIn<'a> {
    /// By nobody: the Pod's annotations alone count.
    Pod,
    /// By the Pod's Namespace, with this profile unless the Pod names another.
    Namespace {
        /// The profile's name.
        profile: &'a str,
    },
}

/// Which layer a wish comes from: whoever asked by annotation is warned where it cannot be granted.
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
    /// What is wished for.
    pub value: &'a T,
    /// By which layer.
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
        /// What is wished for one container, or for the Pod as a whole: settings without anything left to decide.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Wishes<'a> {
            $($(#[$doc])* pub $field: Option<Wish<'a, $type>>,)*
        }

        impl<'a> Wishes<'a> {
            /// Whether nothing is wished for.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            fn of(layers: &Layers<'a>) -> Self {
                Self { $($field: layers.wish(|settings| settings.$field.as_ref()),)* }
            }

            /// The keys of what is wished for.
            pub fn keys(&self) -> Vec<&'static str> {
                let mut keys = Vec::new();
                $(if self.$field.is_some() {
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

/// Everything that is wished for, container by container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The profile that supplies the defaults.
    pub profile: &'a str,
    /// Whether everything that the profile names was turned on, and by whom: `inject`, `profile` or the Namespace.
    pub everything: Option<Source>,
    /// What concerns the Pod as a whole: the Pod's annotations over the profile.
    pub pod: Wishes<'a>,
    /// What is wished for each container, in the order in which their names were given.
    pub containers: Vec<Wishes<'a>>,
}

/// Lays the layers over one another for each of the containers.
///
/// # Errors
/// A profile that there is not, and `true` for a setting that the profile has no value for.
pub fn resolve<'a>(
    directives: &'a Directives,
    opt_in: OptIn<'a>,
    configuration: &'a Configuration,
    containers: impl Iterator<Item = &'a str>,
) -> Result<Plan<'a>, Faults> {
    let name = match (&directives.pod.profile, opt_in) {
        (Some(name), _) => name.as_str(),
        (None, OptIn::Namespace { profile }) => profile,
        (None, OptIn::Pod) => DEFAULT_PROFILE,
    };
    let by_pod = directives.pod.profile.is_some() || directives.pod.inject == Some(true);
    let by_namespace = matches!(opt_in, OptIn::Namespace { .. });
    let everything = by_pod.then_some(Source::Pod).or(by_namespace.then_some(Source::Profile));
    let profile = configuration.profile(name).ok_or_else(|| no_such_profile(name, configuration))?;
    without_value(directives, name, profile).none_or(())?;
    let pod = Layers { container: None, pod: Some(&directives.pod), profile, all: everything.is_some() };
    let containers = containers.map(|container| Wishes::of(&pod.of_container(container, directives, configuration)));
    Ok(Plan { profile: name, everything, containers: containers.collect(), pod: Wishes::of(&pod) })
}

/// The layers as one container sees them, the most specific first.
#[derive(Clone, Copy)]
struct Layers<'a> {
    container: Option<&'a Layer>,
    /// Absent where the Pod's settings do not reach the container; then the profile's do not either.
    pod: Option<&'a Layer>,
    profile: &'a Profile,
    /// Whether everything that the profile names is wished for.
    all: bool,
}

impl<'a> Layers<'a> {
    fn of_container(self, name: &str, directives: &'a Directives, configuration: &Configuration) -> Self {
        let own = directives.containers.get(name);
        let left_out = own.is_some_and(|layer| layer.inject == Some(false));
        if left_out {
            return Self { container: None, pod: None, ..self };
        }
        let selected = directives.pod.containers.as_ref().is_none_or(|selection| selection.holds(name));
        let reached = selected && !configuration.excludes(name);
        Self { container: own, pod: self.pod.filter(|_| reached), ..self }
    }

    fn wish<T>(&self, field: fn(&'a crate::annotation::Settings) -> Option<&'a Toggle<T>>) -> Option<Wish<'a, T>> {
        let own = self.container.and_then(|layer| Some((field(&layer.settings)?, Source::Container)));
        let pods = self.pod.and_then(|layer| Some((field(&layer.settings)?, Source::Pod)));
        let everything = (self.all && self.pod.is_some()).then_some((&Toggle::FromProfile, Source::Profile));
        match own.or(pods).or(everything)? {
            (Toggle::Off, _) => None,
            (Toggle::Value(value), by) => Some(Wish { value, by }),
            (Toggle::FromProfile, by) => match field(self.profile) {
                Some(Toggle::Value(value)) => Some(Wish { value, by }),
                _ => None,
            },
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
    let pod = Wishes::without_value(&directives.pod, profile).into_iter().map(|key| format!("{PREFIX}{key}"));
    let own = directives.containers.iter().flat_map(|(container, layer)| {
        let keys = Wishes::without_value(layer, profile);
        keys.into_iter().map(move |key| format!("{container}.{PREFIX}{key}"))
    });
    pod.chain(own).map(fault).collect()
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
