//! The kind of an object as users write it: `pod`, `deploy`, `rollouts.argoproj.io`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIGroupList, APIResource, APIResourceList};

use super::error::WhyError;
use crate::cluster::ClusterReader;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::pod::OwnerReference;
use crate::inspect::read::object;

/// A resource of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resource {
    /// The API group; empty for the core group.
    pub(super) group: String,
    /// The kind, such as `Deployment`.
    pub(super) kind: String,
    /// The path of the API, such as `/apis/apps/v1`.
    api: String,
    /// The name in paths, such as `deployments`.
    plural: String,
}

/// Kubernetes' own kinds: words that users write, API group, path of the API, name in paths, kind.
const KNOWN: [(&[&str], &str, &str, &str, &str); 10] = [
    (&["pod", "po"], "", "/api/v1", "pods", "Pod"),
    (&["namespace", "ns"], "", "/api/v1", "namespaces", "Namespace"),
    (&["deployment", "deploy"], "apps", "/apis/apps/v1", "deployments", "Deployment"),
    (&["statefulset", "sts"], "apps", "/apis/apps/v1", "statefulsets", "StatefulSet"),
    (&["daemonset", "ds"], "apps", "/apis/apps/v1", "daemonsets", "DaemonSet"),
    (&["replicaset", "rs"], "apps", "/apis/apps/v1", "replicasets", "ReplicaSet"),
    (&["replicationcontroller", "rc"], "", "/api/v1", "replicationcontrollers", "ReplicationController"),
    (&["job"], "batch", "/apis/batch/v1", "jobs", "Job"),
    (&["cronjob", "cj"], "batch", "/apis/batch/v1", "cronjobs", "CronJob"),
    (&["podtemplate"], "", "/api/v1", "podtemplates", "PodTemplate"),
];

impl Resource {
    /// Finds a kind by a word in any case, singular, plural or short, with or without its group.
    ///
    /// # Errors
    /// If no API of the cluster has it, or the user may not see the APIs.
    pub(super) async fn find(reader: &ClusterReader, word: &str) -> Result<Self, WhyError> {
        let word = word.to_lowercase();
        match Self::known(&word) {
            Some(known) => Ok(known),
            None => Self::discovered(reader, &word).await,
        }
    }

    /// Finds the kind of an owner.
    pub(super) async fn of_owner(reader: &ClusterReader, owner: &OwnerReference<'_>) -> Known<Self> {
        let (group, version) = owner.api_version.split_once('/').unwrap_or(("", &owner.api_version));
        let known = KNOWN.iter().find(|known| (known.1, known.4) == (group, owner.kind.as_ref()));
        if let Some(known) = known {
            return Known::Seen(Self::of_row(known));
        }
        match resources(reader, group, version).await {
            Known::Seen(list) => {
                let found = list.resources.iter().find(|it| it.kind == owner.kind && !it.name.contains('/'));
                let absent = || Unseen::Absent(format!("the kind {} of {}", owner.kind, owner.api_version));
                found.map_or_else(|| Known::Unseen(absent()), |it| Known::Seen(Self::of_resource(group, version, it)))
            }
            Known::Unseen(unseen) => Known::Unseen(unseen),
        }
    }

    fn known(word: &str) -> Option<Self> {
        let (word, group) = word.split_once('.').map_or((word, None), |(word, group)| (word, Some(group)));
        let is_meant = |known: &&(&[&str], &str, &str, &str, &str)| {
            (known.0.contains(&word) || known.3 == word) && group.is_none_or(|group| group == known.1)
        };
        KNOWN.iter().find(is_meant).map(Self::of_row)
    }

    fn of_row((_, group, api, plural, kind): &(&[&str], &str, &str, &str, &str)) -> Self {
        let [group, kind, api, plural] = [group, kind, api, plural].map(|text| (*text).to_owned());
        Self { group, kind, api, plural }
    }

    fn of_resource(group: &str, version: &str, resource: &APIResource) -> Self {
        let (group, kind, plural) = (group.to_owned(), resource.kind.clone(), resource.name.clone());
        Self { api: api_path(&group, version), group, kind, plural }
    }

    async fn discovered(reader: &ClusterReader, word: &str) -> Result<Self, WhyError> {
        let (name, wanted) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(group)));
        let groups: APIGroupList = match object(reader, "/apis", "the APIs of the cluster").await {
            Known::Seen(groups) => groups,
            Known::Unseen(unseen) => return Err(WhyError::Unseen(unseen)),
        };
        for group in groups.groups.iter().filter(|group| wanted.is_none_or(|wanted| wanted == group.name)) {
            let Some(version) = group.preferred_version.as_ref().or(group.versions.first()) else { continue };
            let Known::Seen(list) = resources(reader, &group.name, &version.version).await else { continue };
            if let Some(found) = list.resources.iter().find(|resource| is_called(resource, name)) {
                return Ok(Self::of_resource(&group.name, &version.version, found));
            }
        }
        Err(WhyError::UnknownKind(word.to_owned()))
    }

    /// Returns the path of an object.
    pub(super) fn path(&self, namespace: &str, name: &str) -> String {
        let Self { api, plural, kind, .. } = self;
        match kind.as_str() {
            "Namespace" => format!("{api}/{plural}/{name}"),
            _ => format!("{api}/namespaces/{namespace}/{plural}/{name}"),
        }
    }
}

fn is_called(resource: &APIResource, word: &str) -> bool {
    let is = |name: &str| name.eq_ignore_ascii_case(word);
    let short = || resource.short_names.iter().flatten().any(|name| is(name));
    resource.namespaced
        && !resource.name.contains('/')
        && (is(&resource.name) || is(&resource.singular_name) || is(&resource.kind) || short())
}

fn api_path(group: &str, version: &str) -> String {
    if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") }
}

async fn resources(reader: &ClusterReader, group: &str, version: &str) -> Known<APIResourceList> {
    let path = api_path(group, version);
    object(reader, &path, format!("the API {path}")).await
}

#[cfg(test)]
mod tests {
    use super::Resource;

    #[test]
    fn kinds_are_known_by_every_usual_word() {
        for (word, kind) in [
            ("po", Some("Pod")),
            ("pods", Some("Pod")),
            ("deployment.apps", Some("Deployment")),
            ("deployments.apps", Some("Deployment")),
            ("deployment.argoproj.io", None),
            ("ns", Some("Namespace")),
            ("rollout", None),
        ] {
            assert_eq!(Resource::known(word).map(|found| found.kind).as_deref(), kind, "{word}");
        }
    }
}
