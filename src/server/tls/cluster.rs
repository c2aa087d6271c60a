//! Serves the certificates of `cluster::CertificateController`.

use super::current::CurrentCertificate;
use super::identity::Identity;
use crate::cert::rotation::Served;
use crate::cluster::{RotationObserver, Trust, TrustProblem, WriteOutcome};
use crate::server::lifecycle::health::CheckStatus;
use crate::server::metrics::CertificateWrites;

/// Serves the controller's certificates, and counts its writes.
pub(super) struct ClusterObserver {
    pub(super) current: CurrentCertificate,
    pub(super) writes: CertificateWrites,
}

impl RotationObserver for ClusterObserver {
    fn serve(&self, served: &Served) {
        match Identity::from_pem(served.serving.certificate_pem(), served.serving.key_pem()) {
            Ok(identity) => {
                tracing::info!(certificate = identity.summary(), "the certificate of the Secret is in use");
                self.current.publish(identity);
            }
            Err(error) => tracing::error!("cannot serve the certificate of the Secret: {error}"),
        }
    }

    fn trusted(&self, trust: Result<Trust, TrustProblem>) {
        let status = match trust {
            Ok(trust) => CheckStatus::Passed(trust.to_string()),
            Err(problem) => CheckStatus::Failed(problem.to_string()),
        };
        let before = self.current.set_trust(status.clone());
        match (&status, before) {
            (CheckStatus::Failed(reason), before) if before.as_ref() != Some(&status) => {
                tracing::warn!("not ready, because API servers would refuse the certificate: {reason}");
            }
            (CheckStatus::Passed(_), Some(CheckStatus::Failed(_))) => {
                tracing::info!("API servers accept the certificate");
            }
            _ => {}
        }
    }

    fn wrote(&self, what: &'static str, outcome: WriteOutcome) {
        self.writes.count(what, outcome);
    }
}
