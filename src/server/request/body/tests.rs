//! Bodies and replies within the budget.
#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use std::pin::Pin;

use super::*;
use crate::server::limits::{ANSWER_BYTES, BODY_LIMIT, DRAIN_LIMIT, SMALL_PART};

fn reader(limits: &Limits) -> BodyReader {
    BodyReader::new(limits, Budget::new(limits))
}

async fn read(reader: &BodyReader, body: Body) -> Result<ReviewBody, Refusal> {
    reader.read(Request::post("/mutate").header(header::CONTENT_TYPE, "application/json").body(body).unwrap()).await
}

async fn taken(reader: &BodyReader, length: usize) -> Result<ReviewBody, Refusal> {
    read(reader, Body::from(vec![b' '; length])).await
}

/// Returns the free bytes of both parts.
fn left(reader: &BodyReader) -> [usize; 2] {
    let (taken, limits) = (reader.budget.taken(), reader.budget.limits());
    let left: Vec<_> = limits.iter().zip(taken).map(|(limit, taken)| (limit.1 - taken.1) as usize).collect();
    left.try_into().unwrap()
}

#[tokio::test]
async fn large_bodies_share_a_budget_that_small_ones_do_not_need() {
    let limits = Limits { small_parts: 3 * SMALL_PART, large_parts: 10, ..Limits::default() };
    let reader = reader(&limits);
    let first = taken(&reader, SMALL_PART + 6).await.unwrap();
    assert_eq!(taken(&reader, SMALL_PART + 6).await.err(), Some(Refusal::Crowded));
    let small = taken(&reader, SMALL_PART).await.unwrap();
    let fits = taken(&reader, SMALL_PART + 4).await.unwrap();
    assert_eq!(taken(&reader, 1).await.err(), Some(Refusal::Crowded));
    drop(first);
    let again = taken(&reader, SMALL_PART + 6).await.unwrap();
    drop((small, fits, again));
    assert_eq!(left(&reader), [3 * SMALL_PART, 10]);
}

/// A body of this many pieces of 1 MiB, without an announced length.
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
    let reader = reader(&limits);
    for length in [BODY_LIMIT + (1 << 20), DRAIN_LIMIT] {
        for body in [Body::new(Unannounced(length >> 20)), Body::from(vec![b' '; length])] {
            let whole = read(&reader, body).await.unwrap();
            assert!(whole.is_oversized() && whole.length() == length, "{}", whole.length());
            assert_eq!(whole.bytes.len(), SMALL_PART);
            assert_eq!(left(&reader), [0, limits.large_parts], "{length}");
        }
    }
    for body in [Body::new(Unannounced((DRAIN_LIMIT >> 20) + 1)), Body::from(vec![b' '; DRAIN_LIMIT + 1])] {
        assert_eq!(read(&reader, body).await.err(), Some(Refusal::TooLarge));
    }
    assert_eq!(left(&reader).first().copied().unwrap(), SMALL_PART);
}

#[tokio::test]
async fn a_body_announced_above_the_limit_takes_no_budget_of_large_ones() {
    let limits = Limits { large_parts: 0, ..Limits::default() };
    let reader = reader(&limits);
    assert!(taken(&reader, BODY_LIMIT + 1).await.unwrap().is_oversized());
    assert_eq!(taken(&reader, SMALL_PART + 1).await.err(), Some(Refusal::Crowded));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_refused_when_its_time_is_over() {
    let limits = Limits::default();
    let begun = Instant::now();
    let outcome = read(&reader(&limits), Body::new(Endless)).await;
    assert_eq!(outcome.err(), Some(Refusal::TooSlow));
    assert!(begun.elapsed() >= limits.body && begun.elapsed() < limits.body * 2, "{:?}", begun.elapsed());
}

/// A body that never ends.
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
async fn a_large_reply_holds_its_budget_until_its_last_piece_is_gone() {
    let limits = Limits { large_parts: 2 * ANSWER_BYTES + 16, ..Limits::default() };
    let reader = reader(&limits);
    let asked = taken(&reader, 1).await.unwrap();
    let mut body = asked.reply(vec![b'x'; 2 * ANSWER_BYTES + 6]).unwrap();
    assert_eq!(body.size_hint().exact(), Some(2 * ANSWER_BYTES as u64 + 6));
    assert_eq!(asked.reply(vec![b'x'; 2 * ANSWER_BYTES + 6]).err(), Some(Refusal::Crowded));
    let mut pieces = pieces_of(&mut body).await;
    assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [16_384, 16_384, 6]);
    assert!(body.is_end_stream());
    drop(body);
    let last = pieces.pop();
    drop(pieces);
    assert_eq!(left(&reader)[1], 10, "the connection still has a piece");
    drop(last);
    assert_eq!(left(&reader)[1], 2 * ANSWER_BYTES + 16);
}

#[tokio::test]
async fn a_usual_reply_is_one_piece_and_has_its_connections_budget() {
    let limits = Limits { large_parts: 0, ..Limits::default() };
    let reader = reader(&limits);
    let asked = taken(&reader, 1).await.unwrap();
    let mut body = asked.reply(vec![b'x'; ANSWER_BYTES]).unwrap();
    assert_eq!(asked.reply(vec![b'x']).err(), Some(Refusal::Crowded), "the same connection's next");
    assert!(taken(&reader, 1).await.unwrap().reply(vec![b'x'; ANSWER_BYTES]).is_ok(), "another connection's");
    let lengths: Vec<_> = pieces_of(&mut body).await.iter().map(Bytes::len).collect();
    assert_eq!(lengths, [ANSWER_BYTES]);
    drop(body);
    assert!(asked.reply(vec![b'x'; ANSWER_BYTES]).is_ok(), "once it is taken");
}

async fn pieces_of(body: &mut Body) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.push(frame.unwrap().into_data().unwrap());
    }
    pieces
}

#[test]
fn the_api_servers_timeout_is_read_and_invalid_ones_are_ignored() {
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
