//! A Namespace's label `podwright.dev/inject`, and podwright's keys on a Namespace that it does not read.

use serde_json::{Map, Value};

use super::misplaced::warning;
use crate::annotation::is_ours;
use crate::annotation::{PREFIX, STATUS, nearest};
use crate::inject::{Reason, warnings};
use crate::profile::Configuration;
use crate::text::shorten;

/// The label.
pub const LABEL: &str = "podwright.dev/inject";

const UNKNOWN_OPT_IN: Reason = Reason {
    code: "UnknownOptIn",
    sentence: "this value neither enables nor disables podwright for the Namespace; expected enabled or disabled",
    remedy: "Set the label podwright.dev/inject to enabled or disabled. If the webhook configuration has an entry for this value, ignore this.",
};
const ONE_LABEL: Reason = Reason {
    code: "OneLabelOnNamespaces",
    sentence: "podwright reads only the label podwright.dev/inject here; annotate the Pods instead",
    remedy: "Set the label podwright.dev/inject: enabled to opt the Namespace in, or annotate its Pods.",
};

/// Every reason that is given here.
pub(super) const REASONS: [Reason; 2] = [UNKNOWN_OPT_IN, ONE_LABEL];

/// The label's meaning, with the values that the webhook configurations select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectLabel {
    /// `enabled` or `true`: every Pod is injected.
    Enabled,
    /// `disabled` or `false`: no Pod is.
    Disabled,
}

impl InjectLabel {
    /// Reads the label's value; all others leave it to the Pods.
    pub fn of(value: &str) -> Option<Self> {
        match value {
            "enabled" | "true" => Some(Self::Enabled),
            "disabled" | "false" => Some(Self::Disabled),
            _ => None,
        }
    }

    /// The value that was probably meant by another one.
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

/// Returns warnings about labels and annotations of a Namespace without effect: one for each kind of mistake and place.
pub fn misplaced(namespace: &Value, configuration: &Configuration) -> Vec<String> {
    let map = |field: &str| namespace.get("metadata").and_then(|metadata| metadata.get(field)?.as_object());
    let label = map("labels").and_then(|labels| labels.get(LABEL)?.as_str());
    let unknown = label.filter(|value| InjectLabel::of(value).is_none()).map(|value| of_value(value, configuration));
    let others = ["annotations", "labels"].into_iter().filter_map(|field| of_keys(field, map(field)?));
    unknown.into_iter().chain(others).collect()
}

fn of_value(value: &str, configuration: &Configuration) -> String {
    let hint = match InjectLabel::meant(value) {
        Some(meant) => format!("; did you mean {meant}?"),
        None if configuration.profile(value).is_some() => {
            "; a profile takes an entry of its own in the webhook configuration".to_owned()
        }
        None => String::new(),
    };
    let (value, sentence) = (shorten(value), UNKNOWN_OPT_IN.sentence);
    let text = format!("{LABEL} in metadata.labels of the Namespace: \"{value}\": {sentence}{hint}");
    warnings::bounded(&text, UNKNOWN_OPT_IN)
}

fn of_keys(field: &str, map: &Map<String, Value>) -> Option<String> {
    let is_read = |key: &str| key == LABEL && field == "labels";
    let keys = map.keys().map(String::as_str).filter(|key| *key != STATUS && !is_read(key));
    let keys: Vec<&str> = keys.filter(|key| is_ours(key) || is_near(key)).collect();
    let tail = format!(" in metadata.{field} of the Namespace: {}", ONE_LABEL.sentence);
    (!keys.is_empty()).then(|| warning(&keys, &tail, ONE_LABEL))
}

/// Whether an unknown key is a near miss of the label: `podwright.io/inject`, `inject.podwright.dev`.
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
    fn the_values_of_the_selectors_say_nothing() {
        for value in ["enabled", "disabled", "true", "false"] {
            assert!(InjectLabel::of(value).is_some(), "{value}");
            assert_eq!(said(&json!({"labels": {"podwright.dev/inject": value, "a": "b"}})), [""; 0]);
        }
        for other in [json!({}), json!(null), json!({"labels": null, "annotations": {"podwright.dev/status": "{}"}})] {
            assert_eq!(said(&other), [""; 0], "{other}");
        }
    }

    #[test]
    fn any_other_value_is_told_with_the_one_that_was_meant() {
        for (value, hint) in [
            ("disable", "; did you mean disabled? ["),
            ("Enabled", "; did you mean enabled? ["),
            ("TRUE", "; did you mean enabled? ["),
            ("yes", "; did you mean enabled? ["),
            ("off", "; did you mean disabled? ["),
            ("web", "; a profile takes an entry of its own in the webhook configuration ["),
            ("canary", "expected enabled or disabled ["),
            ("", "expected enabled or disabled ["),
        ] {
            let said = said(&json!({"labels": {"podwright.dev/inject": value}}));
            let start = format!("podwright.dev/inject in metadata.labels of the Namespace: \"{value}\": this value ");
            assert!(matches!(&said[..], [one] if one.starts_with(&start) && one.contains(hint)), "{said:?}");
            assert!(said.iter().all(|one| one.ends_with("[UnknownOptIn]") && one.chars().count() <= 256), "{said:?}");
        }
    }

    #[test]
    fn other_keys_and_annotations_are_told_once_for_each_place() {
        let metadata = json!({
            "annotations": {"podwright.dev/inject": "enabled", "a": "b"},
            "labels": {"podwright.dev/injekt": "enabled", "Podwright.dev/inject": "true", "podwright.io/inject": "true",
                "podwright.dev/profile": "web", "inject.podwright.dev": "true", "istio.io/inject": "true"},
        });
        let sentence = "podwright reads only the label podwright.dev/inject here; annotate the Pods instead [OneLabelOnNamespaces]";
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
