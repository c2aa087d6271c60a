//! `manifests/` as compiled into the binary, with comments.

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("../../../manifests/", $name, ".yaml"))
    };
}

/// All manifests in the order of manifests/kustomization.yaml: dependencies first, webhook configurations last.
pub(super) const MANIFESTS: [&str; 13] = [
    manifest!("namespace"),
    manifest!("resourcequota"),
    manifest!("serviceaccount"),
    manifest!("validatingadmissionpolicy"),
    manifest!("rbac"),
    manifest!("configmap"),
    manifest!("secret"),
    manifest!("service"),
    manifest!("networkpolicy"),
    manifest!("poddisruptionbudget"),
    manifest!("deployment"),
    manifest!("mutatingwebhookconfiguration"),
    manifest!("validatingwebhookconfiguration"),
];

/// The Namespace in the manifests.
pub(super) const NAMESPACE: &str = "podwright-system";
