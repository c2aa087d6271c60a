//! `extends`: what a profile takes from others, and what is wrong between them.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::{Problem, Problems};
use super::written_profile::{EXTENDS, Setting, WrittenProfile};
use crate::annotation::amounts::{Amount, Amounts};
use crate::annotation::downward::Resource;
use crate::annotation::{Layer, Settings, Toggle, keys, nearest};
use crate::profile::Configuration;
use crate::text::shorten;

/// The profiles as they stand, by name.
pub(super) type Profiles = BTreeMap<String, WrittenProfile>;

/// A profile with everything that it takes from others.
#[derive(Clone, Debug, Default)]
pub(super) struct ResolvedProfile {
    /// By key.
    pub(super) settings: BTreeMap<&'static str, Setting>,
}

impl ResolvedProfile {
    pub(super) fn settings(&self) -> Settings {
        let mut layer = Layer::default();
        for (name, setting) in &self.settings {
            // It has been read before: only what was understood is here.
            let _ = keys::find(name).map(|key| (key.set)(&mut layer, &setting.text));
        }
        layer.settings
    }
}

/// Gives each profile what it takes from those that it extends, and says which cannot.
pub(super) fn resolve(profiles: &Profiles, problems: &mut Problems) -> BTreeMap<String, ResolvedProfile> {
    for (name, profile) in profiles.iter().filter(|(_, profile)| profile.is_own) {
        if let Some((parent, place)) = &profile.extends {
            let fault =
                if profiles.contains_key(parent) { cycle(name, profiles) } else { Some(unknown(parent, profiles)) };
            problems.extend(fault.map(|told| Problem::new(*place, &path(name, EXTENDS), &told)).into_iter().collect());
        }
    }
    profiles.keys().map(|name| (name.clone(), inherited(name, profiles))).collect()
}

/// The profile, what it extends, and so on, up to one that extends none, or that is among them already.
fn line<'p>(name: &'p str, profiles: &'p Profiles) -> Vec<(&'p str, &'p WrittenProfile)> {
    let (mut line, mut seen, mut next) = (Vec::new(), BTreeSet::new(), Some(name));
    while let Some((name, profile)) = next.and_then(|name| Some((name, profiles.get(name)?))) {
        if !seen.insert(name) {
            break;
        }
        line.push((name, profile));
        next = profile.extends.as_ref().map(|(parent, _)| parent.as_str());
    }
    line
}

fn inherited(name: &str, profiles: &Profiles) -> ResolvedProfile {
    let mut resolved = ResolvedProfile::default();
    for (_, profile) in line(name, profiles).into_iter().rev() {
        for (key, setting) in &profile.settings {
            match setting {
                Some(setting) => drop(resolved.settings.insert(key, setting.clone())),
                None => drop(resolved.settings.remove(key)),
            }
        }
    }
    resolved
}

/// The cycle that this profile is in, told of the first of its members alone.
fn cycle(name: &str, profiles: &Profiles) -> Option<String> {
    let line = line(name, profiles);
    let (_, last) = line.last()?;
    let closes = last.extends.as_ref().is_some_and(|(parent, _)| parent == name);
    let first = line.iter().filter(|(_, profile)| profile.is_own).map(|(name, _)| *name).min();
    if !closes || first != Some(name) {
        return None;
    }
    let names: Vec<String> = line.iter().map(|(name, _)| shorten(name)).chain([shorten(name)]).collect();
    let built_in = line.iter().find(|(_, profile)| !profile.is_own);
    let built_in = built_in.map(|(name, _)| format!(" ({name} is the built-in profile)")).unwrap_or_default();
    Some(format!(
        "is a cycle: {}{built_in}; expected a profile that does not come back to this one, or none",
        names.join(" extends ")
    ))
}

fn unknown(parent: &str, profiles: &Profiles) -> String {
    let names = || profiles.keys().map(String::as_str);
    let expected = match nearest(parent, names()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("expected one of {}", names().collect::<Vec<_>>().join(", ")),
    };
    format!("\"{}\" is not the name of a profile; {expected}", shorten(parent))
}

/// A request above a limit of the same profile. Told where either of them stands, not again of those that extend it.
pub(super) fn contradictions(profiles: &Profiles, configuration: &Configuration, problems: &mut Problems) {
    for (name, written) in profiles.iter().filter(|(_, written)| written.is_own) {
        let own = |key: &'static str| Some((key, written.settings.get(key)?.as_ref()?.place));
        let (Some((key, place)), Some(settings)) = (own("requests").or(own("limits")), configuration.profile(name))
        else {
            continue;
        };
        if let (Some(Toggle::Value(requests)), Some(Toggle::Value(limits))) = (&settings.requests, &settings.limits) {
            let message = |resource| above(resource, requests, limits);
            let problem = |resource| Problem::new(place, &path(name, key), &message(resource));
            problems.extend(requests.above(limits).map(problem).collect());
        }
    }
}

/// The sentence about a request above its limit.
fn above(of: Resource, requests: &Amounts, limits: &Amounts) -> String {
    let amount = |amounts: &Amounts| shorten(amounts.get(of).map(Amount::as_str).unwrap_or_default());
    let (resource, request, limit) = (of.as_str(), amount(requests), amount(limits));
    format!(
        "the profile has a request above its limit, {resource} {request} above {limit}; expected a request of at most the \
         limit, for example requests: {{{resource}: {limit}}}"
    )
}

pub(super) fn path(profile: &str, field: &str) -> String {
    format!("profiles.{}.{field}", shorten(profile))
}
