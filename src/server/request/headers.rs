//! The refusal of HTTP/2 heads that are too large. HTTP/2's own code would refuse them without a word to anybody, so it takes
//! larger heads than we do; what lies between is refused here and counted like every other request.
//!
//! HTTP/1.1's heads never come here: hyper measures them before there is a request, and ends their connection.

use axum::http::{Request, StatusCode};
use axum::response::Response;

use crate::server::limits::{FIELDS, HEADERS};
use crate::server::request::router::sentence;
use crate::server::request_context::RequestContext;

/// The refusal of a request whose headers were too large.
pub(crate) fn refusal<B>(request: &Request<B>) -> Option<Response> {
    request.extensions().get::<RequestContext>().is_some_and(|context| context.head_too_large).then(|| {
        let what = format!(
            "the request's headers are too large: expected {HEADERS} bytes (16 KiB) and {FIELDS} fields at most, all together"
        );
        sentence(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &what)
    })
}
