//! `podwright install`: the webhook configuration for a webhook that runs outside the cluster.
//!
//! It is the one in `manifests/`, with the address and the CA in place of the Service: never a second version of the rules,
//! and never an API server that is called from here.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, WebhookClientConfig};

use super::Error;
use super::webhook_url::WebhookUrl;
use crate::cert::Bundle;

const MANIFEST: &str = include_str!("../../manifests/mutatingwebhookconfiguration.yaml");
const ORIGIN: &str =
    "# manifests/mutatingwebhookconfiguration.yaml, for a webhook outside the cluster; the reasons are there.";

/// Print the webhook configuration for a webhook outside the cluster
///
/// The same rules as in manifests/, with the webhook's address and CA in place of a Service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Let an API server on this machine call a webhook on this machine
  podwright install --webhook-url https://127.0.0.1:8443 --ca-file certs/ca.crt | kubectl apply -f -

  # Take it away again
  kubectl delete mutatingwebhookconfiguration 00-podwright")]
pub(super) struct Install {
    /// Where the API server reaches the webhook; /mutate is appended
    #[arg(long, value_name = "URL")]
    webhook_url: WebhookUrl,

    /// The CA that signed the webhook's certificate, PEM
    #[arg(long, value_name = "FILE")]
    ca_file: PathBuf,
}

impl Install {
    /// Prints the configuration.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let bundle = bundle(&self.ca_file)?;
        let configuration = outside(&self.webhook_url, &bundle.into_bytes())?;
        let yaml = format!("{ORIGIN}\n{}", serde_saphyr::to_string(&configuration)?);
        stdout().lock().write_all(yaml.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
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

fn outside(url: &WebhookUrl, ca_bundle: &[u8]) -> Result<MutatingWebhookConfiguration, Error> {
    let mut configuration: MutatingWebhookConfiguration = serde_saphyr::from_str(MANIFEST)?;
    for webhook in configuration.webhooks.iter_mut().flatten() {
        let service = webhook.client_config.service.take();
        let path = service.and_then(|service| service.path).unwrap_or_default();
        webhook.client_config = WebhookClientConfig {
            ca_bundle: Some(ByteString(ca_bundle.to_vec())),
            service: None,
            url: Some(url.route(&path)),
        };
    }
    Ok(configuration)
}
