//! The webhook entries for profiles of Namespaces (`podwright.dev/profile`).

use k8s_openapi::api::admissionregistration::v1::{MutatingWebhook, MutatingWebhookConfiguration};

use super::installation::Installation;
use crate::cli::error::Error;
use crate::workload::namespace::PROFILE_LABEL;

/// The end of such an entry's name; the start is the profile.
const ENTRY: &str = ".profiles.podwright.dev";

/// Gives the mutating configuration an entry for each of these profiles, in their order, and no others.
///
/// # Errors
/// Manifests without an entry to copy; tests exclude this.
pub(super) fn apply(profiles: &[String], installation: &mut Installation) -> Result<(), Error> {
    for object in installation.of_kind("MutatingWebhookConfiguration") {
        let mut configuration: MutatingWebhookConfiguration = serde_json::from_value(object.value.take())?;
        if let Some(webhooks) = &mut configuration.webhooks {
            replace(webhooks, profiles);
        }
        object.value = serde_json::to_value(configuration)?;
    }
    Ok(())
}

fn replace(webhooks: &mut Vec<MutatingWebhook>, profiles: &[String]) {
    let model = webhooks.iter().find(|webhook| webhook.name.ends_with(ENTRY)).cloned();
    webhooks.retain(|webhook| !webhook.name.ends_with(ENTRY));
    // The other entries leave out the Namespaces of these, so that no Pod is sent twice.
    webhooks.iter_mut().for_each(|webhook| select(webhook, profiles));
    webhooks.extend(model.iter().flat_map(|model| profiles.iter().map(|profile| entry(model, profile))));
}

fn entry(model: &MutatingWebhook, profile: &str) -> MutatingWebhook {
    let mut entry = model.clone();
    entry.name = format!("{profile}{ENTRY}");
    if let Some(service) = &mut entry.client_config.service {
        service.path = Some(format!("/mutate/{profile}"));
    }
    select(&mut entry, &[profile.to_owned()]);
    entry
}

/// Sets the profiles in an entry's selector.
fn select(webhook: &mut MutatingWebhook, profiles: &[String]) {
    let selector = webhook.namespace_selector.as_mut();
    let requirements = selector.and_then(|selector| selector.match_expressions.as_mut());
    for requirement in requirements.into_iter().flatten().filter(|requirement| requirement.key == PROFILE_LABEL) {
        requirement.values = Some(profiles.to_vec());
    }
}
