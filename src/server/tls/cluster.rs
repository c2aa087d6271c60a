//! Serves the certificates that `cluster::CertificateController` rotates.

use super::current::CurrentCertificate;
use super::identity::Identity;
use crate::cert::rotation::Served;
use crate::cluster::{RotationObserver, Trust, TrustProblem, WriteOutcome};
use crate::server::lifecycle::health::CheckStatus;
use crate::server::metrics::CertificateWrites;

/// Puts the controller's certificates in force, and counts its writes.
pub(super) struct ClusterObserver {
    pub(super) current: CurrentCertificate,
    pub(super) writes: CertificateWrites,
}

impl RotationObserver for ClusterObserver {
    fn serve(&self, served: &Served) {
        match Identity::from_pem(served.serving.certificate_pem(), served.serving.key_pem()) {
            Ok(identity) => {
                tracing::info!(certificate = identity.summary(), "the Secret's certificate is in force");
                self.current.publish(identity);
            }
            Err(error) => tracing::error!("the certificate of the Secret cannot be served: {error}"),
        }
    }

    fn trusted(&self, trust: Result<Trust, TrustProblem>) {
        let status = match trust {
            Ok(trust) => CheckStatus::Passed(trust.to_string()),
            Err(problem) => CheckStatus::Failed(problem.to_string()),
        };
        let before = self.current.set_trust(status.clone());
        match (&status, before) {
            (CheckStatus::Failed(why), before) if before.as_ref() != Some(&status) => {
                tracing::warn!("not ready: API servers would not accept the certificate: {why}");
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
