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
/// Given as a note, because the entries of the cluster are unknown here.
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

/// Returns warnings about labels and annotations of a Namespace without effect: one for each kind of mistake and place.
pub fn misplaced(namespace: &Value, configuration: &Configuration) -> Vec<String> {
    let map = |field: &str| namespace.get("metadata").and_then(|metadata| metadata.get(field)?.as_object());
    let labels = Labels::of(namespace);
    let inject = labels.inject.filter(|value| InjectLabel::of(value).is_none());
    let profile = labels.profile.filter(|name| configuration.profile(name).is_none());
    let values =
        [inject.map(|value| of_inject(value, configuration)), profile.map(|name| of_profile(name, configuration))];
    let others = ["annotations", "labels"].into_iter().filter_map(|field| of_keys(field, map(field)?));
    values.into_iter().flatten().chain(others).collect()
}

fn of_inject(value: &str, configuration: &Configuration) -> String {
    let hint = match InjectLabel::meant(value) {
        Some(meant) => format!(". Did you mean {meant}?"),
        None if configuration.profile(value).is_some() => format!(". Did you mean {PROFILE_LABEL}: {value}?"),
        None => String::new(),
    };
    let text = format!("unknown value \"{}\": expected enabled or disabled{hint}", shorten(value));
    of_label(LABEL, &text, UNKNOWN_OPT_IN)
}

fn of_profile(name: &str, configuration: &Configuration) -> String {
    let hint = match nearest(name, configuration.profile_names()) {
        Some(meant) => format!(". Did you mean {}?", shorten(meant)),
        None => {
            let known: Vec<&str> = configuration.profile_names().collect();
            format!(": expected one of {}", shorten(&known.join(", ")))
        }
    };
    let text = format!("unknown profile \"{}\", so the label has no effect{hint}", shorten(name));
    of_label(PROFILE_LABEL, &text, UNKNOWN_PROFILE)
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
mod tests {
    use serde_json::json;

    use super::{InjectLabel, Labels, misplaced};
    use crate::profile::Configuration;

    fn said(metadata: &serde_json::Value) -> Vec<String> {
        misplaced(&json!({"metadata": metadata}), &Configuration::default())
    }

    #[test]
    fn the_values_of_the_selectors_have_no_warning() {
        for value in ["enabled", "disabled", "true", "false"] {
            assert!(InjectLabel::of(value).is_some(), "{value}");
            assert_eq!(said(&json!({"labels": {"podwright.dev/inject": value, "a": "b"}})), [""; 0]);
        }
        for other in [json!({}), json!(null), json!({"labels": null, "annotations": {"podwright.dev/status": "{}"}})] {
            assert_eq!(said(&other), [""; 0], "{other}");
        }
    }

    #[test]
    fn any_other_value_has_a_warning_with_the_intended_value() {
        for (value, hint) in [
            ("disable", ". Did you mean disabled? ["),
            ("Enabled", ". Did you mean enabled? ["),
            ("TRUE", ". Did you mean enabled? ["),
            ("yes", ". Did you mean enabled? ["),
            ("off", ". Did you mean disabled? ["),
            ("web", ". Did you mean podwright.dev/profile: web? ["),
            ("canary", "expected enabled or disabled ["),
            ("", "expected enabled or disabled ["),
        ] {
            let said = said(&json!({"labels": {"podwright.dev/inject": value}}));
            let start =
                format!("podwright.dev/inject in metadata.labels of the Namespace: unknown value \"{value}\": ");
            assert!(matches!(&said[..], [one] if one.starts_with(&start) && one.contains(hint)), "{said:?}");
            assert!(said.iter().all(|one| one.ends_with("[UnknownOptIn]") && one.chars().count() <= 256), "{said:?}");
        }
    }

    #[test]
    fn an_unknown_profile_is_told_with_the_nearest_one() {
        for (value, hint) in [
            ("wbe", "so the label has no effect. Did you mean web? ["),
            ("Web", "so the label has no effect. Did you mean web? ["),
            ("batch", "so the label has no effect: expected one of default, web ["),
            ("", "so the label has no effect: expected one of default, web ["),
        ] {
            for inject in ["enabled", "disabled"] {
                let said = said(&json!({"labels": {"podwright.dev/profile": value, "podwright.dev/inject": inject}}));
                let start =
                    format!("podwright.dev/profile in metadata.labels of the Namespace: unknown profile \"{value}\"");
                assert!(matches!(&said[..], [one] if one.starts_with(&start) && one.contains(hint)), "{said:?}");
                assert!(said.iter().all(|one| one.ends_with("[UnknownNamespaceProfile]")), "{said:?}");
            }
        }
        assert_eq!(said(&json!({"labels": {"podwright.dev/profile": "web"}})), [""; 0]);
    }

    #[test]
    fn the_labels_mean_what_the_selectors_select() {
        let effect = |labels: serde_json::Value| {
            let namespace = json!({"metadata": {"labels": labels}});
            format!("{:?}", Labels::of(&namespace).effect(&Configuration::default()))
        };
        let [inject, profile] = ["podwright.dev/inject", "podwright.dev/profile"];
        for (labels, expected) in [
            (json!({}), "PodsDecide"),
            (json!({inject: "perhaps"}), "PodsDecide"),
            (json!({profile: "wbe"}), "PodsDecide"),
            (json!({profile: "web"}), "Profile(\"web\")"),
            (json!({profile: "web", inject: "perhaps"}), "Profile(\"web\")"),
            (json!({profile: "web", inject: "true"}), "Profile(\"web\")"),
            (json!({profile: "wbe", inject: "enabled"}), "Enabled"),
            (json!({inject: "true"}), "Enabled"),
            (json!({profile: "web", inject: "false"}), "Disabled"),
            (json!({profile: "wbe", inject: "disabled"}), "Disabled"),
            (json!({profile: true, inject: 1}), "PodsDecide"),
        ] {
            assert_eq!(effect(labels.clone()), expected, "{labels}");
        }
    }

    #[test]
    fn other_keys_and_annotations_are_told_once_for_each_place() {
        let metadata = json!({
            "annotations": {"podwright.dev/inject": "enabled", "a": "b"},
            "labels": {"podwright.dev/injekt": "enabled", "Podwright.dev/inject": "true", "podwright.io/inject": "true",
                "podwright.dev/profile": "web", "inject.podwright.dev": "true", "istio.io/profile": "true"},
        });
        let sentence = "podwright reads only the labels podwright.dev/inject and podwright.dev/profile here. Annotate the Pods \
            instead. [NotReadOnNamespaces]";
        let labels = "Podwright.dev/inject, inject.podwright.dev, podwright.dev/injekt, podwright.io/inject";
        assert_eq!(
            said(&metadata),
            [
                format!("podwright.dev/inject in metadata.annotations of the Namespace: {sentence}"),
                format!("{labels} in metadata.labels of the Namespace: {sentence}"),
            ]
        );
    }
}
