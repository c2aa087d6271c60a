//! The options of `install` and `uninstall`, and the objects that they make of `manifests/`.

use std::io::{Write as _, stderr};
use std::num::NonZero;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::component::{self, Component};
use super::image::Image;
use super::installation::{Installation, place};
use super::namespace::NamespaceName;
use super::outside::OutsideWebhook;
use super::profiles;
use super::webhook_url::WebhookUrl;
use crate::cli::error::Error;
use crate::cli::io::{config_file, input};
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;

/// The options of an installation.
#[derive(Debug, Args)]
pub(in crate::cli) struct InstallOptions {
    /// Image that the nodes pull [default: podwright, tagged with this version]
    #[arg(long, value_name = "IMAGE", conflicts_with = "webhook_url")]
    image: Option<Image>,

    /// Number of replicas, at least 2; a single replica would block the drain of its node
    #[arg(long, value_name = "NUMBER", conflicts_with = "webhook_url", value_parser = replicas)]
    replicas: Option<NonZero<u16>>,

    /// Configuration file with your profiles, for the ConfigMap; - reads standard input [default: the built-in profiles]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Namespace for podwright alone [default: podwright-system]
    #[arg(long, value_name = "NAME")]
    namespace: Option<NamespaceName>,

    /// Profiles that a Namespace can name in its label podwright.dev/profile, separated by commas; each gets a webhook entry
    /// [default: default,web]
    #[arg(long = "namespace-profile", value_name = "PROFILE", value_delimiter = ',')]
    namespace_profiles: Vec<String>,

    /// Component of manifests/components; can be repeated
    #[arg(long = "component", value_name = "NAME", value_delimiter = ',', conflicts_with = "webhook_url")]
    components: Vec<Component>,

    /// Short for --component strict. Apply this only after podwright is ready
    #[arg(long, conflicts_with = "webhook_url")]
    strict: bool,

    /// URL of a webhook outside the cluster, as the API server reaches it; podwright appends /mutate and /check
    #[arg(long, value_name = "URL", requires = "ca_file")]
    webhook_url: Option<WebhookUrl>,

    /// CA of that webhook's certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "webhook_url")]
    ca_file: Option<PathBuf>,
}

impl InstallOptions {
    /// Returns the names of the objects, in the order in which they are to be deleted. Reads no file.
    pub(in crate::cli) fn names(&self) -> Result<String, Error> {
        self.named()?.names()
    }

    /// Returns the manifests with all options.
    pub(super) fn rendered(&self) -> Result<String, Error> {
        let mut installation = self.named()?;
        let file = self.config.as_deref().map(config_file::text_and_document).transpose()?;
        self.add_profiles(file.as_ref().map(|(_, document)| document), &mut installation)?;
        if let (Some(url), Some(ca_file)) = (&self.webhook_url, &self.ca_file) {
            return OutsideWebhook { url, ca_file }.rendered(installation);
        }
        if let (Some((text, document)), Some(path)) = (file, &self.config) {
            let warnings = document.warnings().warning_lines(&input::shown(path));
            warnings.iter().try_for_each(|warning| writeln!(stderr(), "{warning}"))?;
            add_configuration(&text, &mut installation);
        }
        self.add_deployment(&mut installation);
        installation.rendered()
    }

    /// Applies the options that decide on names: the installation's objects, but not all of their fields.
    fn named(&self) -> Result<Installation, Error> {
        let mut installation = Installation::new()?;
        let strict = self.strict.then_some(Component::Strict);
        let components: Vec<Component> = self.components.iter().copied().chain(strict).collect();
        component::apply(&components, &mut installation)?;
        if let Some(namespace) = &self.namespace {
            namespace.apply(&mut installation);
        }
        if self.webhook_url.is_some() {
            installation.objects.retain(|object| object.is_webhook_configuration());
        }
        Ok(installation)
    }

    fn add_profiles(&self, document: Option<&ConfigurationFile>, installation: &mut Installation) -> Result<(), Error> {
        let built_in = Configuration::default();
        let configuration = document.map_or(&built_in, ConfigurationFile::configuration);
        let mut names: Vec<String> = Vec::new();
        for name in &self.namespace_profiles {
            config_file::check_profile(configuration, name)?;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        if names.is_empty() { Ok(()) } else { profiles::apply(&names, installation) }
    }

    fn add_deployment(&self, installation: &mut Installation) {
        let image = self.image.as_ref().map(|Image(image)| Value::from(image.as_str()));
        let replicas = self.replicas.map(|replicas| Value::from(replicas.get()));
        for deployment in installation.of_kind("Deployment") {
            let fields = [
                (&["spec", "template", "spec", "containers", "0", "image"][..], &image),
                (&["spec", "replicas"], &replicas),
            ];
            for (steps, wanted) in fields {
                if let (Some(field), Some(wanted)) = (place(&mut deployment.value, steps), wanted) {
                    *field = wanted.clone();
                }
            }
        }
    }
}

/// Puts the file's text, with its comments, into the ConfigMap.
fn add_configuration(text: &str, installation: &mut Installation) {
    const FILE: &str = "configuration.yaml";
    for map in installation.of_kind("ConfigMap") {
        if let Some(field) = place(&mut map.value, &["data", FILE]) {
            *field = Value::from(text);
            // Otherwise, the text is written in quotes.
            let _ = map.write_block(FILE, text);
        }
    }
}

/// A value of `--replicas` that is not a number from 2.
#[derive(Debug, thiserror::Error)]
#[error("expected a whole number from 2 to 65535, such as `3`")]
struct InvalidReplicas;

fn replicas(text: &str) -> Result<NonZero<u16>, InvalidReplicas> {
    text.parse().ok().filter(|replicas: &NonZero<u16>| replicas.get() > 1).ok_or(InvalidReplicas)
}
