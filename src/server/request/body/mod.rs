//! A request's body, read whole: within a time, a size, and a budget of bytes that all bodies share.
//!
//! The budget is taken as bytes arrive, never for what a client says it will send, and is given back when the request is
//! answered. It is refused at once where there is none left: bodies that waited for each other's end would wait for ever.
//! A body above the limit is read to its end too, within the same time, and only its start is kept.

mod collected;
mod refused;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::server::limits::{BODY_LIMIT, Limits};
use crate::server::metrics::Standing;
use crate::server::request::reply::Pieces;
use crate::server::request_context::{AnswerBytes, RequestContext};
use collected::{Collected, Held};
pub(crate) use refused::Refused;

/// What the bodies of all requests share; clones are the same. Each request has two of them.
#[derive(Clone)]
pub(crate) struct Intake(Arc<Shared>);

struct Shared {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    /// How many bytes each of the two has.
    budgets: [usize; 2],
    body: Duration,
    answer: Duration,
}

/// A body that was read to its end, with its part of the budget.
pub(crate) struct Whole {
    /// All of it, or its first 64 KiB where it is above the limit.
    pub(crate) bytes: Bytes,
    /// When nobody waits for the answer any more.
    pub(crate) deadline: Instant,
    /// Of the connection that it came by.
    answers: AnswerBytes,
    held: Held,
}

impl Intake {
    pub(crate) fn new(limits: &Limits) -> Self {
        let [small, large] = [limits.small_parts, limits.large_parts].map(|bytes| Arc::new(Semaphore::new(bytes)));
        let budgets = [limits.small_parts, limits.large_parts];
        let Limits { body, answer, .. } = *limits;
        Self(Arc::new(Shared { small, large, budgets, body, answer }))
    }

    /// How many bytes are taken, for metrics.
    pub(crate) fn taken(&self) -> Standing {
        let [small, large] = self.0.budgets;
        let taken = |budget: usize, left: &Semaphore| budget.saturating_sub(left.available_permits());
        standing([taken(small, &self.0.small), taken(large, &self.0.large)])
    }

    /// How many may be.
    pub(crate) fn limits(&self) -> Standing {
        standing(self.0.budgets)
    }

    async fn read(&self, (uri, answers): (&Uri, AnswerBytes), body: Body) -> Result<Whole, Refused> {
        let shared = &self.0;
        let now = Instant::now();
        let deadline = now + timeout(uri).map_or(shared.answer, |asked| asked.min(shared.answer));
        let collected = Collected::new(Held::new(self.clone()));
        let read = timeout_at(deadline.min(now + shared.body), collected.read(body)).await;
        let (bytes, held) = read.unwrap_or(Err(Refused::TooSlow))?;
        Ok(Whole { bytes, deadline, answers, held })
    }
}

impl Whole {
    /// The number of bytes that the client sent.
    pub(crate) fn length(&self) -> usize {
        self.held.length()
    }

    /// Whether it was above the limit, so that only its start is left.
    pub(crate) fn is_oversized(&self) -> bool {
        self.length() > BODY_LIMIT
    }

    /// An answer to it, on its way out. A usual one has room in its connection's share, and is never refused for others that
    /// nobody takes.
    pub(crate) fn answer(&self, bytes: Vec<u8>) -> Result<Body, Refused> {
        let length = u32::try_from(bytes.len()).map_err(|_| Refused::TooLarge)?;
        let shared = || Arc::clone(&self.held.intake().0.large).try_acquire_many_owned(length).ok();
        let permit = self.answers.take(length).or_else(shared).ok_or(Refused::Crowded)?;
        Ok(Body::new(Pieces::new(bytes, permit)))
    }
}

fn standing([first, rest]: [usize; 2]) -> Standing {
    // Exact: the budgets are megabytes.
    vec![("first_64_kib", first as f64), ("rest", rest as f64)]
}

/// How long the API server waits for the answer, which it says in `?timeout=10s`. What cannot be read is not ours to refuse.
fn timeout(uri: &Uri) -> Option<Duration> {
    let value = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("timeout="))?;
    let read = Duration::try_from(value.parse::<jiff::SignedDuration>().ok()?).ok()?;
    (!read.is_zero()).then_some(read)
}

impl<S> FromRequest<S> for Whole
where
    S: Sync,
    Intake: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let (Parts { headers, uri, mut extensions, .. }, body) = request.into_parts();
        let RequestContext { answers, over_limit, .. } = extensions.remove().unwrap_or_default();
        // Its headers are not there any more.
        if over_limit {
            return Err(Refused::Crowded);
        }
        // Before any of it is read: there would be nothing to do with it.
        if !is_json(&headers) {
            return Err(Refused::NotJson);
        }
        if !is_plain(&headers) {
            return Err(Refused::Compressed);
        }
        // No budget counts them while the body is waited for, and they can be a hundred times what a client sends.
        drop((headers, extensions));
        Intake::from_ref(state).read((&uri, answers), body).await
    }
}

/// `application/json`, in any case and with any parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Bytes as they are, also where that is said.
fn is_plain(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

    use std::future::poll_fn;
    use std::pin::Pin;

    use hyper::body::Body as _;

    use super::*;
    use crate::server::limits::{ANSWER_BYTES, DRAIN_LIMIT, SMALL_PART};

    async fn taken(intake: &Intake, length: usize) -> Result<Whole, Refused> {
        intake.read((&Uri::from_static("/mutate"), AnswerBytes::default()), Body::from(vec![b' '; length])).await
    }

    #[tokio::test]
    async fn large_bodies_share_a_budget_that_small_ones_do_not_need() {
        let limits = Limits { small_parts: 3 * SMALL_PART, large_parts: 10, ..Limits::default() };
        let intake = Intake::new(&limits);
        let first = taken(&intake, SMALL_PART + 6).await.unwrap();
        assert_eq!(taken(&intake, SMALL_PART + 6).await.err(), Some(Refused::Crowded));
        let small = taken(&intake, SMALL_PART).await.unwrap();
        let fits = taken(&intake, SMALL_PART + 4).await.unwrap();
        assert_eq!(taken(&intake, 1).await.err(), Some(Refused::Crowded));
        drop(first);
        let again = taken(&intake, SMALL_PART + 6).await.unwrap();
        drop((small, fits, again));
        assert_eq!((intake.0.small.available_permits(), intake.0.large.available_permits()), (3 * SMALL_PART, 10));
    }

    /// Pieces of a MiB, so many of them, and no word of it before.
    struct Unannounced(usize);

    impl hyper::body::Body for Unannounced {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            let left = self.0;
            self.0 = left.saturating_sub(1);
            std::task::Poll::Ready((left > 0).then(|| Ok(hyper::body::Frame::data(vec![b' '; 1 << 20].into()))))
        }
    }

    #[tokio::test]
    async fn a_body_above_the_limit_is_read_to_its_end_and_holds_the_budget_of_its_start() {
        let limits = Limits { small_parts: SMALL_PART, ..Limits::default() };
        let intake = Intake::new(&limits);
        let uri = Uri::from_static("/mutate");
        for length in [BODY_LIMIT + (1 << 20), DRAIN_LIMIT] {
            for body in [Body::new(Unannounced(length >> 20)), Body::from(vec![b' '; length])] {
                let whole = intake.read((&uri, AnswerBytes::default()), body).await.unwrap();
                assert!(whole.is_oversized() && whole.length() == length, "{}", whole.length());
                assert_eq!(whole.bytes.len(), SMALL_PART);
                let left = (intake.0.small.available_permits(), intake.0.large.available_permits());
                assert_eq!(left, (0, limits.large_parts), "{length}");
            }
        }
        for body in [Body::new(Unannounced((DRAIN_LIMIT >> 20) + 1)), Body::from(vec![b' '; DRAIN_LIMIT + 1])] {
            assert_eq!(intake.read((&uri, AnswerBytes::default()), body).await.err(), Some(Refused::TooLarge));
        }
        assert_eq!(intake.0.small.available_permits(), SMALL_PART);
    }

    #[tokio::test]
    async fn a_body_that_says_that_it_is_above_the_limit_never_takes_the_budget_of_large_ones() {
        let limits = Limits { large_parts: 0, ..Limits::default() };
        let intake = Intake::new(&limits);
        assert!(taken(&intake, BODY_LIMIT + 1).await.unwrap().is_oversized());
        assert_eq!(taken(&intake, SMALL_PART + 1).await.err(), Some(Refused::Crowded));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_refused_when_its_time_is_over() {
        let limits = Limits::default();
        let begun = Instant::now();
        let read =
            Intake::new(&limits).read((&Uri::from_static("/mutate"), AnswerBytes::default()), Body::new(Endless)).await;
        assert_eq!(read.err(), Some(Refused::TooSlow));
        assert!(begun.elapsed() >= limits.body && begun.elapsed() < limits.body * 2, "{:?}", begun.elapsed());
    }

    /// Half a body, and nothing more.
    struct Endless;

    impl hyper::body::Body for Endless {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_large_answer_has_the_budget_until_the_last_piece_of_it_is_gone() {
        let limits = Limits { large_parts: 2 * ANSWER_BYTES + 16, ..Limits::default() };
        let intake = Intake::new(&limits);
        let asked = taken(&intake, 1).await.unwrap();
        let mut body = asked.answer(vec![b'x'; 2 * ANSWER_BYTES + 6]).unwrap();
        assert_eq!(body.size_hint().exact(), Some(2 * ANSWER_BYTES as u64 + 6));
        assert_eq!(asked.answer(vec![b'x'; 2 * ANSWER_BYTES + 6]).err(), Some(Refused::Crowded));
        let mut pieces = pieces_of(&mut body).await;
        assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [16_384, 16_384, 6]);
        assert!(body.is_end_stream());
        drop(body);
        let last = pieces.pop();
        drop(pieces);
        assert_eq!(intake.0.large.available_permits(), 10, "the connection still has a piece");
        drop(last);
        assert_eq!(intake.0.large.available_permits(), 2 * ANSWER_BYTES + 16);
    }

    #[tokio::test]
    async fn a_usual_answer_is_one_piece_and_has_its_connections_share() {
        let limits = Limits { large_parts: 0, ..Limits::default() };
        let intake = Intake::new(&limits);
        let asked = taken(&intake, 1).await.unwrap();
        let mut body = asked.answer(vec![b'x'; ANSWER_BYTES]).unwrap();
        assert_eq!(asked.answer(vec![b'x']).err(), Some(Refused::Crowded), "the same connection's next");
        assert!(taken(&intake, 1).await.unwrap().answer(vec![b'x'; ANSWER_BYTES]).is_ok(), "another connection's");
        let lengths: Vec<_> = pieces_of(&mut body).await.iter().map(Bytes::len).collect();
        assert_eq!(lengths, [ANSWER_BYTES]);
        drop(body);
        assert!(asked.answer(vec![b'x'; ANSWER_BYTES]).is_ok(), "once it is taken");
    }

    async fn pieces_of(body: &mut Body) -> Vec<Bytes> {
        let mut pieces = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            pieces.push(frame.unwrap().into_data().unwrap());
        }
        pieces
    }

    #[test]
    fn the_api_servers_timeout_is_read_and_others_are_not_ours_to_refuse() {
        for (uri, expected) in [
            ("/mutate?timeout=10s", Some(10)),
            ("/mutate?a=b&timeout=1m5s", Some(65)),
            ("/mutate?timeout=0s", None),
            ("/mutate?timeout=-5s", None),
            ("/mutate?timeout=soon", None),
            ("/mutate?timeout=", None),
            ("/mutate", None),
        ] {
            assert_eq!(timeout(&Uri::from_static(uri)), expected.map(Duration::from_secs), "{uri}");
        }
    }
}
