//! The server as the observer of the controller that rotates the certificates in a cluster: puts them in force here.
//!
//! Never here: what is decided, and the API server.

use super::identity::Identity;
use super::in_force::InForce;
use crate::cert::rotation::Served;
use crate::cluster::{RotationObserver, Trust, TrustProblem, WriteOutcome};
use crate::server::metrics::Renewals;

/// Where it is put in force, and counted.
pub(super) struct Kept {
    pub(super) in_force: InForce,
    pub(super) renewals: Renewals,
}

impl RotationObserver for Kept {
    fn serve(&self, served: &Served) {
        match Identity::from_pem(served.serving.certificate_pem(), served.serving.key_pem()) {
            Ok(identity) => {
                tracing::info!(certificate = identity.told(), "the Secret's certificate is in force");
                self.in_force.publish(identity);
            }
            Err(error) => tracing::error!("the certificate of the Secret cannot be served: {error}"),
        }
    }

    fn trusted(&self, trust: Result<Trust, TrustProblem>) {
        let standing = trust.map(|trust| trust.to_string()).map_err(|problem| problem.to_string());
        let before = self.in_force.trust(standing.clone());
        match standing {
            Err(why) if before != Some(Err(why.clone())) => {
                tracing::warn!("not ready: API servers would not accept the certificate: {why}");
            }
            Ok(_) if matches!(before, Some(Err(_))) => tracing::info!("API servers accept the certificate"),
            _ => {}
        }
    }

    fn wrote(&self, what: &'static str, outcome: WriteOutcome) {
        self.renewals.count(what, outcome);
    }
}
