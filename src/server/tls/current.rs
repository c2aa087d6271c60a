//! The certificate for the next connection, and the CAs of its accepted clients.
//!
//! A connection takes the TLS configuration at its start and keeps it. Published values have been checked.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::clients::ClientAuthorities;
use super::identity::Identity;
use crate::cert::{CertificateProblem, written};
use crate::server::lifecycle::health::{Check, CheckStatus};

/// The serving certificate in use; clones share it.
#[derive(Clone)]
pub(in crate::server) struct CurrentCertificate(Arc<watch::Sender<TlsState>>);

struct TlsState {
    identity: Published<Identity>,
    /// Absent if any client may connect.
    clients: Option<Published<ClientAuthorities>>,
    /// Made of the two, once: connections resume sessions only under the same configuration.
    config: Arc<ServerConfig>,
    /// The acceptance of the certificate by API servers, if it is known.
    trust: Option<CheckStatus>,
}

struct Published<T> {
    value: T,
    since: SystemTime,
    /// The reason why the present content of its files is not in use.
    stale: Option<String>,
}

impl<T> Published<T> {
    fn now(value: T) -> Self {
        Self { value, since: SystemTime::now(), stale: None }
    }

    /// Returns a line: `ok: …`, or `stale: …` with the reason.
    fn status(&self, summary: &str) -> String {
        let since = written(self.since);
        match &self.stale {
            Some(stale) => format!("stale: {stale}; still in use: {summary}, since {since}"),
            None => format!("ok: {summary}, in use since {since}"),
        }
    }
}

impl CurrentCertificate {
    pub(super) fn new(identity: Identity) -> Self {
        let config = Arc::new(identity.config(None));
        let identity = Published::now(identity);
        Self(Arc::new(watch::Sender::new(TlsState { identity, clients: None, config, trust: None })))
    }

    /// Serves this certificate to new connections.
    pub(super) fn publish(&self, identity: Identity) {
        self.change(|state| state.identity = Published::now(identity));
    }

    /// Demands a certificate of these CAs from new connections.
    pub(super) fn publish_clients(&self, clients: ClientAuthorities) {
        self.change(|state| state.clients = Some(Published::now(clients)));
    }

    fn change(&self, change: impl FnOnce(&mut TlsState)) {
        self.0.send_modify(|state| {
            change(state);
            state.config = Arc::new(state.identity.value.config(state.clients.as_ref().map(|clients| &clients.value)));
        });
    }

    /// Records whether API servers accept the certificate. Returns the previous record.
    pub(super) fn set_trust(&self, status: CheckStatus) -> Option<CheckStatus> {
        let mut before = None;
        self.0.send_modify(|state| before = state.trust.replace(status));
        before
    }

    pub(super) fn reject_identity(&self, reason: String) {
        self.0.send_modify(|state| state.identity.stale = Some(reason));
    }

    pub(super) fn reject_clients(&self, reason: String) {
        self.0.send_modify(|state| {
            if let Some(clients) = &mut state.clients {
                clients.stale = Some(reason);
            }
        });
    }

    pub(in crate::server) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0.borrow().config))
    }

    /// Returns the end of the serving certificate, in seconds since 1970.
    pub(in crate::server) fn expiration(&self) -> f64 {
        let not_after = self.0.borrow().identity.value.not_after();
        not_after.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
    }

    /// Returns the reason why an API server would refuse the certificate.
    pub(super) fn fault(&self, now: SystemTime) -> Option<CertificateProblem> {
        self.0.borrow().identity.value.fault(now)
    }

    /// Returns the checks of readiness. With unusable new files, the previous ones serve and the server stays ready.
    pub(in crate::server) fn checks(&self) -> Vec<Check> {
        let state = self.0.borrow();
        let identity = &state.identity;
        let status = match (identity.value.fault(SystemTime::now()), &identity.stale) {
            (None, _) => CheckStatus::Passed(identity.status(&identity.value.summary())),
            (Some(fault), None) => CheckStatus::Failed(fault.to_string()),
            (Some(fault), Some(stale)) => CheckStatus::Failed(format!("{fault}; {stale}")),
        };
        let trust = state.trust.clone().map(|trust| ("certificate-trusted", trust));
        let clients = state.clients.as_ref().map(|clients| clients.status(&clients.value.summary));
        let clients = clients.map(|status| ("client-ca", CheckStatus::Passed(status)));
        [("certificate", status)].into_iter().chain(trust).chain(clients).collect()
    }

    pub(in crate::server) fn trust(&self) -> Option<CheckStatus> {
        self.0.borrow().trust.clone()
    }
}
