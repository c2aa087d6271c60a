//! Liveness and readiness, told on the admin port as Kubernetes' own components tell them.
//!
//! Never a constant: each check looks at what it names when it is asked. Liveness says that the webhook's accept loop has
//! not died and that its runtime runs tasks (a restart would help); readiness says that a request would be answered now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::server::lifecycle::configuration::Current;
use crate::server::lifecycle::heartbeat::Heartbeat;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::tls::InForce;

/// What the checks look at.
pub(crate) struct Health {
    webhook: Arc<AtomicBool>,
    workers: Heartbeat,
    stop: Stop,
    certificates: InForce,
    configuration: Current,
}

/// Held by an accept loop while it accepts; its end, however it came, is seen by the checks.
pub(crate) struct Listening(Arc<AtomicBool>);

/// A check's name, and how it stands where it passes (`ok`, where there is no more to say), or what is wrong.
type Check = (&'static str, Result<String, String>);

impl Health {
    pub(crate) fn new(workers: Heartbeat, stop: Stop, certificates: InForce, configuration: Current) -> Self {
        Self { webhook: Arc::default(), workers, stop, certificates, configuration }
    }

    /// For the webhook's accept loop.
    pub(crate) fn webhook(&self) -> Listening {
        self.webhook.store(true, Ordering::SeqCst);
        Listening(Arc::clone(&self.webhook))
    }

    /// For the admin port's: whether it listens shows in whether it answers.
    pub(crate) fn admin(&self) -> Listening {
        Listening(Arc::default())
    }

    fn alive(&self) -> Vec<Check> {
        let lives = self.webhook.load(Ordering::SeqCst) || self.stop.is_announced();
        let accepting = ok(lives).ok_or_else(|| "the webhook's accept loop has ended".to_owned());
        vec![("accepting", accepting), ("workers", self.working())]
    }

    fn working(&self) -> Result<String, String> {
        match self.workers.overdue() {
            None => Ok("ok".to_owned()),
            Some(since) => Err(format!("the threads that answer reviews have run no task for {} s", since.as_secs())),
        }
    }

    fn ready(&self) -> Vec<Check> {
        // Where a new version cannot be used, the one before it serves, and this Pod with it.
        let certificate = self.certificates.standing(SystemTime::now());
        let clients = self.certificates.clients_standing().map(|standing| ("client-ca", Ok(standing)));
        let trusted = self.certificates.trusted().map(|standing| ("certificate-trusted", standing));
        let checks = [("listening", self.listening()), ("certificate", certificate)];
        checks
            .into_iter()
            .chain(trusted)
            .chain(clients)
            .chain([("configuration", Ok(self.configuration.standing()))])
            .collect()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready().iter().all(|(_, outcome)| outcome.is_ok())
    }

    fn listening(&self) -> Result<String, String> {
        if self.stop.is_announced() {
            return Err("stopping".to_owned());
        }
        ok(self.webhook.load(Ordering::SeqCst)).ok_or_else(|| "the webhook's port is not served".to_owned())
    }
}

fn ok(passed: bool) -> Option<String> {
    passed.then(|| "ok".to_owned())
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// `/livez` and `/readyz`; with `?verbose` each check is listed, as it always is where one fails.
pub(crate) fn router(health: Arc<Health>) -> Router {
    let livez = |State(health): State<Arc<Health>>, RawQuery(query): RawQuery| async move {
        answer("livez", &health.alive(), query.as_deref())
    };
    let readyz = |State(health): State<Arc<Health>>, RawQuery(query): RawQuery| async move {
        answer("readyz", &health.ready(), query.as_deref())
    };
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found: this port serves /livez, /readyz and /metrics\n") })
        .with_state(health)
}

fn answer(endpoint: &str, checks: &[Check], query: Option<&str>) -> Response {
    let passed = checks.iter().all(|(_, outcome)| outcome.is_ok());
    match (passed, is_verbose(query)) {
        (true, false) => "ok".into_response(),
        (true, true) => format!("{}{endpoint} check passed\n", listed(checks)).into_response(),
        (false, _) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{}{endpoint} check failed\n", listed(checks))).into_response()
        }
    }
}

/// `?verbose`, `?verbose=…`, anywhere in the query: Kubernetes looks only at whether the key is there.
fn is_verbose(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair.split('=').next() == Some("verbose")))
}

fn listed(checks: &[Check]) -> String {
    let line = |(name, outcome): &Check| match outcome {
        Ok(standing) => format!("[+]{name} {standing}\n"),
        Err(reason) => format!("[-]{name} failed: {reason}\n"),
    };
    checks.iter().map(line).collect()
}
