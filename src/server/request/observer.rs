//! The middleware that logs, counts and traces each request.
//!
//! A log line has names and numbers, never a body or a part of one beyond these names. Text from a client is short and
//! on one line. Nothing is read from a body for a line that is not written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::admission::{AnswerKind, Subject};
use crate::inject::Count;
use crate::server::events::Events;
use crate::server::metrics::{Metrics, RequestRecord};
use crate::server::paths::PathClass;
use crate::server::request_context::RequestContext;
use crate::server::traces::Traces;
use crate::text::within;

/// The most characters of a path or a method in a log line. podwright's own paths are shorter.
pub(super) const CHARACTERS: usize = 300;

#[derive(Clone)]
pub(crate) struct Observer {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traces: Traces,
    pub(crate) events: Events,
}

/// The record of a review, which the handler adds to its response.
#[derive(Clone)]
pub(super) struct ReviewRecord {
    pub(super) end: ReviewEnd,
    pub(super) counts: Vec<Count>,
    pub(super) faults: usize,
    /// The names in the review; empty if no line is written.
    pub(super) subject: Subject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReviewEnd {
    Answered(AnswerKind),
    Refused,
    /// podwright's fault.
    Failed,
    Panicked,
}

impl ReviewRecord {
    /// Returns a record without counts.
    pub(super) fn new(end: ReviewEnd, body: &[u8]) -> Self {
        // A body that made the review panic may do so here too.
        let subject = || catch_unwind(AssertUnwindSafe(|| Subject::of(body))).unwrap_or_default();
        let subject = if end.is_logged() { subject() } else { Subject::default() };
        Self { end, counts: Vec::new(), faults: 0, subject }
    }

    fn refused() -> Self {
        Self { end: ReviewEnd::Refused, counts: Vec::new(), faults: 0, subject: Subject::default() }
    }
}

impl ReviewEnd {
    /// Returns whether a line is written, at the cost of two loads of an integer.
    fn is_logged(self) -> bool {
        match self {
            Self::Answered(AnswerKind::Denied) => tracing::enabled!(tracing::Level::INFO),
            Self::Answered(_) | Self::Refused => tracing::enabled!(tracing::Level::DEBUG),
            Self::Failed | Self::Panicked => tracing::enabled!(tracing::Level::ERROR),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered(outcome) => outcome.as_str(),
            Self::Refused | Self::Failed | Self::Panicked => "refused",
        }
    }
}

pub(super) async fn observe(
    State(Observer { metrics, traces, .. }): State<Observer>,
    request: Request,
    next: Next,
) -> Response {
    let (method, uri, begun) = (request.method().clone(), request.uri().clone(), Instant::now());
    let (in_flight, span) = (metrics.request_begun(), traces.begin(&request));
    let mut response = match request.extensions().get::<RequestContext>() {
        Some(context) if context.head_too_large => Refusal::HeadTooLarge.into_response(),
        _ => next.run(request).await,
    };
    drop(in_flight);
    let (duration, status) = (begun.elapsed(), response.status());
    let review = response.extensions_mut().remove().unwrap_or_else(ReviewRecord::refused);
    let request = RequestRecord { class: PathClass::of(uri.path()), outcome: review.end.as_str(), status, duration };
    metrics.record_request(&request);
    metrics.record_settings(&review.counts);
    log(&method, &uri, &request, &review);
    span.end(&request);
    response
}

fn log(method: &Method, uri: &Uri, request: &RequestRecord, review: &ReviewRecord) {
    let Subject { uid, namespace, kind, name, generate_name } = &review.subject;
    let path = || within(uri.path(), CHARACTERS);
    match review.end {
        ReviewEnd::Answered(AnswerKind::Denied) => {
            let (path, faults, message) = (path(), review.faults, "denied a Pod because of invalid annotations");
            tracing::info!(path, uid, namespace, name, "generateName" = generate_name, faults, "{message}");
        }
        ReviewEnd::Failed | ReviewEnd::Panicked => {
            // The panic's own line has its place in the code, but not the request.
            let failure = if review.end == ReviewEnd::Failed { "failed" } else { "panicked" };
            let (path, message) = (path(), format!("a review {failure}; this is a bug in podwright"));
            tracing::error!(path, uid, namespace, kind, name, "generateName" = generate_name, "{message}");
        }
        ReviewEnd::Answered(_) | ReviewEnd::Refused => {}
    }
    tracing::debug!(
        method = within(method.as_str(), CHARACTERS),
        path = path(),
        route = request.class.as_str(),
        status = request.status.as_u16(),
        outcome = request.outcome,
        duration_seconds = request.duration.as_secs_f64(),
        uid,
        namespace,
        kind,
        name,
        "generateName" = generate_name,
        "request"
    );
}
