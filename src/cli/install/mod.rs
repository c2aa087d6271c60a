//! `podwright install`: prints `manifests/` with components and options, or only the webhook configurations for a webhook
//! outside the cluster.
//!
//! It embeds `manifests/` itself and calls no API server.

mod component;
mod image;
mod installation;
mod manifests;
mod namespace;
mod options;
mod outside;
mod profiles;
mod webhook_url;

use std::process::ExitCode;

use clap::Args;

use serde_json::Value;

use super::error::Error;
use super::io::output::print;
pub(super) use options::InstallOptions;

/// Print the manifests that install podwright
///
/// By default: the Namespace podwright-system with podwright in it, then the webhook configurations. With --webhook-url: only the
/// webhook configurations, for a webhook outside the cluster.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Install in the current cluster, with the image from your registry
  podwright install --image registry.example.com/podwright:0.1.0 | kubectl apply -f -

  # Install your profiles, and let Namespaces name one of them
  podwright install --config profiles.yaml --namespace-profile default,web,batch | kubectl apply -f -

  # Install in another Namespace, with certificates from cert-manager
  podwright install --namespace platform --component cert-manager | kubectl apply -f -

  # Refuse opted-in Pods while podwright is unreachable
  podwright install --strict | kubectl apply -f -

  # Let a local API server call a local webhook
  podwright install --webhook-url https://127.0.0.1:8443 --ca-file certs/ca.crt | kubectl apply -f -

  # Remove an installation: with the same options
  podwright uninstall | kubectl delete --ignore-not-found -f -")]
pub(super) struct Install {
    #[command(flatten)]
    options: InstallOptions,
}

impl Install {
    /// Prints the manifests.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        print(&self.options.rendered()?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the objects of `manifests/` for a Namespace of podwright.
pub(super) fn objects(namespace: &str) -> Result<Vec<Value>, Error> {
    let mut installation = installation::Installation::new()?;
    let name: namespace::NamespaceName = namespace.parse().map_err(|error| {
        Error::Unreadable(format!("invalid value '{namespace}' for '--podwright-namespace <NAME>': {error}"))
    })?;
    name.apply(&mut installation);
    Ok(installation.objects.into_iter().map(|object| object.value).collect())
}
