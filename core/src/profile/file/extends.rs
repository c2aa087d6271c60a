//! The inheritance of profiles (`extends`), and its problems.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::{Problem, Problems};
use super::written_profile::{EXTENDS, Setting, WrittenProfile};
use crate::annotation::amounts::{Amount, Amounts};
use crate::annotation::downward::Resource;
use crate::annotation::{Layer, Settings, Toggle, keys, nearest};
use crate::profile::Configuration;
use crate::text::shorten;

/// The profiles as written, by name.
pub(super) type Profiles = BTreeMap<String, WrittenProfile>;

/// A profile with its inherited settings.
#[derive(Clone, Debug, Default)]
pub(super) struct ResolvedProfile {
    /// The settings by key.
    pub(super) settings: BTreeMap<&'static str, Setting>,
}

impl ResolvedProfile {
    pub(super) fn settings(&self) -> Settings {
        let mut layer = Layer::default();
        for (name, setting) in &self.settings {
            // Cannot fail: `WrittenProfile` keeps only settings that parsed.
            let _ = keys::find(name).map(|key| (key.set)(&mut layer, &setting.text));
        }
        layer.settings
    }
}

/// Resolves the inheritance of each profile, and finds unknown parents and cycles.
pub(super) fn resolve(profiles: &Profiles, problems: &mut Problems) -> BTreeMap<String, ResolvedProfile> {
    for (name, profile) in profiles.iter().filter(|(_, profile)| profile.is_own) {
        if let Some((parent, place)) = &profile.extends {
            let fault =
                if profiles.contains_key(parent) { cycle(name, profiles) } else { Some(unknown(parent, profiles)) };
            problems.extend(fault.map(|text| Problem::new(*place, &path(name, EXTENDS), &text)).into_iter().collect());
        }
    }
    profiles.keys().map(|name| (name.clone(), inherited(name, profiles))).collect()
}

/// Returns the profile, its parent, its parent's parent and so on. Stops at a profile without a parent, or in a cycle.
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
    // From the oldest ancestor to the profile itself, so that a later setting replaces an earlier one.
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

/// Describes the cycle that contains this profile. Only the first member by name reports it, so that it appears once.
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
    Some(format!("cycle: {}{built_in}; remove extends from one of these profiles", names.join(" extends ")))
}

fn unknown(parent: &str, profiles: &Profiles) -> String {
    let names = || profiles.keys().map(String::as_str);
    let expected = match nearest(parent, names()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("expected one of {}", names().collect::<Vec<_>>().join(", ")),
    };
    format!("unknown profile \"{}\": {expected}", shorten(parent))
}

/// Finds requests above a limit of the same profile. A profile that inherits both values gets no problem, because its
/// parent has one.
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

/// Describes a request above its limit.
fn above(of: Resource, requests: &Amounts, limits: &Amounts) -> String {
    let amount = |amounts: &Amounts| shorten(amounts.get(of).map(Amount::as_str).unwrap_or_default());
    let (resource, request, limit) = (of.as_str(), amount(requests), amount(limits));
    format!(
        "the {resource} request {request} exceeds the profile's limit {limit}; expected at most the limit, \
         for example requests: {{{resource}: {limit}}}"
    )
}

pub(super) fn path(profile: &str, field: &str) -> String {
    format!("profiles.{}.{field}", shorten(profile))
}
