//! Serves the certificates that a cluster keeps: `cluster::Keeper` decides, and this puts its decisions in force.

use super::current::CurrentCertificate;
use super::identity::Identity;
use crate::cert::keeper::Served;
use crate::cluster::{Audience, Outcome};
use crate::server::lifecycle::health::CheckStatus;
use crate::server::metrics::CertificateWrites;

/// The server as the keeper's audience.
pub(super) struct ClusterAudience {
    pub(super) current: CurrentCertificate,
    pub(super) writes: CertificateWrites,
}

impl Audience for ClusterAudience {
    fn serve(&self, served: &Served) -> Result<(), String> {
        let identity = Identity::from_pem(served.leaf.certificate_pem(), served.leaf.key_pem());
        let identity = identity.map_err(|error| error.to_string())?;
        tracing::info!(certificate = identity.summary(), "the Secret's certificate is in force");
        self.current.publish(identity);
        Ok(())
    }

    fn trusted(&self, status: Result<String, String>) {
        let status = status.map_or_else(CheckStatus::Failed, CheckStatus::Passed);
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

    fn wrote(&self, what: &'static str, outcome: Outcome) {
        self.writes.count(what, outcome);
    }
}
