//! A body that is not taken, or an answer that there is no room for: the status and the sentence that its sender gets.
//!
//! Never a word of what a body says: the API server shows the text to whoever created the Pod.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::limits::DRAIN_LIMIT;
use crate::server::request::router::sentence;

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// By its content type.
    NotJson,
    /// By its content encoding.
    Compressed,
    /// So much over the limit that it is not read to its end.
    TooLarge,
    /// Not here in time.
    TooSlow,
    /// The room or the budget is taken by others.
    Crowded,
    /// It ended early.
    Broken,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotJson => sentence(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong content type: expected an AdmissionReview as `Content-Type: application/json`",
            ),
            Self::Compressed => sentence(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "a compressed body: expected an AdmissionReview as it is, without `Content-Encoding`",
            ),
            Self::TooLarge => sentence(
                StatusCode::PAYLOAD_TOO_LARGE,
                &format!(
                    "the body has more than {DRAIN_LIMIT} bytes (64 MiB): expected an AdmissionReview of at most 7 MiB"
                ),
            ),
            Self::TooSlow => sentence(
                StatusCode::REQUEST_TIMEOUT,
                "the body came too slowly: expected an AdmissionReview within 10 seconds, or what `?timeout=` says",
            ),
            Self::Crowded => {
                let what =
                    "too many other requests, or too much of them, are in flight: try again, or run more replicas";
                // The API server tries again by itself where this header is, as long as its timeout allows.
                ([(header::RETRY_AFTER, "1")], sentence(StatusCode::SERVICE_UNAVAILABLE, what)).into_response()
            }
            Self::Broken => {
                sentence(StatusCode::BAD_REQUEST, "the body ended before it was complete: expected an AdmissionReview")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_for_want_of_room_is_tried_again() {
        let response = Refused::Crowded.into_response();
        assert_eq!((response.status().as_u16(), response.headers()[header::RETRY_AFTER].as_bytes()), (503, &b"1"[..]));
    }
}
