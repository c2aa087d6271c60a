//! `podwright install`: the webhook configurations for a webhook that runs outside the cluster.
//!
//! They are those in `manifests/`, with the address and the CA in place of the Service: never a second version of the
//! rules, and never an API server that is called from here.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration, WebhookClientConfig,
};

use super::Error;
use super::webhook_url::WebhookUrl;
use crate::cert::Bundle;

const MUTATING: &str = include_str!("../../manifests/mutatingwebhookconfiguration.yaml");
const VALIDATING: &str = include_str!("../../manifests/validatingwebhookconfiguration.yaml");

/// Print the webhook configurations for a webhook outside the cluster
///
/// The same rules as in manifests/, with the webhook's address and CA in place of a Service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Let an API server on this machine call a webhook on this machine
  podwright install --webhook-url https://127.0.0.1:8443 --ca-file certs/ca.crt | kubectl apply -f -

  # Take it away again
  kubectl delete mutatingwebhookconfiguration,validatingwebhookconfiguration 00-podwright")]
pub(super) struct Install {
    /// Where the API server reaches the webhook; /mutate and /check are appended
    #[arg(long, value_name = "URL")]
    webhook_url: WebhookUrl,

    /// The CA that signed the webhook's certificate, PEM
    #[arg(long, value_name = "FILE")]
    ca_file: PathBuf,
}

impl Install {
    /// Prints the configurations.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let bundle = bundle(&self.ca_file)?.into_bytes();
        let outside = |client: &mut WebhookClientConfig| self.outside(client, &bundle);
        let mut pods: MutatingWebhookConfiguration = serde_saphyr::from_str(MUTATING)?;
        pods.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
        let mut workloads: ValidatingWebhookConfiguration = serde_saphyr::from_str(VALIDATING)?;
        workloads.webhooks.iter_mut().flatten().for_each(|webhook| outside(&mut webhook.client_config));
        let documents = [
            document("mutatingwebhookconfiguration", serde_saphyr::to_string(&pods)?),
            document("validatingwebhookconfiguration", serde_saphyr::to_string(&workloads)?),
        ];
        stdout().lock().write_all(documents.join("---\n").as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }

    /// The address and the CA in place of the Service.
    fn outside(&self, client: &mut WebhookClientConfig, ca_bundle: &[u8]) {
        let path = client.service.take().and_then(|service| service.path).unwrap_or_default();
        let ca_bundle = Some(ByteString(ca_bundle.to_vec()));
        *client = WebhookClientConfig { ca_bundle, service: None, url: Some(self.webhook_url.route(&path)) };
    }
}

fn document(name: &str, yaml: String) -> String {
    format!("# manifests/{name}.yaml, for a webhook outside the cluster; the reasons are there.\n{yaml}")
}

fn bundle(path: &Path) -> Result<Bundle, Error> {
    let pem = std::fs::read(path).map_err(|error| {
        Error::new(format!(
            "cannot read {} (--ca-file): {error}. Expected the CA's certificate as PEM, such as certs/ca.crt from \
             `podwright certs --out certs/`",
            path.display()
        ))
    })?;
    Bundle::from_pem(&pem).map_err(|error| Error::new(format!("{} (--ca-file) {error}", path.display())))
}
