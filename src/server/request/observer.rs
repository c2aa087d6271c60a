//! What is said of each request: a line in the log, its counts, and a span where it is traced.
//!
//! A line has names and numbers, never a body, an annotation's value or anything else made from them; what a request
//! names is on one line and has an end. Nothing is looked up for a line that is not going to be written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;

use crate::admission::{AnswerKind, Subject};
use crate::inject::Count;
use crate::server::metrics::{Metrics, Path};
use crate::server::request::headers;
use crate::server::traces::Traces;
use crate::text::within;

/// The most characters of a path or a method: those that are ours are shorter.
pub(crate) const CHARACTERS: usize = 300;

/// Where it is said.
#[derive(Clone)]
pub(crate) struct Teller {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traces: Traces,
}

/// What came of a body that was looked at.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) end: End,
    pub(crate) counts: Vec<Count>,
    pub(crate) faults: usize,
    /// Only where a line is written.
    pub(crate) subject: Subject,
}

/// How a review ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Answered(AnswerKind),
    /// The caller's fault.
    Refused,
    /// Ours.
    Failed,
    /// Ours, and by surprise.
    Panicked,
}

/// A request that was answered, as a line has it.
struct Line<'a> {
    method: &'a Method,
    uri: &'a Uri,
    route: &'static str,
    status: u16,
    duration_seconds: f64,
}

impl Told {
    /// An end without anything to count.
    pub(crate) fn of(end: End, body: &[u8]) -> Self {
        // Whatever made the review panic is still in the body.
        let subject = || catch_unwind(AssertUnwindSafe(|| Subject::of(body))).unwrap_or_default();
        let subject = if end.is_told() { subject() } else { Subject::default() };
        Self { end, counts: Vec::new(), faults: 0, subject }
    }

    fn nothing() -> Self {
        Self { end: End::Refused, counts: Vec::new(), faults: 0, subject: Subject::default() }
    }
}

impl End {
    /// Whether a line is written for it. A request that nobody wants to read about costs two loads of an integer here.
    fn is_told(self) -> bool {
        match self {
            Self::Answered(AnswerKind::Denied) => tracing::enabled!(tracing::Level::INFO),
            Self::Answered(_) | Self::Refused => tracing::enabled!(tracing::Level::DEBUG),
            Self::Failed | Self::Panicked => tracing::enabled!(tracing::Level::ERROR),
        }
    }

    /// As the label of the metrics has it.
    fn word(self) -> &'static str {
        self.outcome().map_or("refused", AnswerKind::as_str)
    }

    fn outcome(self) -> Option<AnswerKind> {
        match self {
            Self::Answered(outcome) => Some(outcome),
            Self::Refused | Self::Failed | Self::Panicked => None,
        }
    }
}

/// Logs the request, counts it and ends its span.
pub(crate) async fn tell(
    State(Teller { metrics, traces }): State<Teller>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (method, uri, begun) = (request.method().clone(), request.uri().clone(), Instant::now());
    let (in_flight, span) = (metrics.begun(), traces.begin(&request));
    let mut response = match headers::refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    drop(in_flight);
    let (duration, status) = (begun.elapsed(), response.status());
    let told = response.extensions_mut().remove::<Told>().unwrap_or_else(Told::nothing);
    let path = Path::of(uri.path());
    metrics.request(path, (told.end.outcome(), status), duration);
    metrics.wishes(&told.counts);
    let duration_seconds = duration.as_secs_f64();
    let line = Line { method: &method, uri: &uri, route: path.word(), status: status.as_u16(), duration_seconds };
    line.write(&told);
    span.end(line.route, (line.status, told.end.word()));
    response
}

impl Line<'_> {
    fn write(&self, told: &Told) {
        match told.end {
            End::Answered(AnswerKind::Denied) => self.write_denial(told),
            End::Failed => self.write_failure(told, "a review could not be answered; this is a bug in podwright"),
            // The panic's own line has its place, and cannot have the request.
            End::Panicked => self.write_failure(told, "a review made podwright panic; this is a bug in podwright"),
            End::Answered(_) | End::Refused => {}
        }
        let Self { method, route, status, duration_seconds, .. } = self;
        let Subject { uid, namespace, kind, name, generate_name } = &told.subject;
        tracing::debug!(
            method = within(method.as_str(), CHARACTERS),
            path = self.path(),
            route,
            status,
            outcome = told.end.word(),
            duration_seconds,
            uid,
            namespace,
            kind,
            name,
            "generateName" = generate_name,
            "request"
        );
    }

    fn write_denial(&self, told: &Told) {
        let Subject { uid, namespace, name, generate_name, .. } = &told.subject;
        let (path, faults) = (self.path(), told.faults);
        let what = "denied a Pod whose annotations cannot be understood";
        tracing::info!(path, uid, namespace, name, "generateName" = generate_name, faults, "{what}");
    }

    fn write_failure(&self, told: &Told, what: &'static str) {
        let Subject { uid, namespace, kind, name, generate_name } = &told.subject;
        tracing::error!(path = self.path(), uid, namespace, kind, name, "generateName" = generate_name, "{what}");
    }

    fn path(&self) -> String {
        within(self.uri.path(), CHARACTERS)
    }
}
