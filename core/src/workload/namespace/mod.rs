//! The labels `podwright.dev/inject` and `podwright.dev/profile` of a Namespace, and warnings about other podwright keys
//! on it.

use serde_json::{Map, Value};

use super::misplaced::warning;
use crate::annotation::is_ours;
use crate::annotation::{PREFIX, STATUS, nearest};
use crate::inject::{Reason, warnings};
use crate::profile::{Configuration, DEFAULT_PROFILE};
use crate::text::shorten;

/// The label that opts a Namespace in or out.
pub const LABEL: &str = "podwright.dev/inject";
/// The label that names the profile of a Namespace.
pub const PROFILE_LABEL: &str = "podwright.dev/profile";
/// The profiles that have an entry in manifests/mutatingwebhookconfiguration.yaml.
pub const PROFILES_WITH_ENTRY: [&str; 2] = [DEFAULT_PROFILE, "web"];

const UNKNOWN_OPT_IN: Reason = Reason {
    code: "UnknownOptIn",
    sentence: "unknown value, so the label neither enables nor disables podwright: expected enabled or disabled",
    remedy: "Set the label podwright.dev/inject to enabled or disabled. Ignore this warning if the webhook configuration has an entry for this value.",
};
const UNKNOWN_PROFILE: Reason = Reason {
    code: "UnknownNamespaceProfile",
    sentence: "no profile of the configuration has this name, so the label has no effect",
    remedy: "Correct the name, or add the profile to the configuration and an entry to the webhook configuration.",
};
const OTHER_KEYS: Reason = Reason {
    code: "NotReadOnNamespaces",
    sentence: "podwright reads only the labels podwright.dev/inject and podwright.dev/profile here",
    remedy: "Set the label podwright.dev/inject: enabled or podwright.dev/profile: NAME to opt the Namespace in, or annotate its Pods.",
};
/// The reason of a note if podwright does not know the cluster's entries, and of a warning otherwise.
pub const NEEDS_AN_ENTRY: Reason = Reason {
    code: "NeedsWebhookEntry",
    sentence: "the label has an effect only if the webhook configuration has an entry for this profile",
    remedy: "Add an entry: podwright install --namespace-profile, or the chart's namespaceProfiles. If there is one, ignore this.",
};

/// Every reason that is given here.
pub(super) const REASONS: [Reason; 4] = [UNKNOWN_OPT_IN, UNKNOWN_PROFILE, OTHER_KEYS, NEEDS_AN_ENTRY];

/// The meaning of the label. The webhook configurations select the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectLabel {
    /// `enabled` or `true`: every Pod is injected.
    Enabled,
    /// `disabled` or `false`: no Pod is injected.
    Disabled,
}

impl InjectLabel {
    /// Reads the label's value. Returns `None` for any other value: then each Pod decides by its annotations.
    pub fn of(value: &str) -> Option<Self> {
        match value {
            "enabled" | "true" => Some(Self::Enabled),
            "disabled" | "false" => Some(Self::Disabled),
            _ => None,
        }
    }

    /// Guesses the intended value behind an unknown one.
    fn meant(value: &str) -> Option<&'static str> {
        match value.to_lowercase().as_str() {
            "y" | "yes" | "on" | "1" => return Some("enabled"),
            "n" | "no" | "off" | "0" | "none" | "skip" => return Some("disabled"),
            _ => {}
        }
        let known = nearest(value, ["enabled", "disabled", "true", "false"]).and_then(Self::of)?;
        Some(if known == Self::Enabled { "enabled" } else { "disabled" })
    }
}

/// The labels of a Namespace that podwright reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labels<'n> {
    inject: Option<&'n str>,
    profile: Option<&'n str>,
}

/// The effect of a Namespace's labels on its Pods, by the selectors of the webhook configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelEffect<'n> {
    /// No Pod is injected.
    Disabled,
    /// Every Pod gets the profile of this name.
    Profile(&'n str),
    /// Every Pod gets the default profile.
    Enabled,
    /// Only annotated Pods are injected.
    PodsDecide,
}

impl<'n> Labels<'n> {
    /// Reads the labels of a Namespace; a value that is not a text counts as absent.
    pub fn of(namespace: &'n Value) -> Self {
        let labels = namespace.get("metadata").and_then(|metadata| metadata.get("labels"));
        let label = |key: &str| labels.and_then(|labels| labels.get(key)?.as_str());
        Self { inject: label(LABEL), profile: label(PROFILE_LABEL) }
    }

    /// Returns the effect of the labels, if each profile of the configuration has a webhook entry.
    ///
    /// ```
    /// use podwright_core::profile::Configuration;
    /// use podwright_core::workload::namespace::{LabelEffect, Labels};
    ///
    /// let namespace = serde_json::json!({"metadata": {"labels": {"podwright.dev/profile": "web"}}});
    /// assert_eq!(Labels::of(&namespace).effect(&Configuration::default()), LabelEffect::Profile("web"));
    /// ```
    pub fn effect(self, configuration: &Configuration) -> LabelEffect<'n> {
        let profile = self.profile.filter(|name| configuration.profile(name).is_some());
        match (self.inject.and_then(InjectLabel::of), profile) {
            (Some(InjectLabel::Disabled), _) => LabelEffect::Disabled,
            (_, Some(profile)) => LabelEffect::Profile(profile),
            (Some(InjectLabel::Enabled), None) => LabelEffect::Enabled,
            (None, None) => LabelEffect::PodsDecide,
        }
    }

    /// Returns the note for a profile of the configuration that has no entry in the manifests.
    pub fn note(self, configuration: &Configuration) -> Option<String> {
        match self.effect(configuration) {
            LabelEffect::Profile(name) if !PROFILES_WITH_ENTRY.contains(&name) => {
                let text = format!("\"{}\": {}", shorten(name), NEEDS_AN_ENTRY.sentence);
                Some(of_label(PROFILE_LABEL, &text, NEEDS_AN_ENTRY))
            }
            _ => None,
        }
    }
}

/// The profiles that a Namespace's label can name.
#[derive(Clone, Copy, Debug)]
pub struct Profiles<'p> {
    /// The configuration.
    pub configuration: &'p Configuration,
    /// The values of the label that a webhook entry selects; `None` if the entries are unknown.
    pub with_entry: Option<&'p [String]>,
}

impl<'p> Profiles<'p> {
    fn exists(self, name: &str) -> bool {
        self.configuration.profile(name).is_some()
    }

    /// Returns whether a label with this profile's name may have an effect.
    fn may_apply(self, name: &str) -> bool {
        self.exists(name) && self.with_entry.is_none_or(|entries| entries.iter().any(|entry| entry == name))
    }

    /// Returns the names to propose.
    fn names(self) -> impl Iterator<Item = &'p str> {
        self.configuration.profile_names().filter(move |name| self.may_apply(name))
    }

    /// Returns the names to propose as a list, with these words before it.
    fn listed(self, words: &str) -> Option<String> {
        let names: Vec<&str> = self.names().collect();
        (!names.is_empty()).then(|| format!("{words} {}", shorten(&names.join(", "))))
    }
}

/// Returns warnings about labels and annotations of a Namespace without effect: one for each kind of mistake and place.
pub fn misplaced(namespace: &Value, profiles: Profiles<'_>) -> Vec<String> {
    let map = |field: &str| namespace.get("metadata").and_then(|metadata| metadata.get(field)?.as_object());
    let labels = Labels::of(namespace);
    let inject = labels.inject.filter(|value| InjectLabel::of(value).is_none());
    let unknown = labels.profile.filter(|name| !profiles.exists(name));
    let values = [
        inject.map(|value| of_inject(value, profiles)),
        unknown.map(|name| of_unknown_profile(name, profiles)),
        without_entry(labels, profiles),
    ];
    let others = ["annotations", "labels"].into_iter().filter_map(|field| of_keys(field, map(field)?));
    values.into_iter().flatten().chain(others).collect()
}

fn of_inject(value: &str, profiles: Profiles<'_>) -> String {
    let hint = match InjectLabel::meant(value) {
        Some(meant) => format!(". Did you mean {meant}?"),
        None if profiles.may_apply(value) => format!(". Did you mean {PROFILE_LABEL}: {value}?"),
        None => String::new(),
    };
    let text = format!("unknown value \"{}\": expected enabled or disabled{hint}", shorten(value));
    of_label(LABEL, &text, UNKNOWN_OPT_IN)
}

fn of_unknown_profile(name: &str, profiles: Profiles<'_>) -> String {
    let hint = match nearest(name, profiles.names()) {
        Some(meant) => format!(". Did you mean {}?", shorten(meant)),
        None => profiles.listed(": expected one of").unwrap_or_default(),
    };
    let text = format!("unknown profile \"{}\", so the label has no effect{hint}", shorten(name));
    of_label(PROFILE_LABEL, &text, UNKNOWN_PROFILE)
}

/// Returns the warning about a profile of the configuration without an entry. The Namespace then falls under the entry for
/// annotated Pods or, with the label `inject`, under the entry for `default`.
fn without_entry(labels: Labels<'_>, profiles: Profiles<'_>) -> Option<String> {
    let LabelEffect::Profile(name) = labels.effect(profiles.configuration) else { return None };
    if profiles.may_apply(name) {
        return None;
    }
    let effect = match labels.inject.and_then(InjectLabel::of) {
        Some(InjectLabel::Enabled) => "Pods get the profile default",
        _ => "only annotated Pods are injected",
    };
    let hint = match nearest(name, profiles.names()) {
        Some(meant) => format!("Did you mean {}? If not, add an entry.", shorten(meant)),
        None => {
            format!("Add an entry{}.", profiles.listed(", or use a profile that has an entry:").unwrap_or_default())
        }
    };
    let text = format!("no webhook entry for the profile \"{}\", so {effect}. {hint}", shorten(name));
    Some(of_label(PROFILE_LABEL, &text, NEEDS_AN_ENTRY))
}

fn of_label(label: &str, text: &str, reason: Reason) -> String {
    warnings::bounded(&format!("{label} in metadata.labels of the Namespace: {text}"), reason)
}

fn of_keys(field: &str, map: &Map<String, Value>) -> Option<String> {
    let is_read = |key: &str| [LABEL, PROFILE_LABEL].contains(&key) && field == "labels";
    let keys = map.keys().map(String::as_str).filter(|key| *key != STATUS && !is_read(key));
    let keys: Vec<&str> = keys.filter(|key| is_ours(key) || is_near(key)).collect();
    let tail = format!(" in metadata.{field} of the Namespace: {}. Annotate the Pods instead.", OTHER_KEYS.sentence);
    (!keys.is_empty()).then(|| warning(&keys, &tail, OTHER_KEYS))
}

/// Returns whether an unknown key is a near miss of a label: `podwright.io/inject`, `profile.podwright.dev`.
fn is_near(key: &str) -> bool {
    match key.split_once('/') {
        Some((domain, name)) => {
            nearest(domain, [PREFIX.trim_end_matches('/')]).is_some() && nearest(name, ["inject", "profile"]).is_some()
        }
        None => nearest(key, [LABEL, "inject.podwright.dev", "profile.podwright.dev"]).is_some(),
    }
}

#[cfg(test)]
mod tests;
