//! The certificates to serve with, and the files or the cluster to follow for them.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::current::CurrentCertificate;
use super::entries::CurrentEntries;
use super::files::{ClientCaFile, FollowedPair, PairFiles, client_authorities};
use super::identity::Identity;
use crate::cert::rotation::Served;
use crate::cluster::{CertificateController, RotationObserver, Trust, TrustProblem, Webhook, WriteOutcome};
use crate::server::error::{Error, both};
use crate::server::lifecycle::follow::{self, Follower};
use crate::server::lifecycle::health::CheckStatus;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::metrics::{CertificateMetrics, CertificateWrites};
use crate::workload::namespace::PROFILE_LABEL;

/// The serving certificate and the CAs of clients, with their files or their cluster.
pub struct CertificateSource {
    current: CurrentCertificate,
    entries: CurrentEntries,
    followers: Vec<Spawn>,
}

/// Starts a task that follows files or a cluster until the stop. Each is its own task, so broken CAs do not delay a new
/// certificate.
type Spawn = Box<dyn FnOnce(Stop, CertificateMetrics) + Send>;

impl CertificateSource {
    /// Serves one certificate that never changes.
    pub fn fixed(identity: Identity) -> Self {
        let (current, entries) = (CurrentCertificate::new(identity), CurrentEntries::default());
        Self { current, entries, followers: Vec::new() }
    }

    /// Serves the certificates of `controller`. Until it has read the first one, the server uses `meanwhile` and is not
    /// ready.
    pub fn rotated(controller: CertificateController, meanwhile: Identity) -> Self {
        let source = Self::fixed(meanwhile);
        source.current.set_trust(CheckStatus::Failed("the API server has not answered yet".to_owned()));
        let (current, entries) = (source.current(), source.entries());
        source.with_follower(|stop, metrics| {
            let observer = ClusterObserver { current, entries, writes: metrics.writes.begun() };
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.begun() => {}
                    () = controller.run(&observer) => {}
                }
            });
        })
    }

    /// Reads a chain and its key from two files, and again at each interval.
    ///
    /// # Errors A file is unreadable, has no certificate or no key, or the two do not belong together. Returns the
    /// errors of both at once.
    pub fn from_files(certificate: &Path, key: &Path, interval: Duration) -> Result<Self, Error> {
        let files = PairFiles { certificate: certificate.to_owned(), key: key.to_owned() };
        let content = files.paths().map(follow::read);
        let identity = files.identity(&content)?;
        if let Some(fault) = identity.fault(SystemTime::now()) {
            files.warn(&fault);
        }
        let source = Self::fixed(identity);
        let follower = Follower::new(FollowedPair { files, current: source.current() }, content, interval);
        Ok(source.with_follower(|stop, metrics| drop(tokio::spawn(follower.follow(stop, metrics.serving)))))
    }

    /// Serves only clients with a certificate of a CA in this file, and follows that file.
    ///
    /// # Errors
    /// The file is unreadable, or has anything but certificates of CAs. Returns the error of `source` with it.
    pub fn for_clients_of(source: Result<Self, Error>, path: &Path, interval: Duration) -> Result<Self, Error> {
        let content = follow::read(path);
        let (source, clients) = both(source, client_authorities(&content, path))?;
        source.current.publish_clients(clients);
        let file = ClientCaFile { path: path.to_owned(), current: source.current() };
        let follower = Follower::new(file, [content], interval);
        Ok(source.with_follower(|stop, metrics| drop(tokio::spawn(follower.follow(stop, metrics.client_ca)))))
    }

    pub(in crate::server) fn current(&self) -> CurrentCertificate {
        self.current.clone()
    }

    pub(in crate::server) fn entries(&self) -> CurrentEntries {
        self.entries.clone()
    }

    pub(in crate::server) fn follow(self, stop: &Stop, metrics: &CertificateMetrics) {
        self.followers.into_iter().for_each(|spawn| spawn(stop.clone(), metrics.clone()));
    }

    fn with_follower(mut self, spawn: impl FnOnce(Stop, CertificateMetrics) + Send + 'static) -> Self {
        self.followers.push(Box::new(spawn));
        self
    }
}

/// Serves the controller's certificates, and records its writes and the webhook entries.
struct ClusterObserver {
    current: CurrentCertificate,
    entries: CurrentEntries,
    writes: CertificateWrites,
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

    fn entries(&self, entries: Option<&[Webhook]>) {
        let selected = |webhook: &Webhook| webhook.selected(PROFILE_LABEL).map(str::to_owned).collect::<Vec<_>>();
        self.entries.set(entries.map(|entries| entries.iter().flat_map(selected).collect()));
    }

    fn wrote(&self, what: &'static str, outcome: WriteOutcome) {
        self.writes.count(what, outcome);
    }
}
