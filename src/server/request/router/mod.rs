//! The webhook's routes: from an HTTP request to the bytes of an AdmissionReview and back, and the status where there is
//! no answer.
//!
//! What is said in HTTP statuses is only what the caller of the URL did wrong, and our own fault (500, so that the
//! webhook's failurePolicy decides). A Pod that is denied is a 200. Bodies are never logged, nor is anything made from
//! them: a Pod's env holds secrets, and a parser's message can quote it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use crate::admission::{self, Answer, Route, Unanswerable};
use crate::server::lifecycle::configuration::Current;
use crate::server::limits::LARGE_REVIEWS;
use crate::server::metrics::{self, Metrics};
use crate::server::request::body::{Intake, Whole};
use crate::server::request::observer::{CHARACTERS, End, Teller, Told, tell};
use crate::text::within;

/// Pods that opted in by their own annotations.
pub const POD_ROUTE: &str = "/mutate";
/// Every Pod of a Namespace that opted in, fitted by the profile that the path names.
pub const NAMESPACE_ROUTE: &str = "/mutate/{profile}";
/// Workloads, whose templates are looked at and never changed.
pub(crate) const WORKLOAD_ROUTE: &str = "/check";

/// `admission::answer` with its configuration; in tests also one that panics.
pub(crate) type Admission = dyn Fn(&[u8], Route<'_>) -> Result<Answer, Unanswerable> + Send + Sync;

/// The largest body that is answered where it was read. A usual review takes some 20 us, less than the hop to another thread
/// would; one of megabytes may take a second, and must not hold a worker that others, and the probes, wait for.
const ANSWERED_AT_ONCE: usize = 64 * 1024;

/// What answers reviews: `admission`, and a few threads for large ones.
#[derive(Clone)]
struct Reviewer {
    answer: Arc<Admission>,
    large: Arc<Semaphore>,
    intake: Intake,
    metrics: Arc<Metrics>,
}

impl FromRef<Reviewer> for Intake {
    fn from_ref(reviewer: &Reviewer) -> Self {
        reviewer.intake.clone()
    }
}

/// What a path asks for, without borrowing from it.
enum Asked {
    Pods,
    Namespace(String),
    Workloads,
}

impl Asked {
    fn route(&self) -> Route<'_> {
        match self {
            Self::Pods => Route::Pods,
            Self::Namespace(profile) => Route::Namespace { profile },
            Self::Workloads => Route::Workloads,
        }
    }

    fn path(&self) -> metrics::Path {
        match self {
            Self::Pods => metrics::Path::Pods,
            Self::Namespace(_) => metrics::Path::Namespace,
            Self::Workloads => metrics::Path::Workloads,
        }
    }
}

/// Answers by `admission`, with the configuration in force.
pub(crate) fn by_admission(current: Current) -> Arc<Admission> {
    // Asked for each review, which keeps to its end what was in force at its beginning.
    Arc::new(move |body: &[u8], route: Route<'_>| admission::answer(body, route, &current.configuration()))
}

/// The webhook's routes.
pub(crate) fn router(answer: Arc<Admission>, intake: Intake, teller: Teller) -> Router {
    let large = Arc::new(Semaphore::new(LARGE_REVIEWS));
    let reviewer = Reviewer { answer, large, intake, metrics: Arc::clone(&teller.metrics) };
    let pods = |State(reviewer): State<Reviewer>, body: Whole| respond(reviewer, body, Asked::Pods);
    let namespace = |State(reviewer): State<Reviewer>, Path(profile): Path<String>, body: Whole| {
        respond(reviewer, body, Asked::Namespace(profile))
    };
    let workloads = |State(reviewer): State<Reviewer>, body: Whole| respond(reviewer, body, Asked::Workloads);
    Router::new()
        .route(POD_ROUTE, only(post(pods)))
        .route(NAMESPACE_ROUTE, only(post(namespace)))
        .route(WORKLOAD_ROUTE, only(post(workloads)))
        .fallback(unknown)
        .layer(from_fn_with_state(teller, tell))
        .with_state(reviewer)
}

async fn respond(reviewer: Reviewer, body: Whole, asked: Asked) -> Response {
    reviewer.metrics.body(asked.path(), body.length());
    if body.is_oversized() {
        return allowed_unread(&body, asked.route());
    }
    if body.bytes.len() > ANSWERED_AT_ONCE {
        return review_apart(reviewer, body, asked).await;
    }
    review(&reviewer, &body, asked.route())
}

/// On a thread of its own, when there is one to be had while somebody waits for the answer.
async fn review_apart(reviewer: Reviewer, body: Whole, asked: Asked) -> Response {
    let Ok(permit) = timeout_at(body.deadline, Arc::clone(&reviewer.large).acquire_owned()).await else {
        return sentence(
            StatusCode::GATEWAY_TIMEOUT,
            "other reviews of more than 64 KiB did not finish within the `?timeout=` of this one: run more replicas",
        );
    };
    let answered = tokio::task::spawn_blocking(move || {
        let _held = permit;
        review(&reviewer, &body, asked.route())
    });
    answered.await.unwrap_or_else(|_| failed())
}

/// Answers a review of which only the start was kept. Without a uid in that start, the answer is 413.
fn allowed_unread(body: &Whole, route: Route<'_>) -> Response {
    match admission::oversized(&body.bytes, route) {
        Ok(answer) => answered(answer, body),
        Err(Unanswerable::OurFault(what)) => {
            told(sentence(StatusCode::INTERNAL_SERVER_ERROR, &what), Told::of(End::Failed, &body.bytes))
        }
        Err(unanswerable) => sentence(StatusCode::PAYLOAD_TOO_LARGE, &unanswerable.to_string()),
    }
}

/// A panic is a bug of ours in one request: it must be one request's 500, never the end of the connection that others
/// share.
fn review(Reviewer { answer, .. }: &Reviewer, body: &Whole, route: Route<'_>) -> Response {
    match catch_unwind(AssertUnwindSafe(|| answer(&body.bytes, route))) {
        Ok(Ok(answer)) => answered(answer, body),
        Ok(Err(unanswerable)) => {
            let (status, end) = match &unanswerable {
                Unanswerable::NotAReview(_) => (StatusCode::BAD_REQUEST, End::Refused),
                Unanswerable::UnknownProfile(_) => (StatusCode::NOT_FOUND, End::Refused),
                Unanswerable::OurFault(_) => (StatusCode::INTERNAL_SERVER_ERROR, End::Failed),
            };
            told(sentence(status, &unanswerable.to_string()), Told::of(end, &body.bytes))
        }
        Err(_) => told(failed(), Told::of(End::Panicked, &body.bytes)),
    }
}

fn told(mut response: Response, told: Told) -> Response {
    response.extensions_mut().insert(told);
    response
}

fn failed() -> Response {
    sentence(
        StatusCode::INTERNAL_SERVER_ERROR,
        "podwright failed on this request; this is a bug, and its log says where",
    )
}

fn answered(Answer { body: answer, outcome, counts, faults }: Answer, body: &Whole) -> Response {
    match body.answer(answer) {
        Ok(answer) => {
            let response = ([(header::CONTENT_TYPE, "application/json")], answer).into_response();
            told(response, Told { counts, faults, ..Told::of(End::Answered(outcome), &body.bytes) })
        }
        Err(refused) => told(refused.into_response(), Told::of(End::Refused, &body.bytes)),
    }
}

fn only(route: MethodRouter<Reviewer>) -> MethodRouter<Reviewer> {
    route.fallback(|| async {
        let refused = "wrong method: expected `POST` with an AdmissionReview as the body";
        ([(header::ALLOW, "POST")], sentence(StatusCode::METHOD_NOT_ALLOWED, refused)).into_response()
    })
}

async fn unknown(uri: Uri) -> Response {
    // An answer that nobody takes has no budget but where it is a review's, so that it must not be what a client makes it.
    let path = within(&uri.path().escape_debug().to_string(), CHARACTERS);
    let found = format!(
        "no such path: `{path}`. Expected POST {POD_ROUTE}, POST {NAMESPACE_ROUTE}, such as /mutate/default, or \
         POST {WORKLOAD_ROUTE}"
    );
    sentence(StatusCode::NOT_FOUND, &found)
}

/// The API server shows this text to the user as it is.
pub(crate) fn sentence(status: StatusCode, what: &str) -> Response {
    (status, format!("{what}\n")).into_response()
}

#[cfg(test)]
mod tests;
