//! podwright's Deployment, and the facts in it.

use k8s_openapi::api::apps::v1::Deployment;

use crate::cluster::ClusterReader;
use crate::inspect::command::install_command;
use crate::inspect::finding::Mend;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::{Places, object};
use crate::inspect::source::Source;
use crate::inspect::webhook::{Entries, ServicePort};

/// The name of both webhook configurations in the manifests.
const WEBHOOK_CONFIGURATION: &str = "00-podwright";
/// The label of podwright's Pods, unless the Deployment selects another one.
const POD_LABEL: &str = "app.kubernetes.io/name=podwright";

/// The names of podwright's objects, in place of those that the Deployment shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledNames {
    /// The names that other commands know too.
    pub places: Places,
    /// The Secret with the certificate.
    pub tls_secret: String,
}

/// podwright in a cluster.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Its namespace.
    pub namespace: String,
    /// The Service of the webhook entries; `None` if they call a URL, or if nobody may see them.
    pub service: Option<ServicePort>,
    /// The Deployment, which has the Service's name.
    pub deployment: Known<Deployment>,
    /// The names, with the Secret of the Deployment if that is visible.
    pub names: InstalledNames,
    /// The tool that applied the Deployment or, if that is not visible, the webhook entries. `None` if neither is visible.
    pub source: Option<Source>,
    /// True if webhook entries exist; `None` if the user may not see them.
    has_entries: Option<bool>,
}

impl Installed {
    /// Reads the Deployment, as far as the user may see it.
    pub async fn read(reader: &ClusterReader, entries: Option<&Entries>, mut names: InstalledNames) -> Self {
        let service = entries.and_then(|entries| entries.iter().find_map(|entry| entry.service.clone()));
        let namespace = service.as_ref().map_or(&names.places.namespace, |service| &service.namespace).clone();
        let name = service.as_ref().map_or("podwright", |service| service.name.as_str());
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
        let deployment = object(reader, &path, format!("Deployment {namespace}/{name}")).await;
        if let Some(secret) = deployment.seen().and_then(secret) {
            names.tls_secret = secret;
        }
        let has_entries = entries.map(|entries| entries.iter().next().is_some());
        let source = deployment.seen().map(|it| Source::of(&it.metadata));
        let source = source.or_else(|| entries.and_then(|entries| entries.source.clone()));
        Self { namespace, service, deployment, names, source, has_entries }
    }

    /// Returns the name of the Deployment, if it exists or may exist.
    pub fn name(&self) -> &str {
        self.service.as_ref().map_or("podwright", |service| service.name.as_str())
    }

    /// Returns the label selector of the replicas.
    pub fn selector(&self) -> String {
        let labels = self.deployment.seen().and_then(|it| it.spec.selector.match_labels.as_ref());
        let pairs = labels.map(|labels| labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>());
        pairs.filter(|pairs| !pairs.is_empty()).map_or_else(|| POD_LABEL.to_owned(), |pairs| pairs.join(","))
    }

    /// Returns whether podwright makes its own certificate, as far as that is known.
    pub fn manages_certificates(&self) -> bool {
        let arguments = self.arguments();
        arguments.is_none_or(|mut arguments| arguments.any(|argument| argument.starts_with("--tls-secret")))
    }

    /// Returns whether podwright writes events, as far as that is known.
    pub fn writes_events(&self) -> bool {
        self.arguments().is_some_and(|mut arguments| arguments.any(|argument| argument == "--events"))
    }

    fn arguments(&self) -> Option<impl Iterator<Item = &String>> {
        let spec = self.deployment.seen().and_then(|it| it.spec.template.spec.as_ref());
        spec.and_then(|spec| spec.containers.first()).map(|it| it.args.iter().flatten())
    }

    /// Returns whether podwright runs outside of the cluster: entries with a URL, and no Deployment.
    pub fn is_outside(&self) -> bool {
        self.has_entries == Some(true) && self.service.is_none() && self.has_no_deployment()
    }

    /// Returns whether nothing is installed: no entries, and no Deployment.
    pub fn is_absent(&self) -> bool {
        self.has_entries == Some(false) && self.has_no_deployment()
    }

    fn has_no_deployment(&self) -> bool {
        matches!(self.deployment.unseen(), Some(Unseen::Absent(_)))
    }

    /// Returns the remedy that installs podwright's objects again.
    pub fn reinstall(&self) -> Mend {
        let configuration = &self.names.places.webhook_configuration;
        let again = self.source.as_ref().and_then(|source| source.apply_again(&self.namespace));
        let install = || match configuration.as_str() {
            WEBHOOK_CONFIGURATION => {
                let words = if self.is_absent() {
                    "Install podwright, with your options:"
                } else {
                    "Apply the manifests again, with your options:"
                };
                Mend::by(format!("{} | kubectl apply -f -", self.install_command())).text(words)
            }
            // `podwright install` has one name for the configurations.
            other => Mend::told(format!(
                "Apply the manifests again, with your overlay that gives the name {other} to the webhook configurations."
            )),
        };
        again.unwrap_or_else(install).page("docs/install.md")
    }

    /// Returns the remedy for zero replicas.
    pub fn scale_up(&self) -> Mend {
        let command = format!("kubectl scale deployment/{} -n {} --replicas=2", self.name(), self.namespace);
        let source = self.source.as_ref().and_then(Source::in_git);
        let words = source.map(|title| {
            format!("Also set the number of replicas in {title}, which otherwise sets 0 again. Scale up now:")
        });
        Mend::by(command).text(words.unwrap_or_default())
    }

    /// Returns `podwright install` for podwright's Namespace.
    pub fn install_command(&self) -> String {
        install_command(&self.namespace)
    }
}

/// Returns the Secret of the flag `--tls-secret`, or the one that the first container mounts.
fn secret(deployment: &Deployment) -> Option<String> {
    let spec = deployment.spec.template.spec.as_ref()?;
    let container = spec.containers.first()?;
    let mut arguments = container.command.iter().chain(&container.args).flatten();
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--tls-secret") {
            Some("") => arguments.next().map(String::as_str),
            Some(value) => value.strip_prefix('='),
            None => None,
        };
        if let Some(value) = value {
            return Some(value.rsplit('/').next().unwrap_or(value).to_owned());
        }
    }
    let mounted = container.volume_mounts.iter().flatten().filter_map(|mount| {
        let volume = spec.volumes.iter().flatten().find(|volume| volume.name == mount.name)?;
        volume.secret.as_ref()?.secret_name.clone()
    });
    mounted.into_iter().next()
}
