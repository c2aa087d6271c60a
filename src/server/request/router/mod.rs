//! The webhook's routes: from an HTTP request to the bytes of an AdmissionReview and back.
//!
//! A status other than 200 means a wrong call, or podwright's own fault: with 500 the webhook's failurePolicy decides.
//! A denied Pod is a 200. Bodies are never logged: a Pod's env has secrets, and a parser's message can quote it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use super::body::{BodyReader, ReviewBody};
use super::observer::{CHARACTERS, Observer, ReviewEnd, ReviewRecord, observe};
use super::refusal::sentence;
use crate::admission::{self, Answer, Route, Unanswerable};
use crate::server::events::Events;
use crate::server::limits::LARGE_REVIEWS;
use crate::server::metrics::Metrics;
use crate::server::paths::{NAMESPACE_ROUTE, POD_ROUTE, PathClass, ReviewPath, WORKLOAD_ROUTE};
use crate::text::within;

/// `admission::answer` with the current configuration; tests use others.
pub(crate) type Admission = dyn Fn(&[u8], Route<'_>) -> Result<Answer, Unanswerable> + Send + Sync;

/// The largest body that is reviewed on the thread that read it. A usual review takes some 20 us, less than the hop to
/// another thread. One of megabytes may take a second, and must not block a worker for other reviews.
const REVIEWED_IN_PLACE: usize = 64 * 1024;

/// Answers reviews, large ones on a few threads of their own.
#[derive(Clone)]
struct Reviewer {
    admission: Arc<Admission>,
    large: Arc<Semaphore>,
    bodies: BodyReader,
    metrics: Arc<Metrics>,
    events: Events,
}

pub(crate) fn router(admission: Arc<Admission>, bodies: BodyReader, observer: Observer) -> Router {
    let (large, metrics) = (Arc::new(Semaphore::new(LARGE_REVIEWS)), Arc::clone(&observer.metrics));
    let reviewer = Reviewer { admission, large, bodies, metrics, events: observer.events.clone() };
    let pods = |State(reviewer), request| respond(reviewer, ReviewPath::Pods, request);
    let namespace =
        |State(reviewer), Path(profile), request| respond(reviewer, ReviewPath::Namespace(profile), request);
    let workloads = |State(reviewer), request| respond(reviewer, ReviewPath::Workloads, request);
    Router::new()
        .route(POD_ROUTE, only(post(pods)))
        .route(NAMESPACE_ROUTE, only(post(namespace)))
        .route(WORKLOAD_ROUTE, only(post(workloads)))
        .fallback(unknown)
        .layer(from_fn_with_state(observer, observe))
        .with_state(reviewer)
}

async fn respond(reviewer: Reviewer, path: ReviewPath, request: Request) -> Response {
    let class = PathClass::of(request.uri().path());
    let body = match reviewer.bodies.read(request).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    reviewer.metrics.record_body(class, body.length());
    if body.bytes.len() > REVIEWED_IN_PLACE {
        return review_on_a_thread(reviewer, path, body).await;
    }
    review(&reviewer, path.route(), &body)
}

/// Reviews on another thread, if one is free before the API server's timeout.
async fn review_on_a_thread(reviewer: Reviewer, path: ReviewPath, body: ReviewBody) -> Response {
    let Ok(permit) = timeout_at(body.deadline, Arc::clone(&reviewer.large).acquire_owned()).await else {
        return sentence(
            StatusCode::GATEWAY_TIMEOUT,
            "other reviews above 64 KiB took longer than the `?timeout=` of this one: run more replicas",
        );
    };
    let reviewed = tokio::task::spawn_blocking(move || {
        let _held = permit;
        review(&reviewer, path.route(), &body)
    });
    reviewed.await.unwrap_or_else(|_| failure())
}

/// Reviews a body, or allows it unread if it is above the limit. A panic is a 500 for one request; other requests of
/// the connection go on.
fn review(Reviewer { admission, events, .. }: &Reviewer, route: Route<'_>, body: &ReviewBody) -> Response {
    let oversized = body.is_oversized();
    let answer = || {
        let answer = if oversized { admission::oversized(&body.bytes, route) } else { admission(&body.bytes, route) };
        answer.inspect(|answer| events.record(&body.bytes, answer.summary.as_ref()))
    };
    let (response, end) = match catch_unwind(AssertUnwindSafe(answer)) {
        Ok(Ok(answer)) => return reply(answer, body),
        Ok(Err(unanswerable)) => {
            let (status, end) = match &unanswerable {
                Unanswerable::NotAReview(_) if oversized => (StatusCode::PAYLOAD_TOO_LARGE, ReviewEnd::Refused),
                Unanswerable::NotAReview(_) => (StatusCode::BAD_REQUEST, ReviewEnd::Refused),
                Unanswerable::UnknownProfile(_) => (StatusCode::NOT_FOUND, ReviewEnd::Refused),
                Unanswerable::OurFault(_) => (StatusCode::INTERNAL_SERVER_ERROR, ReviewEnd::Failed),
            };
            (sentence(status, &unanswerable.to_string()), end)
        }
        Err(_) => (failure(), ReviewEnd::Panicked),
    };
    record(response, ReviewRecord::new(end, &body.bytes))
}

fn record(mut response: Response, record: ReviewRecord) -> Response {
    response.extensions_mut().insert(record);
    response
}

fn failure() -> Response {
    sentence(StatusCode::INTERNAL_SERVER_ERROR, "podwright failed on this request; this is a bug, see its log")
}

fn reply(Answer { body: answer, outcome, counts, faults, .. }: Answer, body: &ReviewBody) -> Response {
    let reviewed = |end| ReviewRecord::new(end, &body.bytes);
    match body.reply(answer) {
        Ok(answer) => {
            let response = ([(header::CONTENT_TYPE, "application/json")], answer).into_response();
            record(response, ReviewRecord { counts, faults, ..reviewed(ReviewEnd::Answered(outcome)) })
        }
        Err(refusal) => record(refusal.into_response(), reviewed(ReviewEnd::Refused)),
    }
}

fn only(route: MethodRouter<Reviewer>) -> MethodRouter<Reviewer> {
    route.fallback(|| async {
        let refused = "wrong method: expected POST with an AdmissionReview as the body";
        ([(header::ALLOW, "POST")], sentence(StatusCode::METHOD_NOT_ALLOWED, refused)).into_response()
    })
}

async fn unknown(uri: Uri) -> Response {
    // This reply is outside the budget, so its length needs a limit.
    let path = within(&uri.path().escape_debug().to_string(), CHARACTERS);
    let unknown = format!(
        "unknown path `{path}`: expected POST {POD_ROUTE}, POST {WORKLOAD_ROUTE}, or POST {NAMESPACE_ROUTE} such as \
         /mutate/default"
    );
    sentence(StatusCode::NOT_FOUND, &unknown)
}

#[cfg(test)]
mod tests;
