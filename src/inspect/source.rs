//! The tool that applied an object, by the labels and annotations that it leaves. A remedy has to go through this tool, because it
//! would revert any other change.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize as _;
use serde_json::Value;

use super::command::quoted;
use super::finding::Mend;
use crate::text::shorten;

/// The label of objects from a Helm chart, also from `helm template`.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The annotation with the name of the Helm release. `helm template` does not write it.
const RELEASE: &str = "meta.helm.sh/release-name";
/// The annotation of Argo CD: `APPLICATION:GROUP/KIND:NAMESPACE/NAME`.
const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
/// The labels of Flux: the prefix, the kind, and the word for `flux reconcile`.
const FLUX: [(&str, &str, &str); 2] = [
    ("helm.toolkit.fluxcd.io", "HelmRelease", "helmrelease"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomization"),
];

/// The source of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// True if it is from a Helm chart.
    is_chart: bool,
    tool: Tool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Tool {
    /// `kubectl apply`, or a tool without marks of its own.
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
    /// Reads the marks of an object.
    pub fn of(metadata: &ObjectMeta) -> Self {
        let label = |key: &str| metadata.labels.as_ref().and_then(|labels| labels.get(key));
        let annotation = |key: &str| metadata.annotations.as_ref().and_then(|all| all.get(key));
        let flux = FLUX.iter().find_map(|(prefix, kind, word)| {
            let name = label(&format!("{prefix}/name"))?;
            Some(flux(kind, word, name, label(&format!("{prefix}/namespace")).map_or("flux-system", String::as_str)))
        });
        let argo = || annotation(TRACKING_ID).and_then(|id| id.split(':').next()).map(argo);
        let helm = || annotation(RELEASE).map(|release| Tool::Helm(release.clone()));
        Self {
            is_chart: label(MANAGED_BY).is_some_and(|by| by == "Helm"),
            tool: flux.or_else(argo).or_else(helm).unwrap_or(Tool::Unknown),
        }
    }

    /// Reads the marks of an object as JSON.
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

    /// Returns the remedy that applies podwright's objects again. `None`: by `podwright install`.
    pub fn apply_again(&self, namespace: &str) -> Option<Mend> {
        match &self.tool {
            Tool::Helm(release) => {
                Some(Mend::by(upgrade(release, namespace)).text("Apply your chart again, with your release's values:"))
            }
            Tool::GitOps { title, apply } => {
                Some(Mend::by(apply).text(format!("{title} applies podwright's objects. Let it do so again:")))
            }
            Tool::Unknown if self.is_chart => {
                Some(Mend::told("Apply the chart again, with your values, by the tool that rendered it."))
            }
            Tool::Unknown => None,
        }
    }

    /// Returns the remedy that gives each of the profiles an entry. `None`: by `podwright install`.
    pub fn add_profiles(&self, namespace: &str, profiles: &[&str]) -> Option<Mend> {
        let set = format!("namespaceProfiles={{{}}}", profiles.join(","));
        match &self.tool {
            Tool::Helm(release) => Some(
                Mend::by(format!("{} --set {}", upgrade(release, namespace), quoted(&set)))
                    .text("Add an entry for the profile, with your chart and your other values:"),
            ),
            Tool::GitOps { title, apply } if self.is_chart => Some(
                Mend::by(apply)
                    .text(format!("Write `{}` into the values of {title}. Then apply them:", yaml(profiles))),
            ),
            Tool::GitOps { title, apply } => Some(
                Mend::by(apply)
                    .text(format!("Add an entry for the profile to the manifests of {title}. Then apply them:")),
            ),
            Tool::Unknown if self.is_chart => Some(Mend::told(format!(
                "Write `{}` into your values, and apply the chart again by the tool that rendered it.",
                yaml(profiles)
            ))),
            Tool::Unknown => None,
        }
    }
}

fn yaml(profiles: &[&str]) -> String {
    format!("namespaceProfiles: [{}]", profiles.join(", "))
}

fn flux(kind: &str, word: &str, name: &str, namespace: &str) -> Tool {
    // Without `--force`, the helm-controller leaves a release alone whose chart and values are the same.
    let force = if word == "helmrelease" { " --force" } else { "" };
    let place = format!("{} -n {}", quoted(name), quoted(namespace));
    Tool::GitOps {
        title: format!("Flux's {kind} {namespace}/{name}"),
        apply: format!("flux reconcile {word} {place} --with-source{force}"),
    }
}

/// `NAMESPACE_APPLICATION` is an Application outside of Argo CD's own Namespace. No name has a `_`.
fn argo(application: &str) -> Tool {
    let application = application.replacen('_', "/", 1);
    Tool::GitOps {
        title: format!("Argo CD's Application {}", shorten(&application)),
        apply: format!("argocd app sync {}", quoted(&application)),
    }
}

/// Returns `helm upgrade`. It keeps the release's values, and takes new defaults from the chart. The cluster does not know
/// where the chart is from, so the command names the one in podwright's repository.
fn upgrade(release: &str, namespace: &str) -> String {
    format!("helm upgrade {} charts/podwright -n {} --reset-then-reuse-values", quoted(release), quoted(namespace))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

    use super::Source;

    fn source(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> Source {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Source::of(&ObjectMeta {
            labels: Some(map(labels)),
            annotations: Some(map(annotations)),
            ..ObjectMeta::default()
        })
    }

    const CHART: (&str, &str) = ("app.kubernetes.io/managed-by", "Helm");
    const RELEASE: (&str, &str) = ("meta.helm.sh/release-name", "edge");
    const ARGO: (&str, &str) = ("argocd.argoproj.io/tracking-id", "platform-podwright:apps/Deployment:p/podwright");
    const FLUX: [(&str, &str); 2] =
        [("helm.toolkit.fluxcd.io/name", "podwright"), ("helm.toolkit.fluxcd.io/namespace", "fleet")];

    #[test]
    fn each_tool_applies_its_objects_itself() {
        let flux = [CHART, FLUX[0], FLUX[1]];
        let kustomization = [("kustomize.toolkit.fluxcd.io/name", "platform")];
        for (source, command, words) in [
            (
                source(&[CHART], &[RELEASE]),
                "helm upgrade edge charts/podwright -n p --reset-then-reuse-values --set 'namespaceProfiles={a,b}'",
                "your other values",
            ),
            (
                source(&[CHART], &[ARGO]),
                "argocd app sync platform-podwright",
                "Write `namespaceProfiles: [a, b]` into the values of Argo CD's Application platform-podwright.",
            ),
            (source(&[], &[ARGO]), "argocd app sync platform-podwright", "to the manifests of Argo CD's Application"),
            (
                source(&[], &[(ARGO.0, "team-a_edge:apps/Deployment:p/podwright")]),
                "argocd app sync team-a/edge",
                "to the manifests of Argo CD's Application team-a/edge.",
            ),
            (
                source(&flux, &[RELEASE]),
                "flux reconcile helmrelease podwright -n fleet --with-source --force",
                "Write `namespaceProfiles: [a, b]` into the values of Flux's HelmRelease fleet/podwright.",
            ),
            (
                source(&kustomization, &[]),
                "flux reconcile kustomization platform -n flux-system --with-source",
                "to the manifests of Flux's Kustomization flux-system/platform.",
            ),
        ] {
            let mend = source.add_profiles("p", &["a", "b"]).unwrap_or_default();
            assert!(mend.commands == [command] && mend.text.contains(words), "{mend:?}");
            let again = source.apply_again("p").unwrap_or_default();
            assert!(again.commands.iter().all(|again| command.starts_with(again.as_str())), "{again:?}");
            assert_eq!(again.commands.len(), 1);
        }
    }

    /// Argo CD's older tracking by label leaves no mark of its own, and neither does `helm template`.
    #[test]
    fn a_rendered_chart_is_no_release() {
        let rendered = source(&[CHART], &[]);
        for mend in [rendered.apply_again("p"), rendered.add_profiles("p", &["a"])] {
            let mend = mend.unwrap_or_default();
            assert!(mend.commands.is_empty() && mend.text.contains("the tool that rendered it"), "{mend:?}");
        }
    }

    #[test]
    fn objects_without_marks_are_from_podwright_install() {
        let plain = Source::of(&ObjectMeta::default());
        assert_eq!((plain.apply_again("p"), plain.add_profiles("p", &["a"])), (None, None));
    }
}
