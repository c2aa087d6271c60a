//! `manifests/components/`: the same files as for kustomize, applied to the installation's objects.

mod kustomization;
mod merge;

use clap::ValueEnum;
use kustomization::{Kustomization, unfit};

use super::installation::{Installation, InstalledObject};
use crate::cli::error::Error;

macro_rules! component {
    ($name:literal) => {
        include_str!(concat!("../../../../manifests/components/", $name, ".yaml"))
    };
}

/// A component of the manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Component {
    /// Refuse opted-in Pods while podwright is unreachable
    Strict,
    /// Listen on the ports 10750 and 10751 of the nodes
    HostNetwork,
    /// Take the certificate from the Secret podwright-serving-certificate
    MountedCertificate,
    /// Take it from cert-manager
    CertManager,
    /// Add a PodMonitor, alerts as a PrometheusRule, and a Grafana dashboard
    Monitoring,
    // After those that take the token away.
    /// Write events on the controllers of Pods
    Events,
}

impl Component {
    /// Returns the kustomization and the files that it names.
    fn files(self) -> (&'static str, &'static [(&'static str, &'static str)]) {
        match self {
            Self::Strict => (component!("strict/kustomization"), &[]),
            Self::HostNetwork => (component!("host-network/kustomization"), &[]),
            Self::MountedCertificate => (component!("mounted-certificate/kustomization"), &[]),
            Self::CertManager => (
                component!("cert-manager/kustomization"),
                &[
                    ("authority.yaml", component!("cert-manager/authority")),
                    ("certificate.yaml", component!("cert-manager/certificate")),
                ],
            ),
            Self::Monitoring => (
                component!("monitoring/kustomization"),
                &[
                    ("podmonitor.yaml", component!("monitoring/podmonitor")),
                    ("prometheusrule.yaml", component!("monitoring/prometheusrule")),
                    ("dashboard.yaml", component!("monitoring/dashboard")),
                ],
            ),
            Self::Events => (component!("events/kustomization"), &[("rbac.yaml", component!("events/rbac"))]),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::from_str(name, false).ok()
    }
}

/// Applies components, each once, after the components that they include.
///
/// # Errors
/// A component that does not fit the manifests; tests exclude this.
pub(super) fn apply(components: &[Component], installation: &mut Installation) -> Result<(), Error> {
    let mut applied = Vec::new();
    for component in Component::value_variants().iter().filter(|component| components.contains(component)) {
        apply_once(*component, installation, &mut applied)?;
    }
    Ok(())
}

fn apply_once(
    component: Component,
    installation: &mut Installation,
    applied: &mut Vec<Component>,
) -> Result<(), Error> {
    if applied.contains(&component) {
        return Ok(());
    }
    applied.push(component);
    let (text, files) = component.files();
    let kustomization: Kustomization = serde_saphyr::from_str(text)?;
    for included in kustomization.components() {
        let included = Component::named(included).ok_or_else(|| unfit(included))?;
        apply_once(included, installation, applied)?;
    }
    for resource in kustomization.resources() {
        let (_, text) = files.iter().find(|(name, _)| *name == resource).ok_or_else(|| unfit(resource))?;
        installation.add(InstalledObject::all(text)?);
    }
    kustomization.patch(installation)
}
