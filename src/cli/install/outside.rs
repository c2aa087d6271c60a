//! The webhook configurations for a webhook outside the cluster: the same rules, with its URL and CA in place of the Service.
//! podwright does not connect to the webhook to write them.

use std::path::Path;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration, WebhookClientConfig,
};

use super::installation::Installation;
use super::webhook_url::WebhookUrl;
use crate::cert::Bundle;
use crate::cli::error::Error;

/// The webhook's URL, and its CA file.
pub(super) struct OutsideWebhook<'o> {
    pub(super) url: &'o WebhookUrl,
    pub(super) ca_file: &'o Path,
}

impl OutsideWebhook<'_> {
    /// Returns the webhook configurations of an installation. They are written anew: the manifests' comments are about a webhook
    /// in the cluster.
    pub(super) fn rendered(&self, installation: Installation) -> Result<String, Error> {
        let bundle = bundle(self.ca_file)?.into_bytes();
        let outside = |client: &mut WebhookClientConfig| self.outside(client, &bundle);
        let mut documents = Vec::new();
        for object in installation.objects {
            if object.is("MutatingWebhookConfiguration") {
                let mut pods: MutatingWebhookConfiguration = serde_json::from_value(object.value)?;
                pods.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
                documents.push(document("mutatingwebhookconfiguration", &serde_saphyr::to_string(&pods)?));
            } else if object.is("ValidatingWebhookConfiguration") {
                let mut workloads: ValidatingWebhookConfiguration = serde_json::from_value(object.value)?;
                workloads.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
                documents.push(document("validatingwebhookconfiguration", &serde_saphyr::to_string(&workloads)?));
            }
        }
        Ok(documents.join("---\n"))
    }

    /// Replaces the Service with the URL and the CA.
    fn outside(&self, client: &mut WebhookClientConfig, ca_bundle: &[u8]) {
        let path = client.service.take().and_then(|service| service.path).unwrap_or_default();
        let ca_bundle = Some(ByteString(ca_bundle.to_vec()));
        *client = WebhookClientConfig { ca_bundle, service: None, url: Some(self.url.route(&path)) };
    }
}

fn document(name: &str, yaml: &str) -> String {
    format!("# manifests/{name}.yaml, for a webhook outside the cluster; that file explains each field.\n{yaml}")
}

fn bundle(path: &Path) -> Result<Bundle, Error> {
    let pem = std::fs::read(path).map_err(|error| {
        Error::new(format!(
            "cannot read {} (--ca-file): {error}; expected the CA's certificate in PEM, such as certs/ca.crt from \
             `podwright certs --out certs/`",
            path.display()
        ))
    })?;
    Bundle::from_pem(&pem).map_err(|error| Error::new(format!("{} (--ca-file) {error}", path.display())))
}
