//! `podwright install`: prints `manifests/`, or the webhook configurations alone for a webhook outside the cluster.
//!
//! It has no second version of `manifests/`, and calls no API server.

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

/// Print what there is to apply, in the cluster or for a webhook outside
///
/// Without --webhook-url, everything in manifests/: a Namespace podwright-system with podwright in it, and the webhook
/// configurations, which come last. With it, those alone, with the webhook's address and CA in place of a Service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # In the cluster, with the image from a registry of yours
  podwright install --image registry.example.com/podwright:0.1.0 | kubectl apply -f -

  # A Pod that opted in and cannot be fitted is refused
  podwright install --strict | kubectl apply -f -

  # Let an API server on this machine call a webhook on this machine
  podwright install --webhook-url https://127.0.0.1:8443 --ca-file certs/ca.crt | kubectl apply -f -

  # Take any of them away again
  podwright uninstall | kubectl delete --ignore-not-found -f -")]
pub(super) struct Install {
    /// Where the nodes pull podwright from [default: podwright, with this version as its tag]
    #[arg(long, value_name = "IMAGE", conflicts_with = "webhook_url")]
    image: Option<Image>,

    /// How many replicas; with one, a drain of its node would wait for ever
    #[arg(long, value_name = "NUMBER", conflicts_with = "webhook_url", value_parser = replicas)]
    replicas: Option<NonZero<u16>>,

    /// Refuse a Pod that opted in where podwright does not answer, as manifests/components/strict does; apply it when
    /// podwright is there
    #[arg(long, conflicts_with = "webhook_url")]
    strict: bool,

    /// Where the API server reaches a webhook outside the cluster; /mutate and /check are appended
    #[arg(long, value_name = "URL", requires = "ca_file")]
    webhook_url: Option<WebhookUrl>,

    /// The CA that signed that webhook's certificate, PEM
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

/// A value of `--replicas` that is too small or no number.
#[derive(Debug, thiserror::Error)]
#[error("expected 2 or more, such as `3`")]
struct InvalidReplicas;

fn replicas(text: &str) -> Result<NonZero<u16>, InvalidReplicas> {
    text.parse().ok().filter(|replicas: &NonZero<u16>| replicas.get() > 1).ok_or(InvalidReplicas)
}
