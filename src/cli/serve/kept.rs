//! The flags for certificates that the cluster keeps, and what is made of them.
//!
//! Never in force beside certificate files: who has those, has somebody else to renew them.

use std::time::{Duration, SystemTime};

use clap::Args;

use super::{Error, in_memory, interval};
use crate::cert::Name;
use crate::cert::keeper::Lives;
use crate::cluster::{Cluster, Keeper, Place};
use crate::profile::PreStopAction;
use crate::server::{CertificateSource, ConfigurationSource};

/// Where the certificates are kept, whose names they have, and for how long.
#[derive(Debug, Args)]
pub(super) struct Kept {
    /// Keep the certificates in this Secret, which is there and may be empty: a CA and a serving certificate are made, renewed
    /// in time, and the CA is written to the caBundle of the webhook configurations. Without a namespace, the Pod's own
    #[arg(long, value_name = "[NAMESPACE/]NAME", conflicts_with_all = ["tls_cert_file", "ca_file"], value_parser = secret)]
    tls_secret: Option<Secret>,

    /// The Service that the API server calls, in the Secret's namespace: the serving certificate is for its DNS names
    #[arg(long, value_name = "NAME", default_value = "podwright", requires = "tls_secret")]
    service: String,

    /// The webhook configurations, mutating and validating, whose caBundle is kept
    #[arg(long, value_name = "NAME", default_value = "00-podwright", requires = "tls_secret")]
    webhook_configuration: String,

    /// How long a serving certificate lives; it is renewed at two thirds
    #[arg(long, value_name = "DURATION", default_value = "720h", value_parser = interval, requires = "tls_secret")]
    leaf_life: Duration,

    /// How long the CA lives, three times as long as a serving certificate or longer; it is replaced at two thirds
    #[arg(long, value_name = "DURATION", default_value = "8760h", value_parser = interval, requires = "tls_secret")]
    ca_life: Duration,
}

/// A Secret's name, with its namespace where that is said.
#[derive(Debug, Clone)]
struct Secret {
    namespace: Option<String>,
    name: String,
}

impl Kept {
    /// Where the flags ask for it: the certificates, kept for the Service's names and these.
    pub(super) async fn certificates(
        &self,
        more: &[Name],
        configuration: &ConfigurationSource,
    ) -> Result<Option<CertificateSource>, Error> {
        let Some(Secret { namespace, name }) = self.tls_secret.clone() else { return Ok(None) };
        let lives = Lives::new(self.leaf_life, self.ca_life);
        let lives = lives.map_err(|why| Error::new(format!("--leaf-life and --ca-life: {why}")))?;
        let place = Place { namespace, secret: name, configuration: self.webhook_configuration.clone() };
        let cluster = Cluster::infer(place).await?;
        if configuration.pre_stop_action() == PreStopAction::Sleep {
            tokio::spawn(warn_of_an_old_server(cluster.clone()));
        }
        let names = self.names(cluster.namespace(), more)?;
        // Until the Secret is read; with a CA that nobody has.
        let (meanwhile, _) = in_memory(&names, SystemTime::now())?;
        Ok(Some(CertificateSource::kept(Keeper::new(cluster, names, lives), meanwhile)))
    }

    /// The API server calls the first; the second is for people within the cluster.
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

fn secret(text: &str) -> Result<Secret, String> {
    let (namespace, name) = match text.split_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    };
    let is_name = |text: &str| text.parse::<Name>().is_ok_and(|name| matches!(name, Name::Dns(_)));
    match is_name(&name) && namespace.as_deref().is_none_or(is_name) {
        true => Ok(Secret { namespace, name }),
        false => {
            Err("expected a Secret's name, such as `podwright-system/podwright-tls` or `podwright-tls`".to_owned())
        }
    }
}

/// Older servers refuse a Pod with a native sleep, or drop it in silence.
async fn warn_of_an_old_server(cluster: Cluster) {
    if let Some(version) = cluster.version().await
        && !version.knows_sleep()
    {
        let (major, minor) = (version.major, version.minor);
        tracing::warn!(
            "the API server is {major}.{minor}, and `preStop.sleep` is known from 1.30 on: Pods that are to have it are refused, or \
             run without it. Expected `preStopAction: Exec` in the configuration"
        );
    }
}
