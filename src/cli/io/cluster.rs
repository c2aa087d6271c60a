//! The options of commands that inspect a cluster with their user's rights.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCandidates;

use super::candidates::{contexts, profiles};
use super::config_file;
use super::remedy::{GivenFlags, flags};
use crate::cli::error::Error;
use crate::cluster::{ClusterChoice, ClusterReader};
use crate::inspect::pod::is_object_name;
use crate::inspect::read::{Places, Stated};

/// The cluster and the user, as for kubectl.
#[derive(Debug, Args)]
pub(in crate::cli) struct ClusterOptions {
    /// kubeconfig file [default: KUBECONFIG, then ~/.kube/config, then the Pod's ServiceAccount]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig file [default: its current context]
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(contexts))]
    context: Option<String>,

    /// User to impersonate, such as jane or system:serviceaccount:NAMESPACE:NAME
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,

    /// Group to impersonate; can be repeated
    #[arg(long = "as-group", value_name = "GROUP", requires = "user")]
    groups: Vec<String>,
}

/// podwright's objects in the cluster, and facts in place of unseen ones.
#[derive(Debug, Args)]
pub(in crate::cli) struct PodwrightOptions {
    /// Name of the MutatingWebhookConfiguration
    #[arg(long, value_name = "NAME", default_value = "00-podwright")]
    webhook_configuration: String,

    /// Namespace of podwright, if no webhook entry names it
    #[arg(long, value_name = "NAME", default_value = "podwright-system")]
    podwright_namespace: String,

    /// ConfigMap with the configuration file, if podwright's Deployment does not show it
    #[arg(long, value_name = "NAME", default_value = "podwright")]
    config_map: String,

    /// Configuration file to use instead of the cluster's
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Treat Namespaces that you may not see as opted in with this profile
    #[arg(long, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    namespace_profile: Option<String>,
}

/// A text that no Namespace can have as its name.
#[derive(Debug, thiserror::Error)]
#[error("expected at most 63 lower-case letters, digits and hyphens between them, such as shop")]
pub(in crate::cli) struct NotNamespace;

/// Parses the name of a Namespace. An empty one, such as of an unset variable, is an error and does not mean all.
pub(in crate::cli) fn namespace_name(text: &str) -> Result<String, NotNamespace> {
    let is_name = is_object_name(text) && text.len() <= 63 && !text.contains('.');
    is_name.then(|| text.to_owned()).ok_or(NotNamespace)
}

impl ClusterOptions {
    /// Returns the choice of the cluster and the user.
    pub(in crate::cli) fn choice(&self) -> ClusterChoice {
        let (kubeconfig, context) = (self.kubeconfig.clone(), self.context.clone());
        ClusterChoice { kubeconfig, context, user: self.user.clone(), groups: self.groups.clone() }
    }

    /// Makes a client. Sends nothing yet. Needs a Tokio runtime.
    pub(in crate::cli) async fn connect(self) -> Result<ClusterReader, Error> {
        let Self { kubeconfig, context, user, groups } = self;
        let reader = ClusterReader::connect(ClusterChoice { kubeconfig, context, user, groups }).await;
        reader.map_err(|error| Error::Unreadable(error.to_string()))
    }
}

/// Returns the flags that remedies need in order to reach the same cluster and objects.
pub(in crate::cli) fn given_flags(
    ClusterOptions { kubeconfig, context, user, groups }: &ClusterOptions,
    objects: &PodwrightOptions,
    tls_secret: &str,
) -> GivenFlags {
    let kubeconfig = kubeconfig.as_ref().map(|path| path.display().to_string());
    let groups = groups.iter().map(|group| ("as-group", Some(group.clone())));
    let changed = |value: &str, usual: &str| (value != usual).then(|| value.to_owned());
    let configuration = ("webhook-configuration", changed(&objects.webhook_configuration, "00-podwright"));
    let config_map = ("config-map", changed(&objects.config_map, "podwright"));
    let others = [
        ("podwright-namespace", changed(&objects.podwright_namespace, "podwright-system")),
        ("config", objects.config.as_ref().map(|path| path.display().to_string())),
        ("namespace-profile", objects.namespace_profile.clone()),
    ];
    GivenFlags {
        cluster: flags([("kubeconfig", kubeconfig.clone()), ("context", context.clone())]),
        helm: flags([("kubeconfig", kubeconfig), ("kube-context", context.clone())]),
        user: flags([("as", user.clone())].into_iter().chain(groups)),
        certificates: flags([configuration.clone(), config_map.clone()]),
        objects: flags([configuration, config_map].into_iter().chain(others)),
        secret: flags([("tls-secret", changed(tls_secret, "podwright-tls"))]),
    }
}

impl PodwrightOptions {
    /// Returns the names of podwright's objects, and the facts that the user states.
    pub(in crate::cli) fn places(self) -> Result<(Places, Stated), Error> {
        let file = self.config.as_deref();
        let configuration = file.map(|file| Ok((config_file::configuration(Some(file))?, file.display().to_string())));
        let configuration = configuration.transpose().map_err(|error: Error| Error::Unreadable(error.to_string()))?;
        if let (Some((configuration, _)), Some(profile)) = (&configuration, &self.namespace_profile) {
            config_file::check_profile(configuration, profile)?;
        }
        let places = Places {
            namespace: self.podwright_namespace,
            webhook_configuration: self.webhook_configuration,
            config_map: self.config_map,
        };
        Ok((places, Stated { configuration, namespace_profile: self.namespace_profile }))
    }
}
