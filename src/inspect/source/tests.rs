use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Source;

type Pairs<'p> = &'p [(&'p str, &'p str)];

fn source(labels: Pairs<'_>, annotations: Pairs<'_>) -> Source {
    let map = |pairs: Pairs<'_>| Some(pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect());
    let (name, namespace) = (Some("podwright".to_owned()), Some("p".to_owned()));
    Source::of(&ObjectMeta {
        name,
        namespace,
        labels: map(labels),
        annotations: map(annotations),
        ..ObjectMeta::default()
    })
}

const CHART: (&str, &str) = ("app.kubernetes.io/managed-by", "Helm");
const PART: (&str, &str) = ("app.kubernetes.io/part-of", "edge");
const RELEASE: (&str, &str) = ("meta.helm.sh/release-name", "edge");
const TRACKED: &str = "argocd.argoproj.io/tracking-id";
const ARGO: (&str, &str) = (TRACKED, "platform-podwright:apps/Deployment:p/podwright");
const FLUX: [(&str, &str); 2] =
    [("helm.toolkit.fluxcd.io/name", "podwright"), ("helm.toolkit.fluxcd.io/namespace", "fleet")];

#[test]
fn each_tool_applies_its_objects_itself() {
    let flux = [CHART, FLUX[0], FLUX[1]];
    let kustomization = [("kustomize.toolkit.fluxcd.io/name", "platform")];
    let by_label = [CHART, ("argocd.argoproj.io/instance", "edge")];
    for (source, command, words) in [
        (
            source(&[CHART], &[RELEASE]),
            "helm upgrade edge charts/podwright -n p --reset-then-reuse-values --set 'namespaceProfiles={a,b}'",
            "your other values",
        ),
        // A label of the user's own.
        (
            source(&[CHART, (PART.0, "platform")], &[RELEASE]),
            "helm upgrade edge charts/podwright -n p --reset-then-reuse-values --set 'namespaceProfiles={a,b}'",
            "your other values",
        ),
        (
            source(&[CHART], &[ARGO]),
            "argocd app sync platform-podwright",
            "set `namespaceProfiles: [a, b]` in the values of Argo CD's Application platform-podwright.",
        ),
        (source(&[], &[ARGO]), "argocd app sync platform-podwright", "to the manifests of Argo CD's Application"),
        (
            source(&[], &[(TRACKED, "team-a_edge:apps/Deployment:p/podwright")]),
            "argocd app sync team-a/edge",
            "to the manifests of Argo CD's Application team-a/edge.",
        ),
        (source(&by_label, &[]), "argocd app sync edge", "in the values of Argo CD's Application edge."),
        (
            source(&flux, &[RELEASE]),
            "flux reconcile helmrelease podwright -n fleet --with-source --force",
            "set `namespaceProfiles: [a, b]` in the values of Flux's HelmRelease fleet/podwright.",
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

/// Argo CD's tracking by `app.kubernetes.io/instance` leaves no label of its own, and neither does `helm template`. An upgrade of a
/// parent's release to podwright's chart would delete the parent's other objects.
#[test]
fn charts_without_their_own_release_get_no_command() {
    for (source, words) in [
        (source(&[CHART], &[]), "the tool that rendered it"),
        (source(&[CHART, PART], &[RELEASE]), "the Helm release edge"),
    ] {
        for mend in [source.apply_again("p"), source.add_profiles("p", &["a"])] {
            let mend = mend.unwrap_or_default();
            assert!(mend.commands.is_empty() && mend.text.contains(words), "{mend:?}");
        }
    }
}

#[test]
fn values_that_no_tool_writes_are_ignored() {
    let ids = [
        "",
        ":",
        "shop",
        "shop:apps/Deployment:other/podwright",
        "shop:apps/Deployment:p/other",
        ":apps/Deployment:p/podwright",
        "--evil:apps/Deployment:p/podwright",
        "a b:apps/Deployment:p/podwright",
    ];
    for id in ids {
        assert_eq!(source(&[], &[(TRACKED, id)]), source(&[], &[]), "{id}");
    }
    for name in ["", "--evil", "a'b", "A"] {
        let flux = [("kustomize.toolkit.fluxcd.io/name", name)];
        let place = [FLUX[0], ("helm.toolkit.fluxcd.io/namespace", name)];
        let instance = [("argocd.argoproj.io/instance", name)];
        for labels in [&flux[..], &place, &instance] {
            assert_eq!(source(labels, &[("meta.helm.sh/release-name", name)]), source(&[], &[]), "{name}");
        }
    }
}

/// The tracking id of an object without a Namespace names the Application's destination.
#[test]
fn a_cluster_scoped_object_is_its_own_in_any_namespace() {
    let annotations =
        [(TRACKED.to_owned(), "edge:admissionregistration.k8s.io/MutatingWebhookConfiguration:p/podwright".to_owned())];
    let metadata = ObjectMeta {
        name: Some("podwright".to_owned()),
        annotations: Some(annotations.into()),
        ..ObjectMeta::default()
    };
    assert_eq!(Source::of(&metadata).in_git(), Some("Argo CD's Application edge"));
}

#[test]
fn other_objects_are_from_podwright_install() {
    let plain = source(&[], &[]);
    assert_eq!((plain.apply_again("p"), plain.add_profiles("p", &["a"])), (None, None));
}
