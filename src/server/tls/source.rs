//! The certificates to serve with, and the files or the cluster that they are followed in.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::cluster::ClusterAudience;
use super::current::CurrentCertificate;
use super::files::{self, ClientCaFile, FollowedPair, PairFiles};
use super::identity::Identity;
use crate::cluster::Keeper;
use crate::server::error::{Error, both};
use crate::server::lifecycle::follow::Follower;
use crate::server::lifecycle::health::CheckStatus;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::metrics::CertificateMetrics;

/// The serving certificate and the CAs of clients, with the places that both come from.
pub struct CertificateSource {
    current: CurrentCertificate,
    pair: Option<Follower<FollowedPair>>,
    client_ca: Option<Follower<ClientCaFile>>,
    keeper: Option<Keeper>,
}

impl CertificateSource {
    /// Serves one certificate that never changes.
    pub fn fixed(identity: Identity) -> Self {
        Self { current: CurrentCertificate::new(identity), pair: None, client_ca: None, keeper: None }
    }

    /// Serves the certificates that `keeper` keeps in a cluster. Until it has read the first one, the server shows `meanwhile`
    /// and is not ready.
    pub fn kept(keeper: Keeper, meanwhile: Identity) -> Self {
        let source = Self::fixed(meanwhile);
        source.current.set_trust(CheckStatus::Failed("the API server has not answered yet".to_owned()));
        Self { keeper: Some(keeper), ..source }
    }

    /// Reads a chain and its key from two files, and again at each interval.
    ///
    /// # Errors
    /// A file cannot be read, has no certificate or no key, or the two do not belong together. Faults of both files are
    /// returned at once.
    pub fn from_files(certificate: &Path, key: &Path, interval: Duration) -> Result<Self, Error> {
        let files = PairFiles { certificate: certificate.to_owned(), key: key.to_owned() };
        let content = files.read();
        let identity = files.identity(&content)?;
        if let Some(fault) = identity.fault(SystemTime::now()) {
            files.warn(&fault);
        }
        let source = Self::fixed(identity);
        let pair = FollowedPair { files, current: source.current.clone() };
        Ok(Self { pair: Some(Follower::new(pair, content, interval)), ..source })
    }

    /// Serves only clients with a certificate of a CA in this file, and follows that file.
    ///
    /// # Errors
    /// The file cannot be read, or has something other than certificates of CAs. The error of `source` is returned with it.
    pub fn for_clients_of(source: Result<Self, Error>, path: &Path, interval: Duration) -> Result<Self, Error> {
        let content = files::read_client_ca(path);
        let (source, clients) = both(source, files::client_authorities(&content, path))?;
        source.current.publish_clients(clients);
        let file = ClientCaFile { path: path.to_owned(), current: source.current.clone() };
        Ok(Self { client_ca: Some(Follower::new(file, content, interval)), ..source })
    }

    /// The handle by which connections take the certificate.
    pub(in crate::server) fn current(&self) -> CurrentCertificate {
        self.current.clone()
    }

    /// Follows the files and the cluster until the stop, independently: broken CAs do not hold up a new certificate.
    pub(in crate::server) async fn follow(self, stop: Stop, metrics: CertificateMetrics) {
        let keeping = async {
            if let Some(keeper) = self.keeper {
                let audience = ClusterAudience { current: self.current, writes: metrics.writes.begun() };
                tokio::select! {
                    () = stop.begun() => {}
                    () = keeper.keep(&audience) => {}
                }
            }
        };
        let pair = async {
            if let Some(pair) = self.pair {
                pair.follow(stop.clone(), metrics.serving).await;
            }
        };
        let clients = async {
            if let Some(file) = self.client_ca {
                file.follow(stop.clone(), metrics.client_ca).await;
            }
        };
        tokio::join!(pair, clients, keeping);
    }
}
