//! The heads of HTTP/2 that are larger than we take, refused and counted as every other request is: what HTTP/2's own code
//! refuses, it answers by itself, and nobody hears of it. So it takes more than we do, and what lies between is refused here.
//!
//! Never those of HTTP/1.1, which hyper measures before there is a request, with the end of their connection.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Version};
use axum::response::Response;

use crate::server::connection::house::Place;
use crate::server::connection::limits::{FIELDS, HEADERS};
use crate::server::request::router::sentence;

/// What each field counts beyond its characters, by RFC 9113, 6.5.2.
const FIELD: usize = 32;

/// Lets the fields go where nobody will look at them, and notes in the place whether that is because they are too many.
///
/// At once, and not when the request's turn comes: a few bytes of HPACK can mean a hundred kilobytes in memory, and before
/// the first of a connection's requests has its turn, those of all other connections may be there.
pub(crate) fn let_go<B>(request: &mut Request<B>, place: &mut Place) {
    place.head_too_large = request.version() == Version::HTTP_2 && is_too_large(request);
    if place.head_too_large || place.crowded {
        *request.headers_mut() = HeaderMap::new();
    }
}

/// The refusal of a request whose headers were too large.
pub(crate) fn refusal<B>(request: &Request<B>) -> Option<Response> {
    request.extensions().get::<Place>().is_some_and(|place| place.head_too_large).then(|| {
        let what = format!(
            "the request's headers are too large: expected {HEADERS} bytes (16 KiB) and {FIELDS} fields at most, all together"
        );
        sentence(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &what)
    })
}

fn is_too_large<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let field = |size, (name, value): (&HeaderName, &HeaderValue)| size + name.as_str().len() + value.len() + FIELD;
    request.headers().len() > FIELDS || request.headers().iter().fold(target, field) > usize::from(HEADERS)
}
