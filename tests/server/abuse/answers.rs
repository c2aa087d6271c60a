//! Clients that send requests and never read the answers.

use std::net::Ipv4Addr;
use std::time::Duration;

use hyper::client::conn::http2;
use hyper::{Method, Request};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::frames::{DATA, END_HEADERS, END_STREAM, HEADERS, WINDOW, frame, opening, post, streams};
use super::{BASE, Siege};
use crate::client::{Client, HTTP_1, HTTP_2, JSON, answer, asking, connect_from, connected, pieces, review, whole};
use crate::limited::{BUDGET_OF_8_MIB, HURRIED};
use crate::running::{PATIENCE, Running};
use crate::watched::{becomes, ended};

type Held = (ReadHalf<TlsStream<TcpStream>>, WriteHalf<TlsStream<TcpStream>>);

/// Sends as much of this as the server reads within a while, reads nothing, and keeps the connection.
pub(super) async fn pushed(server: &Running, opening: Vec<u8>, bytes: Vec<u8>) -> Held {
    pushed_from(Ipv4Addr::LOCALHOST, server, opening, bytes).await
}

/// One of four addresses by number. The requests of one address alone do not reach the limit for all.
pub(super) fn one_of_four(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, 2 + number % 4)
}

/// The same from this address.
pub(super) async fn pushed_from(source: Ipv4Addr, server: &Running, opening: Vec<u8>, bytes: Vec<u8>) -> Held {
    let (reader, mut writer) = split(connect_from(source, server, HTTP_2).await.unwrap());
    let push = async {
        let _ = writer.write_all(&opening).await;
        let _ = writer.write_all(&bytes).await;
        let _ = writer.flush().await;
    };
    let _ = timeout(Duration::from_secs(3), push).await;
    (reader, writer)
}

/// A review as one HTTP/2 stream.
fn asked(stream: u32, review: &str) -> Vec<u8> {
    let head = frame(HEADERS, END_HEADERS, stream, &post("/mutate"));
    let pieces: Vec<_> = review.as_bytes().chunks(16_384).collect();
    let last = pieces.len() - 1;
    let body = pieces.iter().enumerate().map(|(index, piece)| {
        let flags = if index == last { END_STREAM } else { 0 };
        frame(DATA, flags, stream, piece)
    });
    [head].into_iter().chain(body).flatten().collect()
}

/// 20 connections with 128 blocked answers each: one or two kilobytes per answer, plus the stream.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_takes_are_as_many_as_there_may_be_streams() {
    let siege = Siege::begin(Running::start(&[])).await;
    let asked: Vec<u8> = streams(2000).flat_map(|stream| asked(stream, &asking())).collect();
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(pushed(&siege.server, opening(&[(WINDOW, 0)]), asked.clone()).await);
    }
    for _ in 0..10 {
        held.push(pushed(&siege.server, opening(&[]), asked.clone()).await);
    }
    siege.was_survived(BASE + 64).await;
    drop(held);
}

/// A review of ten kilobytes gets an answer of 900 kilobytes. Unread answers share the budget of large bodies, here 8
/// MiB, for a window of 0 or 1. Beyond the budget, each keeps its first 64 KiB and its stream; answers in progress
/// exist twice, as a patch and as a response.
const LARGE: u64 = BASE + 8 + 24;
pub(super) const REFUSED: &str = "podwright_requests_total{route=\"pods\",outcome=\"refused\",status=\"503\"}";
/// More than the budget has room for, and more than the bound without a budget.
const ANSWERS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn large_answers_that_nobody_takes_have_a_budget() {
    for window in [0, 1] {
        let siege = Siege::begin(Running::start_limited(BUDGET_OF_8_MIB)).await;
        let asked = Asked { connections: 4, streams: ANSWERS / 4, window };
        let statuses = asked.for_answers_to(&large(), &siege.server).await;
        let refused = statuses.iter().filter(|status| **status == 503).count();
        becomes(&siege.server, REFUSED, refused as f64).await;
        assert!(0 < refused && refused < ANSWERS, "{refused} of {ANSWERS} were refused, with a window of {window}");
        siege.was_survived(LARGE).await;
    }
}

/// 1,000 answers of 70 KiB would be 70 MiB for 5 kilobytes each. Answers beyond a connection's share use the same
/// budget.
#[tokio::test(flavor = "multi_thread")]
async fn answers_of_some_kilobytes_that_nobody_takes_have_the_same_budget() {
    let siege = Siege::begin(Running::start_limited(BUDGET_OF_8_MIB)).await;
    let asked = Asked { connections: 10, streams: 100, window: 0 };
    let statuses = asked.for_answers_to(&with_variables(4), &siege.server).await;
    assert!(statuses.contains(&503), "none of {} was refused", statuses.len());
    siege.was_survived(LARGE).await;
}

/// Requests sent at once, with a window of this many bytes for each answer.
struct Asked {
    connections: usize,
    streams: usize,
    window: u32,
}

impl Asked {
    /// The statuses: answers with a review, refusals, and 408 on a machine that is busy for ten seconds.
    async fn for_answers_to(&self, review: &str, server: &Running) -> Vec<u16> {
        let mut asked = JoinSet::new();
        for _ in 0..self.connections {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.initial_stream_window_size(self.window).initial_connection_window_size(1 << 30);
            let stream = TokioIo::new(connected(server, HTTP_2).await);
            let (client, connection) = builder.handshake(stream).await.unwrap();
            tokio::spawn(connection);
            for _ in 0..self.streams {
                let (mut client, review) = (Client::Http2(client.clone()), review.to_owned());
                asked.spawn(async move { client.send(Method::POST, "/mutate", JSON, whole(review)).await.unwrap() });
            }
        }
        // All answers are kept until the last one is complete.
        let answers = asked.join_all().await;
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status().as_u16()).collect();
        assert_eq!(statuses.iter().find(|status| ![200, 408, 503].contains(status)), None);
        statuses
    }
}

/// A 404 quotes the path. Paths of 4,000 bytes on 20 connections would be 10 MiB.
#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_not_ours_is_not_sent_back_whole() {
    let server = Running::start(&[]);
    for alpn in [HTTP_1, HTTP_2] {
        let path = format!("/{}", "x".repeat(4000));
        let answer = Client::new(&server, alpn).await.post(&path, asking()).await;
        assert!(answer.status == 404 && answer.body.starts_with("unknown path `/xxx"), "{alpn}: {answer:?}");
        assert!(answer.body.len() < 500, "{alpn}: {} bytes", answer.body.len());
    }
}

/// A refusal with a body would keep its stream until the client reads it.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_want_of_room_is_over_whether_it_is_taken_or_not() {
    let server = Running::start(&[]);
    let heads: Vec<u8> =
        streams(128).flat_map(|stream| frame(HEADERS, END_HEADERS, stream, &post("/mutate"))).collect();
    let mut held = Vec::new();
    for number in 0..9 {
        held.push(pushed_from(one_of_four(number), &server, opening(&[]), heads.clone()).await);
    }
    becomes(&server, REFUSED, f64::from(9 * 128 - 9 - 1024)).await;
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(0);
    let (client, connection) = builder.handshake(TokioIo::new(connected(&server, HTTP_2).await)).await.unwrap();
    tokio::spawn(connection);
    let mut client = Client::Http2(client);
    let (first, body) = pieces();
    first.send("{".into()).unwrap();
    let mut first_client = client.beside();
    let first_answer = tokio::spawn(async move { first_client.send(Method::POST, "/mutate", JSON, body).await });
    becomes(&server, "podwright_requests_in_flight", f64::from(9 + 1024 + 1)).await;
    // More requests than streams are allowed, and no answer is read.
    let mut answers = Vec::new();
    for (method, status) in [(Method::POST, 503), (Method::GET, 405)].iter().cycle().take(200) {
        let sent = client.send(method.clone(), "/mutate", JSON, whole(asking()));
        let answer = timeout(PATIENCE, sent).await.expect("the streams are taken").unwrap();
        assert_eq!(answer.status(), *status);
        answers.push(answer);
    }
    let last = timeout(PATIENCE, answer(answers.pop().unwrap())).await.expect("there is more of it to take");
    assert_eq!(last.body, "");
    drop((first, first_answer, held));
}

/// Its streams are still open then, and it counts as any other connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_with_answers_that_nobody_takes_is_cut_off() {
    let server = Running::start_limited(HURRIED);
    // As many as the connection's window has room for.
    let asked: Vec<u8> = streams(4).flat_map(|stream| asked(stream, &large())).collect();
    let held = pushed(&server, opening(&[(WINDOW, 0)]), asked).await;
    becomes(&server, &ended("request"), 1.0).await;
    assert!(!server.read("log").contains("panic"), "{}", server.read("log"));
    drop(held);
}

/// The kernel buffers some bytes; the rest uses the same budget.
#[tokio::test(flavor = "multi_thread")]
async fn large_answers_that_nobody_takes_have_the_same_budget_in_http_1() {
    let siege = Siege::begin(Running::start_limited(BUDGET_OF_8_MIB)).await;
    let mut asked = JoinSet::new();
    let mut held = Vec::new();
    for _ in 0..ANSWERS {
        let Client::Http1(mut client) = Client::new(&siege.server, HTTP_1).await else { unreachable!() };
        let request = Request::post("/mutate").header("host", "a").header("content-type", JSON).body(whole(large()));
        asked.spawn(client.send_request(request.unwrap()));
        held.push(client);
    }
    let answers: Vec<_> = asked.join_all().await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status().as_u16())), "{answers:?}");
    siege.was_survived(LARGE).await;
}

/// Many variables in many containers.
fn large() -> String {
    with_variables(40)
}

/// About 17 KiB of variables in each container.
fn with_variables(containers: usize) -> String {
    let containers: Vec<_> =
        (0..containers).map(|number| json!({"name": format!("c{number}"), "image": "a"})).collect();
    let names: Vec<_> = (0..128).map(|number| format!("{}_{number}=metadata.name", "V".repeat(16))).collect();
    let mut review: Value =
        serde_json::from_str(&review(&json!({"podwright.dev/downward-env": names.join(",")}))).unwrap();
    review["request"]["object"]["spec"]["containers"] = json!(containers);
    review.to_string()
}
