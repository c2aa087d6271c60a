//! Liveness and readiness on the admin port, in the form of Kubernetes' own components.
//!
//! Each check looks at the current state. Liveness says that the webhook accepts connections and that its runtime runs tasks, so a
//! restart would help; readiness says that a request would be answered now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::heartbeat::Heartbeat;
use super::shutdown::Stop;

/// The outcome of one check, with a line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckStatus {
    Passed(String),
    Failed(String),
}

/// A check's name and its outcome.
pub(crate) type Check = (&'static str, CheckStatus);

/// The checks of one server.
pub(crate) struct Health {
    webhook: Arc<AtomicBool>,
    workers: Heartbeat,
    stop: Stop,
    /// The checks of readiness outside this module.
    others: Box<dyn Fn() -> Vec<Check> + Send + Sync>,
}

/// Held by an accept loop; the checks see when it is dropped.
pub(crate) struct Listening(Arc<AtomicBool>);

impl CheckStatus {
    fn passed_if(passed: bool, failure: impl FnOnce() -> String) -> Self {
        if passed { Self::Passed("ok".to_owned()) } else { Self::Failed(failure()) }
    }

    pub(crate) fn has_passed(&self) -> bool {
        matches!(self, Self::Passed(_))
    }
}

impl Health {
    pub(crate) fn new(workers: Heartbeat, stop: Stop, others: impl Fn() -> Vec<Check> + Send + Sync + 'static) -> Self {
        Self { webhook: Arc::default(), workers, stop, others: Box::new(others) }
    }

    /// Returns the handle of the webhook's accept loop, which begins to listen.
    pub(crate) fn webhook(&self) -> Listening {
        self.webhook.store(true, Ordering::SeqCst);
        Listening(Arc::clone(&self.webhook))
    }

    /// Returns the handle of the admin port's accept loop. No check needs it: an answer of that port shows that it listens.
    pub(crate) fn admin(&self) -> Listening {
        Listening(Arc::default())
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready().iter().all(|(_, status)| status.has_passed())
    }

    fn live(&self) -> Vec<Check> {
        let accepts = self.webhook.load(Ordering::SeqCst) || self.stop.is_announced();
        let accepting = CheckStatus::passed_if(accepts, || "the webhook's accept loop has ended".to_owned());
        let overdue = self.workers.overdue();
        let workers = CheckStatus::passed_if(overdue.is_none(), || {
            let seconds = overdue.unwrap_or_default().as_secs();
            format!("the threads that answer reviews have run no task for {seconds} s")
        });
        vec![("accepting", accepting), ("workers", workers)]
    }

    fn ready(&self) -> Vec<Check> {
        let stops = self.stop.is_announced();
        let listening = CheckStatus::passed_if(!stops && self.webhook.load(Ordering::SeqCst), || {
            if stops { "stopping" } else { "the webhook's port is not served" }.to_owned()
        });
        [("listening", listening)].into_iter().chain((self.others)()).collect()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Returns the routes `/livez` and `/readyz`. They list each check with `?verbose`, and always if one fails.
pub(crate) fn router(health: Arc<Health>) -> Router {
    let livez = |State(health): State<Arc<Health>>, RawQuery(query): RawQuery| async move {
        respond("livez", &health.live(), query.as_deref())
    };
    let readyz = |State(health): State<Arc<Health>>, RawQuery(query): RawQuery| async move {
        respond("readyz", &health.ready(), query.as_deref())
    };
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found: this port serves /livez, /readyz and /metrics\n") })
        .with_state(health)
}

fn respond(endpoint: &str, checks: &[Check], query: Option<&str>) -> Response {
    let line = |(name, status): &Check| match status {
        CheckStatus::Passed(status) => format!("[+]{name} {status}\n"),
        CheckStatus::Failed(reason) => format!("[-]{name} failed: {reason}\n"),
    };
    let list: String = checks.iter().map(line).collect();
    match checks.iter().all(|(_, status)| status.has_passed()) {
        true if is_verbose(query) => format!("{list}{endpoint} check passed\n").into_response(),
        true => "ok".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, format!("{list}{endpoint} check failed\n")).into_response(),
    }
}

/// Returns whether the query has `verbose`, with any value: Kubernetes looks only for the key.
fn is_verbose(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair.split('=').next() == Some("verbose")))
}
