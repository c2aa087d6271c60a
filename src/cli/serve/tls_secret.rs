//! The flags for certificates in a Secret (`--tls-secret`), and the controller that rotates them.
//!
//! They conflict with certificate files, which another program renews.

use std::time::Duration;

use clap::Args;

use super::temporary_ca::TemporaryCa;
use super::values::{InvalidValue, lifetime};
use crate::cert::Name;
use crate::cert::rotation::Lifetimes;
use crate::cli::error::Error;
use crate::cluster::{CertificateController, Cluster, KubernetesVersion, ObjectNames};
use crate::profile::PreStopAction;
use crate::server::{CertificateSource, ConfigurationSource};

/// The Secret, the names and the lifetimes of self-managed certificates.
#[derive(Debug, Args)]
pub(super) struct TlsSecret {
    /// Existing Secret (may be empty) for a self-managed CA and serving certificate. podwright creates and renews them,
    /// and writes the CA to the caBundle of the webhook configurations [default namespace: the Pod's]
    #[arg(long, value_name = "[NAMESPACE/]NAME", conflicts_with_all = ["tls_cert_file", "ca_file"], value_parser = secret)]
    tls_secret: Option<SecretName>,

    /// Service that the API server calls, in the Secret's namespace; the serving certificate has its DNS names
    #[arg(long, value_name = "NAME", default_value = "podwright", requires = "tls_secret")]
    service: String,

    /// Name of the mutating and the validating webhook configuration; podwright keeps their caBundle up to date
    #[arg(long, value_name = "NAME", default_value = "00-podwright", requires = "tls_secret")]
    webhook_configuration: String,

    /// Lifetime of a serving certificate; podwright renews it after two thirds
    #[arg(long, value_name = "DURATION", default_value = "720h", value_parser = lifetime, requires = "tls_secret",
        allow_hyphen_values = true)]
    leaf_life: Duration,

    /// Lifetime of the CA, at least three times --leaf-life; podwright replaces it after two thirds
    #[arg(long, value_name = "DURATION", default_value = "8760h", value_parser = lifetime, requires = "tls_secret",
        allow_hyphen_values = true)]
    ca_life: Duration,
}

/// A Secret's name, and its namespace if the flag has one.
#[derive(Debug, Clone)]
struct SecretName {
    namespace: Option<String>,
    name: String,
}

impl TlsSecret {
    /// Returns the rotated certificates for the Service's names and these; nothing without `--tls-secret`.
    pub(super) async fn certificates(
        &self,
        more: &[Name],
        configuration: &ConfigurationSource,
    ) -> Result<Option<CertificateSource>, Error> {
        let Some(SecretName { namespace, name }) = self.tls_secret.clone() else { return Ok(None) };
        let lifetimes = Lifetimes::new(self.leaf_life, self.ca_life);
        let lifetimes = lifetimes.map_err(|why| Error::new(format!("invalid --leaf-life or --ca-life: {why}")))?;
        let objects = ObjectNames { namespace, secret: name, configuration: self.webhook_configuration.clone() };
        let cluster = Cluster::infer(objects).await?;
        if configuration.pre_stop_action() == PreStopAction::Sleep {
            tokio::spawn(warn_of_old_versions(cluster.clone()));
        }
        let names = self.names(cluster.namespace(), more)?;
        // Served until the Secret is read. No API server trusts its CA.
        let meanwhile = TemporaryCa::create(&names)?.identity;
        Ok(Some(CertificateSource::rotated(CertificateController::new(cluster, names, lifetimes), meanwhile)))
    }

    /// Returns the Service's names and these. The API server connects to the first; people in the cluster may use the
    /// second.
    fn names(&self, namespace: &str, more: &[Name]) -> Result<Vec<Name>, Error> {
        let service =
            [format!("{}.{namespace}.svc", self.service), format!("{}.{namespace}.svc.cluster.local", self.service)];
        let mut names = Vec::new();
        for name in service {
            names.push(name.parse::<Name>().map_err(|error| Error::new(format!("--service: {error}")))?);
        }
        names.extend(more.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        Ok(names)
    }
}

fn secret(text: &str) -> Result<SecretName, InvalidValue> {
    let (namespace, name) = match text.split_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    };
    let is_name = |text: &str| text.parse::<Name>().is_ok_and(|name| matches!(name, Name::Dns(_)));
    match is_name(&name) && namespace.as_deref().is_none_or(is_name) {
        true => Ok(SecretName { namespace, name }),
        false => Err(InvalidValue::Secret),
    }
}

/// Warns of an API server or of kubelets that do not carry out a native sleep.
async fn warn_of_old_versions(cluster: Cluster) {
    if let Some(warning) = cluster.version().await.and_then(old_versions) {
        tracing::warn!("{warning}");
    }
}

/// Returns the warning about `preStop.sleep` for an API server of this version. podwright has no right to list nodes, so the
/// server's version decides about kubelets too.
fn old_versions(server: KubernetesVersion) -> Option<String> {
    let KubernetesVersion { major, minor } = server;
    if !server.knows_sleep() {
        return Some(format!(
            "the API server is version {major}.{minor}, and `preStop.sleep` needs 1.30: it refuses Pods with a sleep, or \
             drops the sleep. Set `preStopAction: Exec` in the configuration"
        ));
    }
    server.may_have_kubelets_without_sleep().then(|| {
        format!(
            "the API server is version {major}.{minor}, so a node may have a kubelet before 1.30, which ignores \
             `preStop.sleep`: containers there stop at once. See the versions with `kubectl get nodes`. Upgrade such nodes, \
             or set `preStopAction: Exec` in the configuration"
        )
    })
}
