//! What is in force now: the certificate that the next connection is shown, and the clients that it may come from.
//!
//! Whoever has a certificate publishes it here, and knows nothing of connections; a connection takes what is there when it
//! begins and keeps that to its end. Nothing is read or checked here: what is published has been.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::clients::Clients;
use super::identity::Identity;
use crate::cert::written;
use crate::server::Error;
use crate::server::lifecycle::follow;
use crate::server::metrics::Standing;

/// The certificate in force; clones see, and change, the same one.
#[derive(Clone)]
pub struct InForce(Arc<watch::Sender<Version>>);

struct Version {
    identity: Held<Identity>,
    /// Absent where anyone may call.
    clients: Option<Held<Clients>>,
    /// Made of the two; no other connection than one that began with it resumes a session of it.
    config: Arc<ServerConfig>,
    /// Whether the API server accepts the certificate, where that is known.
    trust: Trust,
}

/// How it stands, in a line, or why not.
type Trust = Option<Result<String, String>>;

/// Something in force, since when, and why what its files hold now is not.
struct Held<T> {
    value: T,
    since: SystemTime,
    stale: Option<String>,
}

impl<T> Held<T> {
    fn new(value: T) -> Self {
        Self { value, since: SystemTime::now(), stale: None }
    }

    /// What it is, as `ok: …`, or `stale: …` with the reason.
    fn standing(&self, told: &str) -> String {
        let told = format!("{told}, in force since {}", written(self.since));
        match &self.stale {
            Some(stale) => format!("stale: {stale}; {told}, stays"),
            None => format!("ok: {told}"),
        }
    }
}

impl InForce {
    pub(super) fn new(identity: Identity) -> Self {
        let config = Arc::new(identity.config(None));
        let identity = Held::new(identity);
        Self(Arc::new(watch::Sender::new(Version { identity, clients: None, config, trust: None })))
    }

    /// Shows this certificate to every connection from now on. Those that are there are kept.
    pub fn publish(&self, identity: Identity) {
        self.change(|version| version.identity = Held::new(identity));
    }

    /// Notes whether the API server accepts the certificate, where somebody knows; what was known before.
    pub(super) fn trust(&self, standing: Result<String, String>) -> Trust {
        let mut before = None;
        self.0.send_modify(|version| before = version.trust.replace(standing));
        before
    }

    /// Whether the API server accepts the certificate; nothing where nobody knows.
    pub(in crate::server) fn trusted(&self) -> Trust {
        self.0.borrow().trust.clone()
    }

    /// Asks every connection from now on for a certificate of these.
    pub(super) fn let_in(&self, clients: Clients) {
        self.change(|version| version.clients = Some(Held::new(clients)));
    }

    /// For one connection.
    pub(in crate::server) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0.borrow().config))
    }

    /// The end of the serving certificate in seconds since 1970, for metrics.
    pub(in crate::server) fn expiration(&self) -> Standing {
        let not_after = self.0.borrow().identity.value.not_after();
        vec![("", not_after.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64())]
    }

    /// Why an API server would refuse the certificate.
    pub(super) fn doubt(&self, now: SystemTime) -> Option<String> {
        self.0.borrow().identity.value.doubt(now)
    }

    /// How the certificate stands, in a line, or why an API server would refuse it.
    pub(in crate::server) fn standing(&self, now: SystemTime) -> Result<String, String> {
        let version = self.0.borrow();
        let held = &version.identity;
        match (held.value.doubt(now), &held.stale) {
            (None, _) => Ok(held.standing(&held.value.told())),
            (Some(doubt), None) => Err(doubt),
            (Some(doubt), Some(stale)) => Err(format!("{doubt}; {stale}")),
        }
    }

    /// How the clients' CAs stand, in a line, where clients are asked for a certificate.
    pub(in crate::server) fn clients_standing(&self) -> Option<String> {
        let version = self.0.borrow();
        version.clients.as_ref().map(|held| held.standing(&held.value.told()))
    }

    /// Notes that the certificate's files cannot be used.
    pub(super) fn keep_identity(&self, why: &Error) {
        self.0.send_modify(|version| version.identity.stale = Some(follow::in_a_line(why)));
    }

    /// Notes that the clients' CAs cannot be used.
    pub(super) fn keep_clients(&self, why: &Error) {
        let note = |held: &mut Held<Clients>| held.stale = Some(follow::in_a_line(why));
        self.0.send_modify(|version| version.clients.iter_mut().for_each(note));
    }

    fn change(&self, change: impl FnOnce(&mut Version)) {
        self.0.send_modify(|version| {
            change(version);
            let clients = version.clients.as_ref().map(|held| &held.value);
            version.config = Arc::new(version.identity.value.config(clients));
        });
    }
}
