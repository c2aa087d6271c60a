//! Requests that are refused before they are reviewed, and replies without room: their statuses and sentences.
//!
//! No sentence quotes a body: the API server shows the text to the author of the Pod.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::connection::limits::{DRAIN_LIMIT, FIELDS, HEADERS};

/// The reason for a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The headers of an HTTP/2 request are above the limit.
    HeadTooLarge,
    /// The content type is not JSON.
    NotJson,
    /// The body is compressed.
    Compressed,
    /// The body is so far above the limit that it is not read to its end.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// Others have taken the room or the budget.
    Crowded,
    /// The body ended early.
    Broken,
}

/// Makes a response of one line. The API server shows its text to the user.
pub(super) fn sentence(status: StatusCode, sentence: &str) -> Response {
    (status, format!("{sentence}\n")).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::HeadTooLarge => sentence(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                &format!(
                    "the request's headers are too large: expected {HEADERS} bytes (16 KiB) and {FIELDS} fields at most, all together"
                ),
            ),
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
                "the body came too slowly: expected an AdmissionReview within 10 seconds, or 2 where all connections \
                 are taken, or what `?timeout=` says",
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
        let response = Refusal::Crowded.into_response();
        assert_eq!((response.status().as_u16(), response.headers()[header::RETRY_AFTER].as_bytes()), (503, &b"1"[..]));
    }
}
