//! The warnings about labels of a Namespace, and the effect of the labels.

use serde_json::json;

use super::{InjectLabel, Labels, Profiles, misplaced};
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;

fn said(metadata: &serde_json::Value) -> Vec<String> {
    let profiles = Profiles { configuration: &Configuration::default(), with_entry: None };
    misplaced(&json!({"metadata": metadata}), profiles)
}

/// Returns the warnings for a configuration that also has the profiles `batch` and `webs`. Only the profiles in `with_entry` have an
/// entry.
fn said_with(with_entry: Option<&[&str]>, labels: &serde_json::Value) -> Vec<String> {
    let text = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {batch: {extends: web}, webs: {extends: web}}\n";
    let file = ConfigurationFile::parse(text).unwrap_or_else(|problems| unreachable!("{problems:?}"));
    let with_entry: Option<Vec<String>> = with_entry.map(|names| names.iter().map(ToString::to_string).collect());
    let profiles = Profiles { configuration: file.configuration(), with_entry: with_entry.as_deref() };
    misplaced(&json!({"metadata": {"labels": labels}}), profiles)
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
        let start = format!("podwright.dev/inject in metadata.labels of the Namespace: unknown value \"{value}\": ");
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

#[test]
fn the_warning_about_a_missing_entry_names_its_effect_and_other_profiles() {
    let [inject, profile] = ["podwright.dev/inject", "podwright.dev/profile"];
    let start =
        "podwright.dev/profile in metadata.labels of the Namespace: no webhook entry for the profile \"batch\", so ";
    for (labels, entries, rest) in [
        (
            json!({profile: "batch"}),
            &["default", "web"][..],
            "only annotated Pods are injected. Add an entry, or use a profile that has an entry: default, web.",
        ),
        (
            json!({profile: "batch", inject: "perhaps"}),
            &["web", "unknown"],
            "only annotated Pods are injected. Add an entry, or use a profile that has an entry: web.",
        ),
        (
            json!({profile: "batch", inject: "true"}),
            &["default"],
            "Pods get the profile default. Add an entry, or use a profile that has an entry: default.",
        ),
        (json!({profile: "batch"}), &[], "only annotated Pods are injected. Add an entry."),
    ] {
        let said = said_with(Some(entries), &labels);
        assert_eq!(said.last(), Some(&format!("{start}{rest} [NeedsWebhookEntry]")), "{labels}");
        assert!(said.iter().all(|one| one.chars().count() <= 256), "{said:?}");
    }
    let near = said_with(Some(&["default", "web"]), &json!({profile: "webs"}));
    assert!(matches!(&near[..], [one] if one.ends_with("Did you mean web? If not, add an entry. [NeedsWebhookEntry]")));
    for silent in [json!({profile: "web"}), json!({profile: "batch", inject: "disabled"}), json!({})] {
        assert_eq!(said_with(Some(&["default", "web"]), &silent), [""; 0], "{silent}");
    }
    for entries in [None, Some(&["batch"][..])] {
        assert_eq!(said_with(entries, &json!({profile: "batch"})), [""; 0], "{entries:?}");
    }
}

#[test]
fn only_profiles_with_an_entry_are_proposed() {
    let [inject, profile] = ["podwright.dev/inject", "podwright.dev/profile"];
    for (labels, entries, end) in [
        (json!({profile: "bacth"}), None, "Did you mean batch? [UnknownNamespaceProfile]"),
        (
            json!({profile: "bacth"}),
            Some(&["default", "web"][..]),
            "no effect: expected one of default, web [UnknownNamespaceProfile]",
        ),
        (json!({profile: "bacth"}), Some(&[]), "the label has no effect [UnknownNamespaceProfile]"),
        (json!({inject: "batch"}), None, "Did you mean podwright.dev/profile: batch? [UnknownOptIn]"),
        (json!({inject: "batch"}), Some(&["web"]), "expected enabled or disabled [UnknownOptIn]"),
    ] {
        let said = said_with(entries, &labels);
        assert!(matches!(&said[..], [one] if one.ends_with(end)), "{said:?}");
    }
}
