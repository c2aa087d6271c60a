//! `podwright install`: what there is to apply, of `manifests/`: all of it, or, for a webhook that runs outside the cluster,
//! its configurations alone.
//!
//! Never a second version of what is in `manifests/`, and never an API server that is called from here.

mod base;
mod outside;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

pub(super) use base::MANIFESTS;
use base::{Base, Image, OnFailure};
use outside::Outside;

use super::webhook_url::WebhookUrl;
use super::{Error, print};

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
        let on_failure = if self.strict { OnFailure::Fail } else { OnFailure::Ignore };
        let text = match (self.webhook_url, self.ca_file) {
            (Some(url), Some(ca_file)) => Outside { url, ca_file }.rendered()?,
            _ => Base { image: self.image, replicas: self.replicas, on_failure }.rendered(),
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn replicas(text: &str) -> Result<NonZero<u16>, String> {
    let read = text.parse().ok().filter(|read: &NonZero<u16>| read.get() > 1);
    read.ok_or_else(|| "expected 2 or more, such as `3`".to_owned())
}
