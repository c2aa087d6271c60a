//! The choice of a cluster: by a kubeconfig file and a context, as kubectl does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use super::destination::Destination;
use super::error::{Error, with_causes};

/// The most contexts that an error names.
const NAMED: usize = 10;

/// A kubeconfig file and a context; each has kubectl's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterChoice {
    /// The file. By default KUBECONFIG, then ~/.kube/config; without a context also the Pod's ServiceAccount.
    pub kubeconfig: Option<PathBuf>,
    /// The context; by default the file's current one.
    pub context: Option<String>,
    /// The user to impersonate (`--as`); needs the right `impersonate`.
    pub user: Option<String>,
    /// The groups to impersonate (`--as-group`).
    pub groups: Vec<String>,
}

impl ClusterChoice {
    /// Returns the contexts of kubectl's kubeconfig file; none if it is unreadable.
    pub fn known_contexts() -> Vec<String> {
        Kubeconfig::read()
            .map(|read| read.contexts.into_iter().map(|context| context.name).collect())
            .unwrap_or_default()
    }

    /// Returns the client's settings for the cluster, and the cluster for messages. Sends nothing.
    pub(super) async fn config(self) -> Result<(Config, Arc<Destination>), Error> {
        let Self { kubeconfig, context, user, groups } = self;
        let file = kubeconfig.as_ref().map(|path| path.display().to_string());
        let current = context.clone().or_else(|| current_context(kubeconfig.as_deref()));
        let mut config = own_config(kubeconfig, context).await?;
        let server = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let destination = Destination { server, context: current, kubeconfig: file };
        config.auth_info.impersonate = user.or(config.auth_info.impersonate);
        if !groups.is_empty() {
            config.auth_info.impersonate_groups = Some(groups);
        }
        Ok((config, Arc::new(destination)))
    }
}

/// Returns the context that a kubeconfig file names as its current one; nothing in a Pod, or if the file is unreadable.
fn current_context(kubeconfig: Option<&Path>) -> Option<String> {
    kubeconfig.map_or_else(Kubeconfig::read, Kubeconfig::read_from).ok()?.current_context
}

/// Returns the settings of the user's own identity.
async fn own_config(kubeconfig: Option<PathBuf>, context: Option<String>) -> Result<Config, Error> {
    if kubeconfig.is_none() && context.is_none() {
        return Config::infer().await.map_err(|error| Error::NotInferred(with_causes(&error)));
    }
    let path = kubeconfig.clone().unwrap_or_else(default_path);
    let unusable = |reason: String| Error::Kubeconfig { path: path.clone(), reason };
    let read = kubeconfig.map_or_else(Kubeconfig::read, Kubeconfig::read_from);
    let read = read.map_err(|error| unusable(reason(&error)))?;
    if let Some(context) = &context {
        check_context(context, &read, &path)?;
    }
    let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
    let config = Config::from_custom_kubeconfig(read, &options).await;
    config.map_err(|error| unusable(with_causes(&error)))
}

/// Returns the path or paths that kubectl reads by default, for messages.
fn default_path() -> PathBuf {
    let set = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
    set.map_or_else(|| Path::new("~/.kube/config").to_owned(), PathBuf::from)
}

fn check_context(context: &str, kubeconfig: &Kubeconfig, path: &Path) -> Result<(), Error> {
    let mut names: Vec<&str> = kubeconfig.contexts.iter().map(|known| known.name.as_str()).collect();
    if names.contains(&context) {
        return Ok(());
    }
    let (example, count) = (names.first().copied().unwrap_or_default().to_owned(), names.len());
    names.truncate(NAMED);
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    Err(match names.is_empty() {
        true => Error::NoContexts { context: context.to_owned(), path: path.to_owned() },
        false => Error::UnknownContext {
            context: context.to_owned(),
            path: path.to_owned(),
            known: names.join(", ") + &more,
            example,
        },
    })
}

/// Describes an error in a kubeconfig file. Omits the parser's message, because it quotes the line, which may have a token.
fn reason(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(error) => match error.location() {
            Some(at) => format!("invalid YAML at line {}, column {}", at.line(), at.column()),
            None => "invalid YAML".to_owned(),
        },
        error => with_causes(error),
    }
}
