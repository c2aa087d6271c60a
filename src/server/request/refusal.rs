//! Refused requests, and replies without room: their statuses and sentences.
//!
//! No sentence quotes a body: the API server shows the text to the author of the Pod.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::limits::{DRAIN_LIMIT, FIELDS, HEADERS};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("request headers too large: expected at most {HEADERS} bytes (16 KiB) and {FIELDS} fields in total")]
    HeadTooLarge,
    #[error("wrong content type: expected an AdmissionReview with `Content-Type: application/json`")]
    NotJson,
    #[error("compressed body: expected an AdmissionReview without `Content-Encoding`")]
    Compressed,
    /// The body is so far above the limit that it is not read to its end.
    #[error("request body of more than {DRAIN_LIMIT} bytes (64 MiB): expected an AdmissionReview of at most 7 MiB")]
    TooLarge,
    #[error("the request body arrived too slowly: expected all of it within 10 seconds, or within `?timeout=`")]
    TooSlow,
    /// Other requests have taken the room or the budget.
    #[error("too many requests in flight, or too large ones: try again, or run more replicas")]
    Crowded,
    #[error("the request body ended early: expected a complete AdmissionReview")]
    Broken,
}

/// Makes a response of one line. The API server shows its text to the user.
pub(super) fn sentence(status: StatusCode, sentence: &str) -> Response {
    (status, format!("{sentence}\n")).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::NotJson | Self::Compressed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::BAD_REQUEST,
        };
        let response = sentence(status, &self.to_string());
        // With this header the API server tries again by itself, within its timeout.
        if self == Self::Crowded { ([(header::RETRY_AFTER, "1")], response).into_response() } else { response }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_for_lack_of_room_asks_for_a_retry() {
        let response = Refusal::Crowded.into_response();
        assert_eq!((response.status().as_u16(), response.headers()[header::RETRY_AFTER].as_bytes()), (503, &b"1"[..]));
    }
}
