//! The tool that applied an object, recognised by the tool's labels and annotations. A remedy must use this tool, because the tool
//! reverts other changes.

mod remedies;
#[cfg(test)]
mod tests;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize as _;
use serde_json::Value;

use super::command::quoted;
use super::pod::is_object_name;

/// The label of objects from a Helm chart, also from `helm template`.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label of podwright's objects in a parent chart.
const PART_OF: &str = "app.kubernetes.io/part-of";
/// The annotation with the name of the Helm release. `helm template` does not write it.
const RELEASE: &str = "meta.helm.sh/release-name";
/// The annotation of Argo CD: `APPLICATION:GROUP/KIND:NAMESPACE/NAME`.
const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
/// The label that Argo CD's documentation proposes for tracking by label.
const INSTANCE: &str = "argocd.argoproj.io/instance";
/// The labels of Flux: the prefix, the kind, and the arguments of `flux reconcile`. Without `--force`, the helm-controller leaves
/// a release alone if its chart and values are the same.
const FLUX: [(&str, &str, [&str; 2]); 2] = [
    ("helm.toolkit.fluxcd.io", "HelmRelease", ["helmrelease", " --force"]),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", ["kustomization", ""]),
];

/// The source of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// True if it is from a Helm chart.
    is_chart: bool,
    /// True if that chart is part of another one: its objects then have the release's name as `part-of`.
    is_part: bool,
    tool: Tool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Tool {
    /// `kubectl apply`, or a tool without labels and annotations of its own.
    Unknown,
    /// Helm, with the name of the release.
    Helm(String),
    /// Argo CD or Flux.
    GitOps {
        /// Such as `Argo CD's Application podwright`.
        title: String,
        /// The command that applies the source.
        apply: String,
    },
}

impl Source {
    /// Reads the labels and annotations of an object. Ignores values that no tool writes, such as an empty name.
    pub fn of(metadata: &ObjectMeta) -> Self {
        let label = |key: &str| metadata.labels.as_ref()?.get(key).map(String::as_str);
        let annotation = |key: &str| metadata.annotations.as_ref()?.get(key).map(String::as_str);
        let flux = FLUX.into_iter().find_map(|(prefix, kind, words)| {
            let name = label(&format!("{prefix}/name"))?;
            flux((kind, words), name, label(&format!("{prefix}/namespace")).unwrap_or("flux-system"))
        });
        let tracked = annotation(TRACKING_ID).and_then(|id| application(id, metadata)).or_else(|| label(INSTANCE));
        let release = annotation(RELEASE).filter(|release| is_object_name(release));
        let is_part = label(PART_OF).is_some_and(|whole| release.is_none_or(|release| release == whole));
        let tool = flux.or_else(|| argo(tracked?)).or_else(|| Some(Tool::Helm(release?.to_owned())));
        Self { is_chart: label(MANAGED_BY) == Some("Helm"), is_part, tool: tool.unwrap_or(Tool::Unknown) }
    }

    /// Reads the labels and annotations of an object as JSON.
    pub fn of_json(object: &Value) -> Self {
        Self::of(&object.get("metadata").map(ObjectMeta::deserialize).and_then(Result::ok).unwrap_or_default())
    }

    /// Returns the name of the source in Git, such as `Argo CD's Application shop`.
    pub fn in_git(&self) -> Option<&str> {
        match &self.tool {
            Tool::GitOps { title, .. } => Some(title),
            Tool::Helm(_) | Tool::Unknown => None,
        }
    }
}

fn flux((kind, [word, flag]): (&str, [&str; 2]), name: &str, namespace: &str) -> Option<Tool> {
    (is_object_name(name) && is_object_name(namespace)).then(|| Tool::GitOps {
        title: format!("Flux's {kind} {namespace}/{name}"),
        apply: format!("flux reconcile {word} {name} -n {namespace} --with-source{flag}"),
    })
}

/// Returns the Application of a tracking id. Argo CD ignores an id that names another object, as in a copy.
fn application<'i>(id: &'i str, metadata: &ObjectMeta) -> Option<&'i str> {
    let (application, object) = id.split_once(':')?;
    let (namespace, name) = object.rsplit(':').next()?.split_once('/')?;
    let is_own = metadata.name.as_deref() == Some(name)
        // For a cluster-scoped object, the id's namespace is the Application's destination.
        && metadata.namespace.as_deref().is_none_or(|own| own == namespace);
    is_own.then_some(application)
}

/// Returns the source of an Application. `NAMESPACE_NAME` is one outside of Argo CD's own Namespace.
fn argo(application: &str) -> Option<Tool> {
    application.split('_').all(is_object_name).then(|| {
        let application = application.replacen('_', "/", 1);
        Tool::GitOps {
            apply: format!("argocd app sync {}", quoted(&application)),
            title: format!("Argo CD's Application {application}"),
        }
    })
}
