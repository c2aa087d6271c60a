//! The server as the audience of the one who keeps the certificates in a cluster: what is decided there is put in force here.
//!
//! Never here: what is decided, and the API server.

use super::identity::Identity;
use super::in_force::InForce;
use crate::cert::keeper::Served;
use crate::cluster::{Audience, Outcome};
use crate::server::metrics::Renewals;

/// Where it is put in force, and counted.
pub(super) struct Kept {
    pub(super) in_force: InForce,
    pub(super) renewals: Renewals,
}

impl Audience for Kept {
    fn serve(&self, served: &Served) -> Result<(), String> {
        let identity = Identity::from_pem(served.leaf.certificate_pem(), served.leaf.key_pem());
        let identity = identity.map_err(|error| error.to_string())?;
        tracing::info!(certificate = identity.told(), "the Secret's certificate is in force");
        self.in_force.publish(identity);
        Ok(())
    }

    fn trusted(&self, standing: Result<String, String>) {
        let before = self.in_force.trust(standing.clone());
        match standing {
            Err(why) if before != Some(Err(why.clone())) => {
                tracing::warn!("not ready: API servers would not accept the certificate: {why}");
            }
            Ok(_) if matches!(before, Some(Err(_))) => tracing::info!("API servers accept the certificate"),
            _ => {}
        }
    }

    fn wrote(&self, what: &'static str, outcome: Outcome) {
        self.renewals.count(what, outcome);
    }
}
