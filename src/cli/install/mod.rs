//! `podwright install`: prints `manifests/`, or only the webhook configurations for a webhook outside the cluster.
//!
//! It embeds `manifests/` itself and calls no API server.

mod manifests;
mod outside;
mod webhook_url;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::error::Error;
use super::io::output::print;
pub(super) use manifests::MANIFESTS;
use manifests::{ClusterManifests, FailurePolicy, Image};
use outside::OutsideWebhook;
use webhook_url::WebhookUrl;

/// Print the manifests that install podwright
///
/// By default: the Namespace podwright-system with podwright in it, then the webhook configurations. With --webhook-url: only the
/// webhook configurations, for a webhook outside the cluster.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Install in the current cluster, with the image from your registry
  podwright install --image registry.example.com/podwright:0.1.0 | kubectl apply -f -

  # Refuse opted-in Pods while podwright is unreachable
  podwright install --strict | kubectl apply -f -

  # Let a local API server call a local webhook
  podwright install --webhook-url https://127.0.0.1:8443 --ca-file certs/ca.crt | kubectl apply -f -

  # Remove any of these installations
  podwright uninstall | kubectl delete --ignore-not-found -f -")]
pub(super) struct Install {
    /// Image that the nodes pull [default: podwright, tagged with this version]
    #[arg(long, value_name = "IMAGE", conflicts_with = "webhook_url")]
    image: Option<Image>,

    /// Number of replicas, at least 2; a single replica would block the drain of its node
    #[arg(long, value_name = "NUMBER", conflicts_with = "webhook_url", value_parser = replicas)]
    replicas: Option<NonZero<u16>>,

    /// Refuse opted-in Pods while podwright is unreachable, as manifests/components/strict does. Apply this only after
    /// podwright is ready
    #[arg(long, conflicts_with = "webhook_url")]
    strict: bool,

    /// URL of a webhook outside the cluster, as the API server reaches it; podwright appends /mutate and /check
    #[arg(long, value_name = "URL", requires = "ca_file")]
    webhook_url: Option<WebhookUrl>,

    /// CA of that webhook's certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "webhook_url")]
    ca_file: Option<PathBuf>,
}

impl Install {
    /// Prints the manifests.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let failure_policy = if self.strict { FailurePolicy::Fail } else { FailurePolicy::Ignore };
        let text = match (self.webhook_url, self.ca_file) {
            (Some(url), Some(ca_file)) => OutsideWebhook { url, ca_file }.rendered()?,
            _ => ClusterManifests { image: self.image, replicas: self.replicas, failure_policy }.rendered(),
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A value of `--replicas` that is not a number from 2.
#[derive(Debug, thiserror::Error)]
#[error("expected a whole number from 2 to 65535, such as `3`")]
struct InvalidReplicas;

fn replicas(text: &str) -> Result<NonZero<u16>, InvalidReplicas> {
    text.parse().ok().filter(|replicas: &NonZero<u16>| replicas.get() > 1).ok_or(InvalidReplicas)
}
