//! What to serve TLS with, and what to follow for it: the files or the cluster that it is kept in.
//!
//! Never more than that: what is in force can be changed by others as well, through [`InForce`].

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::files::{self, ClientCa, Pair};
use super::identity::Identity;
use super::in_force::InForce;
use super::kept::Kept;
use crate::cluster::CertificateController;
use crate::server::lifecycle::follow::Followed;
use crate::server::metrics::{Reloads, Renewals};
use crate::server::{Error, Stop, both};

/// The certificate to show, and the clients to let in.
pub struct Certificates {
    in_force: InForce,
    pair: Option<Followed<Pair>>,
    client_ca: Option<Followed<ClientCa>>,
    controller: Option<CertificateController>,
}

/// What became of what is followed.
pub(in crate::server) struct Told {
    pub(in crate::server) serving: Reloads,
    pub(in crate::server) client_ca: Reloads,
    pub(in crate::server) kept: Renewals,
}

impl Certificates {
    /// This certificate, until another one is published.
    pub fn fixed(identity: Identity) -> Self {
        Self { in_force: InForce::new(identity), pair: None, client_ca: None, controller: None }
    }

    /// The ones that are kept in a cluster, by this replica among others; until the first of them is there `meanwhile`, which
    /// nobody trusts and with which the server is not ready.
    pub fn kept(controller: CertificateController, meanwhile: Identity) -> Self {
        let in_force = InForce::new(meanwhile);
        in_force.trust(Err("the API server has not answered yet".to_owned()));
        Self { in_force, pair: None, client_ca: None, controller: Some(controller) }
    }

    /// The one in these files, a chain and its key, looked at again in this interval.
    ///
    /// # Errors
    /// Where a file cannot be read, holds no certificate or no key, or the two do not belong together; what is wrong with
    /// both files is told at once.
    pub fn from_files(certificate: &Path, key: &Path, every: Duration) -> Result<Self, Error> {
        let seen = files::look_at_pair(certificate, key);
        let identity = files::identity(&seen, (certificate, key))?;
        if let Some(doubt) = identity.doubt(SystemTime::now()) {
            files::warn_of(&doubt, certificate);
        }
        let in_force = InForce::new(identity);
        let pair = Pair { certificate: certificate.to_owned(), key: key.to_owned(), in_force: in_force.clone() };
        Ok(Self { in_force, pair: Some(Followed::new(pair, seen, every)), client_ca: None, controller: None })
    }

    /// The same, for clients with a certificate from a CA in this file alone, which is followed as well.
    ///
    /// # Errors
    /// Where the file cannot be read, or holds anything but certificates of CAs; and with that what is wrong with
    /// `certificates`.
    pub fn for_clients_of(certificates: Result<Self, Error>, path: &Path, every: Duration) -> Result<Self, Error> {
        let seen = files::look_at_client_ca(path);
        let (certificates, clients) = both(certificates, files::clients(&seen, path))?;
        let in_force = certificates.in_force();
        in_force.let_in(clients);
        let client_ca = Followed::new(ClientCa { path: path.to_owned(), in_force }, seen, every);
        Ok(Self { client_ca: Some(client_ca), ..certificates })
    }

    /// The handle by which connections take the certificate, and by which another one is published.
    pub fn in_force(&self) -> InForce {
        self.in_force.clone()
    }

    /// Follows the files until the stop: the pair's by themselves, so that broken CAs do not hold up a new certificate. So it
    /// is for what is kept in a cluster.
    pub(in crate::server) async fn follow(self, stop: Stop, told: Told) {
        let Told { serving, client_ca, kept } = told;
        let keeping = async {
            if let Some(controller) = self.controller {
                let observer = Kept { in_force: self.in_force, renewals: kept.begun() };
                tokio::select! {
                    () = stop.begun() => {}
                    () = controller.run(&observer) => {}
                }
            }
        };
        let pair = async {
            if let Some(pair) = self.pair {
                pair.follow(stop.clone(), serving).await;
            }
        };
        let clients = async {
            if let Some(file) = self.client_ca {
                file.follow(stop.clone(), client_ca).await;
            }
        };
        tokio::join!(pair, clients, keeping);
    }
}
