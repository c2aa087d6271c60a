//! The label `podwright.dev/inject` of a Namespace, and warnings about other podwright keys on it.

use serde_json::{Map, Value};

use super::misplaced::warning;
use crate::annotation::is_ours;
use crate::annotation::{PREFIX, STATUS, nearest};
use crate::inject::{Reason, warnings};
use crate::profile::Configuration;
use crate::text::shorten;

/// The label that opts a Namespace in or out.
pub const LABEL: &str = "podwright.dev/inject";

const UNKNOWN_OPT_IN: Reason = Reason {
    code: "UnknownOptIn",
    sentence: "unknown value, so the label neither enables nor disables podwright: expected enabled or disabled",
    remedy: "Set the label podwright.dev/inject to enabled or disabled. Ignore this warning if the webhook configuration has an entry for this value.",
};
const ONE_LABEL: Reason = Reason {
    code: "OneLabelOnNamespaces",
    sentence: "podwright reads only the label podwright.dev/inject here",
    remedy: "Annotate the Pods instead, or set the label podwright.dev/inject: enabled to opt the Namespace in.",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 2] = [UNKNOWN_OPT_IN, ONE_LABEL];

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

/// Returns warnings about labels and annotations without effect on a Namespace: one for each mistake and place.
pub fn misplaced(namespace: &Value, configuration: &Configuration) -> Vec<String> {
    let map = |field: &str| namespace.get("metadata").and_then(|metadata| metadata.get(field)?.as_object());
    let label = map("labels").and_then(|labels| labels.get(LABEL)?.as_str());
    let unknown = label.filter(|value| InjectLabel::of(value).is_none()).map(|value| of_value(value, configuration));
    let others = ["annotations", "labels"].into_iter().filter_map(|field| of_keys(field, map(field)?));
    unknown.into_iter().chain(others).collect()
}

fn of_value(value: &str, configuration: &Configuration) -> String {
    let hint = match InjectLabel::meant(value) {
        Some(meant) => format!(". Did you mean {meant}?"),
        None if configuration.profile(value).is_some() => {
            ". A profile needs an entry of its own in the webhook configuration".to_owned()
        }
        None => String::new(),
    };
    let value = shorten(value);
    let text = format!(
        "{LABEL} in metadata.labels of the Namespace: unknown value \"{value}\": expected enabled or disabled{hint}"
    );
    warnings::bounded(&text, UNKNOWN_OPT_IN)
}

fn of_keys(field: &str, map: &Map<String, Value>) -> Option<String> {
    let is_read = |key: &str| key == LABEL && field == "labels";
    let keys = map.keys().map(String::as_str).filter(|key| *key != STATUS && !is_read(key));
    let keys: Vec<&str> = keys.filter(|key| is_ours(key) || is_near(key)).collect();
    let tail = format!(" in metadata.{field} of the Namespace: {}. Annotate the Pods instead.", ONE_LABEL.sentence);
    (!keys.is_empty()).then(|| warning(&keys, &tail, ONE_LABEL))
}

/// Returns whether a key is nearly the label: `podwright.io/inject`, `inject.podwright.dev`.
fn is_near(key: &str) -> bool {
    match key.split_once('/') {
        Some((domain, name)) => {
            nearest(domain, [PREFIX.trim_end_matches('/')]).is_some() && nearest(name, ["inject"]).is_some()
        }
        None => nearest(key, [LABEL, "inject.podwright.dev"]).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{InjectLabel, misplaced};
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
            ("web", ". A profile needs an entry of its own in the webhook configuration ["),
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
    fn other_keys_and_annotations_have_one_warning_for_each_place() {
        let metadata = json!({
            "annotations": {"podwright.dev/inject": "enabled", "a": "b"},
            "labels": {"podwright.dev/injekt": "enabled", "Podwright.dev/inject": "true", "podwright.io/inject": "true",
                "podwright.dev/profile": "web", "inject.podwright.dev": "true", "istio.io/inject": "true"},
        });
        let sentence = "podwright reads only the label podwright.dev/inject here. Annotate the Pods instead. \
            [OneLabelOnNamespaces]";
        let labels = "Podwright.dev/inject, inject.podwright.dev, podwright.dev/injekt, podwright.dev/profile, \
            podwright.io/inject";
        assert_eq!(
            said(&metadata),
            [
                format!("podwright.dev/inject in metadata.annotations of the Namespace: {sentence}"),
                format!("{labels} in metadata.labels of the Namespace: {sentence}"),
            ]
        );
    }
}
