//! The configuration of the running podwright: from the ConfigMap that its Deployment mounts.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Container, PodSpec};

use super::{Places, parsed};
use crate::cluster::ClusterReader;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::state::Profiles;
use crate::inspect::webhook::{Entries, ServicePort};
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;

/// The file in the ConfigMap, unless the Deployment names another one.
const FILE: &str = "configuration.yaml";

/// The flag of `podwright serve` with the path.
const FLAG: &str = "--config";

/// The place of the configuration.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// This field of a ConfigMap.
    ConfigMap { name: String, field: String },
    /// podwright runs without a configuration file.
    BuiltIn,
    /// The Deployment mounts something else.
    Elsewhere,
}

/// Reads the configuration, as far as the user may see it.
pub(super) async fn configuration(reader: &ClusterReader, places: &Places, entries: Option<&Entries>) -> Profiles {
    let service = entries.and_then(|entries| entries.iter().find_map(|entry| entry.service.as_ref()));
    let namespace = service.map_or(&places.namespace, |service| &service.namespace).as_str();
    let deployment = match service {
        Some(service) => deployment(reader, service).await,
        None => None,
    };
    let usual = || Source::ConfigMap { name: places.config_map.clone(), field: FILE.to_owned() };
    match deployment.as_ref().map_or_else(usual, Source::of) {
        Source::BuiltIn => Profiles::seen(Configuration::default(), "the built-in configuration"),
        Source::Elsewhere => Profiles::unseen(Unseen::Absent(format!("a ConfigMap for the {FLAG} of podwright"))),
        Source::ConfigMap { name, field } => {
            let object = format!("ConfigMap {namespace}/{name}");
            match field_of(reader, namespace, (&name, &field)).await {
                Known::Seen(text) => of_text(&text, object),
                Known::Unseen(unseen) => Profiles::unseen(unseen),
            }
        }
    }
}

/// Reads podwright's Deployment, which has the Service's name; returns nothing if the user may not see it or it has another.
async fn deployment(reader: &ClusterReader, service: &ServicePort) -> Option<Deployment> {
    let ServicePort { namespace, name, .. } = service;
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
    serde_json::from_str(&reader.object(&path).await.ok()??).ok()
}

async fn field_of(reader: &ClusterReader, namespace: &str, (name, field): (&str, &str)) -> Known<String> {
    let object = format!("ConfigMap {namespace}/{name}");
    let json = match reader.object(&format!("/api/v1/namespaces/{namespace}/configmaps/{name}")).await {
        Ok(Some(json)) => json,
        Ok(None) => return Known::Unseen(Unseen::Absent(object)),
        Err(failure) => return Known::Unseen(Unseen::from_failure(object, failure)),
    };
    let absent = Unseen::Absent(format!("the field {field} of {object}"));
    match parsed(object, serde_json::from_str::<ConfigMap>(&json)) {
        Known::Seen(map) => {
            let text = map.data.and_then(|mut data| data.remove(field));
            text.map_or(Known::Unseen(absent), Known::Seen)
        }
        Known::Unseen(unseen) => Known::Unseen(unseen),
    }
}

fn of_text(text: &str, object: String) -> Profiles {
    match ConfigurationFile::parse(text) {
        Ok(file) => {
            let profiles = Profiles::seen(file.configuration().clone(), object);
            Profiles { text: Some(text.to_owned()), ..profiles }
        }
        // The running podwright keeps an earlier version, which nobody can read.
        Err(problems) => {
            let reason = problems.lines(&object).into_iter().next().unwrap_or_default();
            Profiles::unseen(Unseen::Failed { object, reason })
        }
    }
}

impl Source {
    fn of(deployment: &Deployment) -> Self {
        let spec = deployment.spec.template.spec.as_ref();
        let container = spec.and_then(|spec| spec.containers.first());
        let (Some(spec), Some(container)) = (spec, container) else { return Self::Elsewhere };
        match config_path(container) {
            None => Self::BuiltIn,
            Some(path) => Self::of_path(spec, container, path).unwrap_or(Self::Elsewhere),
        }
    }

    fn of_path(spec: &PodSpec, container: &Container, path: &str) -> Option<Self> {
        let (folder, file) = path.rsplit_once('/')?;
        let mounts = container.volume_mounts.iter().flatten();
        let mount = mounts.into_iter().find(|mount| mount.mount_path.trim_end_matches('/') == folder)?;
        let volume = spec.volumes.iter().flatten().find(|volume| volume.name == mount.name)?;
        let map = volume.config_map.as_ref()?;
        let item = map.items.iter().flatten().find(|item| item.path == file);
        let field = item.map_or(file, |item| item.key.as_str()).to_owned();
        Some(Self::ConfigMap { name: map.name.clone(), field })
    }
}

/// Returns the path behind `--config`, in either form.
fn config_path(container: &Container) -> Option<&str> {
    let mut arguments = container.command.iter().chain(&container.args).flatten();
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix(FLAG) {
            Some("") => return arguments.next().map(String::as_str),
            Some(path) if path.starts_with('=') => return path.strip_prefix('='),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a test may fail")]

    use serde_json::json;

    use super::Source;

    fn source(arguments: &[&str]) -> Source {
        let text = include_str!("../../../manifests/deployment.yaml");
        let mut deployment: serde_json::Value = serde_saphyr::from_str(text).unwrap_or_default();
        if !arguments.is_empty() {
            deployment["spec"]["template"]["spec"]["containers"][0]["args"] = json!(arguments);
        }
        Source::of(&serde_json::from_value(deployment).unwrap_or_default())
    }

    #[test]
    fn the_configuration_is_where_the_deployment_mounts_it() {
        let map = |field: &str| Source::ConfigMap { name: "podwright".into(), field: field.into() };
        assert_eq!(source(&[]), map("configuration.yaml"));
        assert_eq!(source(&["serve", "--config", "/etc/podwright/other.yaml"]), map("other.yaml"));
        assert_eq!(source(&["serve", "--config=/opt/own.yaml"]), Source::Elsewhere);
        assert_eq!(source(&["serve"]), Source::BuiltIn);
    }
}
