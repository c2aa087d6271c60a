//! Reads a request's body to its end, within its time, its limit and the budget.
//!
//! A body above the limit is read to its end too, but only its start is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::budget::{BodyPermit, Budget};
use super::refusal::Refusal;
use super::reply::Reply;
use crate::server::limits::Limits;
use crate::server::request_context::{AnswerBytes, RequestContext};

/// Reads the bodies of all requests; clones share the budget.
#[derive(Clone)]
pub(crate) struct BodyReader {
    budget: Budget,
    limits: Arc<Limits>,
}

/// A body that was read to its end, with its part of the budget.
pub(super) struct ReviewBody {
    /// All of it, or its first 64 KiB if it is above the limit.
    pub(super) bytes: Bytes,
    pub(super) deadline: Instant,
    answers: AnswerBytes,
    permit: BodyPermit,
}

impl BodyReader {
    pub(crate) fn new(limits: &Limits, budget: Budget) -> Self {
        Self { budget, limits: Arc::new(limits.clone()) }
    }

    pub(super) async fn read(&self, request: Request) -> Result<ReviewBody, Refusal> {
        let (Parts { headers, uri, mut extensions, .. }, body) = request.into_parts();
        let RequestContext { answers, over_limit, .. } = extensions.remove().unwrap_or_default();
        // Checked first: such a request has lost its headers.
        if over_limit {
            return Err(Refusal::Crowded);
        }
        if !is_json(&headers) {
            return Err(Refusal::NotJson);
        }
        if !is_plain(&headers) {
            return Err(Refusal::Compressed);
        }
        // No budget counts headers, and HPACK makes a hundred times the bytes that a client sends.
        drop((headers, extensions));
        let now = Instant::now();
        let deadline = now + timeout(&uri).map_or(self.limits.answer, |timeout| timeout.min(self.limits.answer));
        let read = timeout_at(deadline.min(now + self.limits.body), collect(body, &self.budget)).await;
        let (bytes, permit) = read.unwrap_or(Err(Refusal::TooSlow))?;
        Ok(ReviewBody { bytes, deadline, answers, permit })
    }
}

impl ReviewBody {
    pub(super) fn length(&self) -> usize {
        self.permit.length
    }

    /// Returns whether it was above the limit, so that only its start is left.
    pub(super) fn is_oversized(&self) -> bool {
        self.permit.is_oversized()
    }

    /// Makes the reply. A usual one fits into its connection's own bytes, so other clients never cause its refusal.
    pub(super) fn reply(&self, bytes: Vec<u8>) -> Result<Body, Refusal> {
        let length = u32::try_from(bytes.len()).map_err(|_| Refusal::TooLarge)?;
        let permit = self.answers.take(length).or_else(|| self.permit.take_reply(length));
        Ok(Body::new(Reply::new(bytes, permit.ok_or(Refusal::Crowded)?)))
    }
}

/// Returns the whole body, or its start if it is above the limit.
async fn collect(mut body: Body, budget: &Budget) -> Result<(Bytes, BodyPermit), Refusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut permit = BodyPermit::new(budget, announced);
    // Refuses a body far above the limit at once.
    permit.add(0)?;
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(|_| Refusal::Broken)?.into_data() else { continue };
        let kept = permit.add(piece.len())?;
        // The usual body is one frame, and is not copied.
        if kept == piece.len() && bytes.is_empty() && body.is_end_stream() {
            return Ok((piece, permit));
        }
        bytes.truncate(kept);
        let room = kept - bytes.len();
        bytes.extend(piece.into_iter().take(room));
        if permit.is_oversized() {
            bytes.shrink_to(kept);
        }
    }
    Ok((bytes.into(), permit))
}

/// Returns the API server's timeout from the query: `?timeout=10s`. Ignores an invalid one.
fn timeout(uri: &Uri) -> Option<Duration> {
    let value = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("timeout="))?;
    let timeout = Duration::try_from(value.parse::<jiff::SignedDuration>().ok()?).ok()?;
    (!timeout.is_zero()).then_some(timeout)
}

/// Returns whether the content type is `application/json`, in any case and with any parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn is_plain(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests;
