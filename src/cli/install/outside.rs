//! The webhook configurations for a webhook outside the cluster: the same rules, with its URL and CA in place of the Service.
//! podwright does not connect to the webhook to write them.

use std::path::{Path, PathBuf};

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration, WebhookClientConfig,
};

use super::manifests::{MUTATING, VALIDATING};
use super::webhook_url::WebhookUrl;
use crate::cert::Bundle;
use crate::cli::error::Error;

/// The webhook's URL, and its CA file.
pub(super) struct OutsideWebhook {
    pub(super) url: WebhookUrl,
    pub(super) ca_file: PathBuf,
}

impl OutsideWebhook {
    pub(super) fn rendered(&self) -> Result<String, Error> {
        let bundle = bundle(&self.ca_file)?.into_bytes();
        let outside = |client: &mut WebhookClientConfig| self.outside(client, &bundle);
        let mut pods: MutatingWebhookConfiguration = serde_saphyr::from_str(MUTATING)?;
        pods.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
        let mut workloads: ValidatingWebhookConfiguration = serde_saphyr::from_str(VALIDATING)?;
        workloads.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
        let documents = [
            document("mutatingwebhookconfiguration", &serde_saphyr::to_string(&pods)?),
            document("validatingwebhookconfiguration", &serde_saphyr::to_string(&workloads)?),
        ];
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
