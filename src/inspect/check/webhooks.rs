//! The webhook configurations: their entries against the profiles of the configuration.

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;

use crate::cluster::ClusterReader;
use crate::inspect::command::quoted;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::installed::Installed;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::object;
use crate::inspect::state::ClusterState;
use crate::inspect::webhook::{Entries, Entry, Route};

const PAGE: &str = "docs/install.md#profiles-for-namespaces";

/// Checks both configurations.
pub(super) async fn findings(reader: &ClusterReader, state: &ClusterState, installed: &Installed) -> Vec<Finding> {
    let mutating = match &state.entries {
        Known::Seen(entries) if entries.iter().next().is_none() => {
            let text = format!(
                "MutatingWebhookConfiguration {} does not exist or has no entry for Pods, so podwright is never called",
                entries.configuration
            );
            vec![Finding::failed("mutating", text, installed.reinstall())]
        }
        Known::Seen(entries) => [of_entries(entries)].into_iter().chain(of_profiles(state, entries)).collect(),
        Known::Unseen(unseen) => vec![Finding::unknown("mutating", unseen)],
    };
    mutating.into_iter().chain([validating(reader, installed).await]).collect()
}

fn of_entries(entries: &Entries) -> Finding {
    const STEP: &str = "mutating";
    let all: Vec<_> = entries.iter().collect();
    let has_side_effects = |it: &&&Entry| !["None", "NoneOnDryRun"].contains(&it.webhook.side_effects.as_str());
    let is_called_once = |it: &&&Entry| it.webhook.reinvocation_policy.as_deref() != Some("IfNeeded");
    if let Some(entry) = all.iter().find(has_side_effects) {
        let text =
            format!("the entry {} has sideEffects: {}, so dry runs fail", entry.name, entry.webhook.side_effects);
        return Finding::failed(
            STEP,
            text,
            Mend::told("Set sideEffects: None, as in the manifests, or NoneOnDryRun with the component `events`.")
                .page("docs/install.md"),
        );
    }
    if let Some(entry) = all.iter().find(is_called_once) {
        let text = format!(
            "the entry {} has no reinvocationPolicy: IfNeeded, so sidecars added later get nothing",
            entry.name
        );
        return Finding::warning(STEP, text);
    }
    let policy = if all.iter().all(|entry| entry.fails_open) {
        "Pods start without podwright if it is down"
    } else {
        "Pods are refused while podwright is down"
    };
    Finding::passed(STEP, format!("{} has {} entries; {policy}", entries.configuration, all.len()))
}

fn of_profiles(state: &ClusterState, entries: &Entries) -> Vec<Finding> {
    const STEP: &str = "profiles";
    let source = match (state.profiles.source.seen(), state.profiles.source.unseen()) {
        (Some(source), _) => source,
        (None, Some(unseen @ Unseen::Failed { .. })) => {
            let mend = Mend::by("podwright config check configuration.yaml")
                .text("Correct the file. Replicas keep the previous one:");
            return vec![Finding::failed(STEP, unseen.to_string(), mend.page("docs/configuration.md"))];
        }
        (None, unseen) => return vec![Finding::unknown(STEP, unseen.map(ToString::to_string).unwrap_or_default())],
    };
    let configuration = &state.profiles.configuration;
    let unknown = entries.iter().filter_map(|entry| match &entry.route {
        Route::Profile(profile) if configuration.profile(profile).is_none() => Some((entry, profile)),
        _ => None,
    });
    let failed = unknown.map(|(entry, profile)| {
        let text = format!(
            "the entry {} calls for the profile {profile}, which {source} does not have, so its calls fail",
            entry.name
        );
        Finding::failed(STEP, text, Mend::told("Add the profile to the configuration, or remove the entry.").page(PAGE))
    });
    let failed: Vec<Finding> = failed.collect();
    if !failed.is_empty() {
        return failed;
    }
    let without: Vec<&str> =
        configuration.profile_names().filter(|name| !entries.profiles().any(|it| it == *name)).collect();
    let passed = Finding::passed(STEP, format!("every entry's profile is in {source}"));
    match without.is_empty() {
        true => vec![passed],
        false => vec![passed.detail(format!(
            "No entry, so no effect as a Namespace's label: {} (docs/install.md#profiles-for-namespaces).",
            without.join(", ")
        ))],
    }
}

async fn validating(reader: &ClusterReader, installed: &Installed) -> Finding {
    const STEP: &str = "validating";
    let name = &installed.names.places.webhook_configuration;
    let path = format!("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/{name}");
    let title = format!("ValidatingWebhookConfiguration {name}");
    match object::<ValidatingWebhookConfiguration>(reader, &path, title).await {
        Known::Seen(read) => Finding::passed(
            STEP,
            format!("{name} has {} entries for warnings", read.webhooks.map_or(0, |all| all.len())),
        ),
        Known::Unseen(unseen @ Unseen::Absent(_)) => {
            Finding::warning(STEP, format!("{unseen}, so users get no warnings about workloads and labels"))
                .mend(installed.reinstall())
        }
        Known::Unseen(unseen) => Finding::unknown(STEP, unseen),
    }
}

/// Makes the finding of a problem of `podwright certs status`.
pub(super) fn certificate_problem(installed: &Installed, problem: String) -> Finding {
    let Installed { namespace, names, .. } = installed;
    let given = [
        ("namespace", namespace.as_str(), "podwright-system"),
        ("tls-secret", &names.tls_secret, "podwright-tls"),
        ("service", installed.name(), "podwright"),
    ];
    let given = given.into_iter().filter(|(_, value, usual)| value != usual);
    let flags: String = given.map(|(flag, value, _)| format!(" --{flag} {}", quoted(value))).collect();
    let mend = Mend::by(format!("podwright certs status{flags}")).text("See the certificates and their schedule:");
    Finding::failed("certificates", problem, mend.page("docs/certificates.md"))
}
