//! Warnings about a valid file: a setting that does nothing to most Pods, or an amount without its unit. They never refuse the
//! file, because a Pod's own values may make the setting work. At admission the Pod is created anyway.

use super::extends::{Profiles, path};
use super::problems::{Problem, Problems};
use crate::annotation::amounts::Amount;
use crate::annotation::downward::Resource;
use crate::annotation::duration::GracePeriod;
use crate::annotation::value_shape::field_name;
use crate::annotation::{Settings, Toggle};
use crate::profile::Configuration;

const SLEEP: &str = "pre-stop-sleep";
const REQUESTS: &str = "requests";
const LIMITS: &str = "limits";
const PERIOD: &str = "termination-grace-period";

/// The grace period of a Pod that sets none: the API server's default.
const DEFAULT_PERIOD: i64 = 30;

/// Sleeps that do not leave a second of the grace period of the same profile. Told where one of the two stands, not again of
/// those that extend it.
pub(super) fn warnings(profiles: &Profiles, configuration: &Configuration) -> Problems {
    let mut warnings = Problems::default();
    for (name, written) in profiles.iter().filter(|(_, written)| written.is_own) {
        let own = |key: &'static str| Some((key, written.settings.get(key)?.as_ref()?.place));
        for (key, place) in [REQUESTS, LIMITS].into_iter().filter_map(own) {
            let told = configuration.profile(name).and_then(|settings| unlikely(settings, key));
            warnings.extend(told.iter().map(|told| Problem::new(place, &path(name, &field_name(key)), told)).collect());
        }
        let (Some((key, place)), Some(settings)) = (own(SLEEP).or(own(PERIOD)), configuration.profile(name)) else {
            continue;
        };
        if let Some(told) = no_room(settings) {
            warnings.push(Problem::new(place, &path(name, &field_name(key)), &told));
        }
    }
    warnings.by_place()
}

/// Describes amounts that look like a typo.
fn unlikely(settings: &Settings, key: &str) -> Option<String> {
    let amounts = if key == REQUESTS { &settings.requests } else { &settings.limits };
    let Some(Toggle::Value(amounts)) = amounts else { return None };
    let of = |(resource, amount): (Resource, &Amount)| {
        let (name, text) = (resource.as_str(), amount.as_str());
        let bound = if resource == Resource::Cpu { "at least 100 cores" } else { "below 4Mi" };
        let meant = amount.meant(resource).map(|meant| format!(", for example {meant}")).unwrap_or_default();
        format!("{name} is {text}, which is {bound} and looks like a typo; expected a unit{meant}")
    };
    let told: Vec<String> = amounts.iter().filter(|(resource, amount)| amount.is_unlikely(*resource)).map(of).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn no_room(settings: &Settings) -> Option<String> {
    let (Some(Toggle::Value(sleep)), Some(Toggle::Value(period))) =
        (&settings.pre_stop_sleep, &settings.termination_grace_period)
    else {
        return None;
    };
    let (sleep, (period, whose)) = match period {
        GracePeriod::AsItIs => (sleep.get(), (DEFAULT_PERIOD, "a Pod has by default")),
        GracePeriod::Total(total) => (sleep.get(), (total.get(), "the profile sets")),
    };
    (sleep >= period).then(|| {
        format!(
            "a sleep of {sleep}s does not leave a second of the grace period of {period}s that {whose}, so that a Pod with this \
             profile sleeps only where its own one is longer; expected a sleep below it, or a longer period, for example \
             terminationGracePeriod: {}s",
            sleep + DEFAULT_PERIOD
        )
    })
}
