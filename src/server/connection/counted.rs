//! Passes a connection's requests to the router: counts them as in flight, limits concurrent ones, and marks the last
//! response.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::service::TowerToHyperService;

use crate::server::connection::activity::Activity;
use crate::server::connection::limiter::RequestLimits;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::request_context::{AnswerBytes, RequestContext};

/// Wraps a router. A request is in flight until the connection has taken the whole body of its response.
///
/// Once `last_from` is announced, each response is marked as its connection's last. Only HTTP/1.1 has a header for
/// that.
pub(crate) fn counted(
    router: Router,
    activity: Activity,
    limits: RequestLimits,
    last_from: Option<Stop>,
) -> impl Service<
    Request<Incoming>,
    Response = Response<impl hyper::body::Body<Data = Bytes, Error = axum::Error> + Send + 'static>,
    Error = Infallible,
    Future: Send + 'static,
> {
    let (router, answers) = (TowerToHyperService::new(router), AnswerBytes::default());
    let last_from = Arc::new(last_from);
    service_fn(move |mut request: Request<Incoming>| {
        let (in_flight, alone) = activity.begin();
        let permit = limits.begin(alone);
        let over_limit = permit.is_none();
        RequestContext { answers: answers.clone(), over_limit, head_too_large: false }.add_to(&mut request);
        // Called now, so the router has the request even if this future is polled late.
        let answer = router.call(request);
        let last_from = Arc::clone(&last_from);
        async move {
            let answer = answer.await?;
            let mut answer = if over_limit { without_body(answer) } else { answer };
            if last_from.as_ref().as_ref().is_some_and(Stop::is_announced) {
                in_flight.mark_last();
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            let held = (in_flight, permit);
            Ok(answer.map(|body| {
                body.map_err(move |error| {
                    let _held = &held;
                    error
                })
            }))
        }
    })
}

/// Removes the body. A client may leave a body unread, which keeps its stream open; headers are always sent.
fn without_body(mut answer: Response) -> Response {
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer.map(|_| Body::empty())
}
