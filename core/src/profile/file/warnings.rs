//! Warnings about a valid file: a setting without effect on most Pods, or an amount without a unit.
//!
//! They are no errors, because such a setting can work for a Pod with other values.

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

/// Finds unlikely amounts, and sleeps that leave less than a second of the profile's grace period.
///
/// A profile that inherits both values gets no warning, because its parent has one.
pub(super) fn warnings(profiles: &Profiles, configuration: &Configuration) -> Problems {
    let mut warnings = Problems::default();
    for (name, written) in profiles.iter().filter(|(_, written)| written.is_own) {
        let own = |key: &'static str| Some((key, written.settings.get(key)?.as_ref()?.place));
        for (key, place) in [REQUESTS, LIMITS].into_iter().filter_map(own) {
            let text = configuration.profile(name).and_then(|settings| unlikely(settings, key));
            warnings.extend(text.iter().map(|text| Problem::new(place, &path(name, &field_name(key)), text)).collect());
        }
        let (Some((key, place)), Some(settings)) = (own(SLEEP).or(own(PERIOD)), configuration.profile(name)) else {
            continue;
        };
        if let Some(text) = no_room(settings) {
            warnings.push(Problem::new(place, &path(name, &field_name(key)), &text));
        }
    }
    warnings.by_place()
}

/// Describes the amounts that probably lack a unit.
fn unlikely(settings: &Settings, key: &str) -> Option<String> {
    let amounts = if key == REQUESTS { &settings.requests } else { &settings.limits };
    let Some(Toggle::Value(amounts)) = amounts else { return None };
    let of = |(resource, amount): (Resource, &Amount)| {
        let (name, text) = (resource.as_str(), amount.as_str());
        let bound = if resource == Resource::Cpu { "at least 100 cores" } else { "below 4Mi" };
        let meant = amount.meant(resource).map(|meant| format!(", for example {meant}")).unwrap_or_default();
        format!("{name} {text} is {bound} and probably a typo; add a unit{meant}")
    };
    let all: Vec<String> = amounts.iter().filter(|(resource, amount)| amount.is_unlikely(*resource)).map(of).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn no_room(settings: &Settings) -> Option<String> {
    let (Some(Toggle::Value(sleep)), Some(Toggle::Value(period))) =
        (&settings.pre_stop_sleep, &settings.termination_grace_period)
    else {
        return None;
    };
    let (sleep, (period, of)) = match period {
        GracePeriod::AsItIs => (sleep.get(), (DEFAULT_PERIOD, "a Pod's default")),
        GracePeriod::Total(total) => (sleep.get(), (total.get(), "the profile's")),
    };
    (sleep >= period).then(|| {
        format!(
            "a sleep of {sleep}s leaves less than a second of {of} grace period of {period}s, so most Pods get no \
             sleep; set a shorter sleep or a longer period, for example terminationGracePeriod: {}s",
            sleep + DEFAULT_PERIOD
        )
    })
}
