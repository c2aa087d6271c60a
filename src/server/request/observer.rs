//! The middleware that logs, counts and traces each request.
//!
//! A line has names and numbers, never a body, an annotation's value or anything else made from them. A client's text is one line
//! with a limit. Nothing is looked up for a line that is not written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::paths::PathClass;
use super::refusal::Refusal;
use crate::admission::{AnswerKind, Subject};
use crate::inject::Count;
use crate::server::metrics::{Metrics, RequestRecord};
use crate::server::request_context::RequestContext;
use crate::server::traces::Traces;
use crate::text::within;

/// The most characters of a path or a method: podwright's own are shorter.
pub(super) const CHARACTERS: usize = 300;

/// Records requests.
#[derive(Clone)]
pub(crate) struct Observer {
    pub(super) metrics: Arc<Metrics>,
    traces: Traces,
}

/// The record of a review, which the handler adds to its response.
#[derive(Clone)]
pub(super) struct ReviewRecord {
    pub(super) end: ReviewEnd,
    pub(super) counts: Vec<Count>,
    pub(super) faults: usize,
    /// Empty if no line is written.
    pub(super) subject: Subject,
}

/// The end of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReviewEnd {
    Answered(AnswerKind),
    /// The caller's fault.
    Refused,
    /// podwright's fault.
    Failed,
    Panicked,
}

/// A request that was answered.
struct RequestLine<'a> {
    method: &'a Method,
    uri: &'a Uri,
    answer: &'a RequestRecord,
}

impl Observer {
    /// Records in these metrics, with all routes at zero.
    pub(crate) fn new(metrics: Arc<Metrics>, traces: Traces) -> Self {
        PathClass::ALL.iter().for_each(|class| metrics.add_route(class.as_str(), class.outcomes(), class.refusals()));
        Self { metrics, traces }
    }
}

impl ReviewRecord {
    /// Returns a record without counts.
    pub(super) fn new(end: ReviewEnd, body: &[u8]) -> Self {
        // A body that made the review panic may do so here.
        let subject = || catch_unwind(AssertUnwindSafe(|| Subject::of(body))).unwrap_or_default();
        let subject = if end.is_logged() { subject() } else { Subject::default() };
        Self { end, counts: Vec::new(), faults: 0, subject }
    }

    fn refused() -> Self {
        Self { end: ReviewEnd::Refused, counts: Vec::new(), faults: 0, subject: Subject::default() }
    }
}

impl ReviewEnd {
    /// Returns whether a line is written. Without one this costs two loads of an integer.
    fn is_logged(self) -> bool {
        match self {
            Self::Answered(AnswerKind::Denied) => tracing::enabled!(tracing::Level::INFO),
            Self::Answered(_) | Self::Refused => tracing::enabled!(tracing::Level::DEBUG),
            Self::Failed | Self::Panicked => tracing::enabled!(tracing::Level::ERROR),
        }
    }

    /// The label `outcome`.
    fn as_str(self) -> &'static str {
        match self {
            Self::Answered(outcome) => outcome.as_str(),
            Self::Refused | Self::Failed | Self::Panicked => "refused",
        }
    }
}

/// Logs the request, counts it and ends its span.
pub(super) async fn observe(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let Observer { metrics, traces } = observer;
    let (method, uri, begun) = (request.method().clone(), request.uri().clone(), Instant::now());
    let (in_flight, span) = (metrics.request_begun(), traces.begin(&request));
    let mut response = match request.extensions().get::<RequestContext>() {
        Some(context) if context.head_too_large => Refusal::HeadTooLarge.into_response(),
        _ => next.run(request).await,
    };
    drop(in_flight);
    let (duration, status) = (begun.elapsed(), response.status());
    let record = response.extensions_mut().remove().unwrap_or_else(ReviewRecord::refused);
    let answer =
        RequestRecord { route: PathClass::of(uri.path()).as_str(), outcome: record.end.as_str(), status, duration };
    metrics.record_request(&answer);
    metrics.record_settings(&record.counts);
    RequestLine { method: &method, uri: &uri, answer: &answer }.write(&record);
    span.end(&answer);
    response
}

impl RequestLine<'_> {
    fn write(&self, record: &ReviewRecord) {
        match record.end {
            ReviewEnd::Answered(AnswerKind::Denied) => self.write_denial(record),
            ReviewEnd::Failed => {
                self.write_failure(record, "a review could not be answered; this is a bug in podwright")
            }
            // The panic's own line has its place in the code, but not the request.
            ReviewEnd::Panicked => {
                self.write_failure(record, "a review made podwright panic; this is a bug in podwright");
            }
            ReviewEnd::Answered(_) | ReviewEnd::Refused => {}
        }
        let RequestRecord { route, outcome, status, duration } = *self.answer;
        let Subject { uid, namespace, kind, name, generate_name } = &record.subject;
        tracing::debug!(
            method = within(self.method.as_str(), CHARACTERS),
            path = self.path(),
            route,
            status = status.as_u16(),
            outcome,
            duration_seconds = duration.as_secs_f64(),
            uid,
            namespace,
            kind,
            name,
            "generateName" = generate_name,
            "request"
        );
    }

    fn write_denial(&self, record: &ReviewRecord) {
        let Subject { uid, namespace, name, generate_name, .. } = &record.subject;
        let (path, faults) = (self.path(), record.faults);
        let what = "denied a Pod whose annotations cannot be understood";
        tracing::info!(path, uid, namespace, name, "generateName" = generate_name, faults, "{what}");
    }

    fn write_failure(&self, record: &ReviewRecord, what: &'static str) {
        let Subject { uid, namespace, kind, name, generate_name } = &record.subject;
        tracing::error!(path = self.path(), uid, namespace, kind, name, "generateName" = generate_name, "{what}");
    }

    fn path(&self) -> String {
        within(self.uri.path(), CHARACTERS)
    }
}
