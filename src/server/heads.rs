//! The heads of HTTP/2 that are larger than we take, refused and counted as every other request is: what HTTP/2's own code
//! refuses, it answers by itself, and nobody hears of it. So it takes more than we do, and what lies between is refused here.
//!
//! Never those of HTTP/1.1, which hyper measures before there is a request, with the end of their connection.

use axum::extract::Request;
use axum::http::{StatusCode, Version};
use axum::response::Response;

use super::limits::HEADERS;
use super::routes::sentence;

/// What each field counts beyond its characters, by RFC 9113, 6.5.2.
const FIELD: usize = 32;

/// The refusal of such a request.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let too_large = request.version() == Version::HTTP_2 && size(request) > usize::from(HEADERS);
    too_large.then(|| {
        let what =
            format!("the request's headers are too large: expected {HEADERS} bytes (16 KiB) at most, all together");
        sentence(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &what)
    })
}

fn size(request: &Request) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    request.headers().iter().fold(target, |size, (name, value)| size + name.as_str().len() + value.len() + FIELD)
}
