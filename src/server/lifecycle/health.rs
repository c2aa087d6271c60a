//! Liveness and readiness on the admin port, in the form of Kubernetes' own components.
//!
//! Liveness fails if the webhook's accept loop has ended or its runtime is stuck, so that a restart helps. Readiness
//! says whether podwright would answer a request now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::shutdown::Stop;

const BEAT: Duration = Duration::from_secs(1);

/// The outcome of one check, with a line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckStatus {
    Passed(String),
    Failed(String),
}

pub(crate) type Check = (&'static str, CheckStatus);

pub(crate) struct Health {
    webhook: Arc<AtomicBool>,
    workers: Heartbeat,
    stop: Stop,
    /// The checks of readiness from other modules.
    others: Box<dyn Fn() -> Vec<Check> + Send + Sync>,
}

/// The handle of an accept loop. The checks see when it is dropped.
pub(crate) struct Listening(Arc<AtomicBool>);

/// The last sign of life of the workers: one of their tasks records the time every second. Clones share it.
#[derive(Clone)]
pub(crate) struct Heartbeat {
    begun: Instant,
    /// Milliseconds from `begun` to the last beat.
    last: Arc<AtomicU64>,
    tolerance: Duration,
}

impl Heartbeat {
    /// Returns a heartbeat that may be late by `tolerance`.
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self { begun: Instant::now(), last: Arc::default(), tolerance }
    }

    /// Beats as long as its runtime runs tasks.
    pub(crate) async fn beat(self) {
        loop {
            self.last.store(self.milliseconds(), Ordering::Relaxed);
            tokio::time::sleep(BEAT).await;
        }
    }

    fn overdue(&self) -> Option<Duration> {
        let age = Duration::from_millis(self.milliseconds().saturating_sub(self.last.load(Ordering::Relaxed)));
        (age > BEAT + self.tolerance).then_some(age)
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl CheckStatus {
    fn failed_if(failure: Option<String>) -> Self {
        failure.map_or_else(|| Self::Passed("ok".to_owned()), Self::Failed)
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
    pub(crate) fn listening(&self) -> Listening {
        self.webhook.store(true, Ordering::SeqCst);
        Listening(Arc::clone(&self.webhook))
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready().iter().all(|(_, status)| status.has_passed())
    }

    fn live(&self) -> Vec<Check> {
        let accepts = self.webhook.load(Ordering::SeqCst) || self.stop.is_announced();
        let not_accepting = (!accepts).then(|| "the webhook's accept loop has ended".to_owned());
        let stuck = self.workers.overdue();
        let stuck = stuck.map(|age| format!("the threads for reviews have run no task for {} s", age.as_secs()));
        vec![("accepting", CheckStatus::failed_if(not_accepting)), ("workers", CheckStatus::failed_if(stuck))]
    }

    fn ready(&self) -> Vec<Check> {
        let failure = match self.webhook.load(Ordering::SeqCst) {
            _ if self.stop.is_announced() => Some("podwright is stopping"),
            false => Some("podwright does not serve the webhook's port"),
            true => None,
        };
        let listening = CheckStatus::failed_if(failure.map(str::to_owned));
        [("listening", listening)].into_iter().chain((self.others)()).collect()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Returns the routes `/livez` and `/readyz`. They list each check with `?verbose`, or if one fails.
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
        .fallback(|| async { (StatusCode::NOT_FOUND, "unknown path: expected /livez, /readyz or /metrics\n") })
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

/// Returns whether the query has `verbose`, with any value, as in Kubernetes.
fn is_verbose(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair.split('=').next() == Some("verbose")))
}
