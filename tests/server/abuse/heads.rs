//! Requests with heads that are too large or contradictory.

use tokio::io::AsyncWriteExt;

use super::answers::{REFUSED, one_of_four, pushed_from};
use super::frames::{CONTINUATION, END_HEADERS, END_STREAM, Fate, HEADERS, flood, frame, opening, post, streams};
use super::{BASE, Siege, sent_raw};
use crate::client::{HTTP_2, asking, connected};
use crate::running::Running;
use crate::watched::becomes;

/// Requests in flight for all connections together, beside one for each.
const MORE: u32 = 1024;
/// A request's headers take at most 16 KiB, so the 128 requests of a connection take 2 MiB.
const HEADS: u64 = BASE + 16;
/// HTTP/2's own code may have read heads that podwright has not looked at: 128 times 32 KiB for one connection, and
/// five times that in memory with the smallest fields.
const QUEUED: u64 = 20;
/// The series of a path that other clients do not use.
const ANSWERED: &str = "podwright_request_duration_seconds_count{route=\"workloads\"}";

#[tokio::test(flavor = "multi_thread")]
async fn a_million_headers_are_refused() {
    let siege = Siege::begin(Running::start(&[])).await;
    let million = "a: b\r\n".repeat(1_000_000);
    for lines in [&*million, &format!("a: {}", "b".repeat(1 << 23))] {
        let said =
            sent_raw(&siege.server, format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{lines}\r\n\r\n").as_bytes()).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    }

    let begun = [opening(&[]), frame(HEADERS, END_STREAM, 1, &post("/mutate"))].concat();
    let fields = frame(CONTINUATION, 0, 1, &b"\x00\x01a\x01b".repeat(3000));
    let (fate, code) = flood(&siege.server, begun, std::iter::repeat_n(fields, 334)).await;
    assert!(fate == Fate::Ended || code.is_some(), "{fate:?} {code:?}");
    siege.was_survived(HEADS).await;
}

/// One field of 4,000 bytes in the connection's table, and then one byte for each use of it: 64 MB from 16 KiB. hyper's
/// own limit is the same, so this tests both together.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_bomb_is_refused() {
    let siege = Siege::begin(Running::start(&[])).await;
    // With incremental indexing, a name of one byte and a value of 3,900 (127 + 3,773).
    let mut first = [&post("/mutate")[..], b"\x40\x01a\x7f\xbd\x1d"].concat();
    first.extend([b'b'; 3900]);
    let bomb = [post("/mutate"), vec![0xbe; 16_000]].concat();
    let bombs = streams(2000).map(|stream| {
        let block = if stream == 1 { &first } else { &bomb };
        frame(HEADERS, END_HEADERS | END_STREAM, stream, block)
    });
    flood(&siege.server, opening(&[]), bombs).await;
    siege.was_survived(HEADS).await;
}

/// A head 90 bytes below the limit, in which each byte refers to a field of the connection's table, and a body that
/// never comes. 4,096 connections have streams for half a million such requests. Beside one for each connection, all
/// connections together may have a thousand.
#[tokio::test(flavor = "multi_thread")]
async fn requests_whose_bodies_never_come_are_as_many_as_there_is_room_for() {
    let siege = Siege::begin(Running::start(&[])).await;
    // With incremental indexing, a name of one byte and a value of a hundred.
    let first = [&post("/mutate")[..], b"\x40\x01a\x64", &[b'b'; 100], &[0xbe; 90]].concat();
    let next = [&post("/mutate")[..], &[0xbe; 90]].concat();
    let heads =
        streams(128).map(|stream| frame(HEADERS, END_HEADERS, stream, if stream == 1 { &first } else { &next }));
    let heads: Vec<u8> = heads.flatten().collect();
    let mut held = Vec::new();
    for number in 0..20 {
        held.push(pushed_from(one_of_four(number), &siege.server, opening(&[]), heads.clone()).await);
    }
    becomes(&siege.server, REFUSED, f64::from(20 * 128 - 20 - MORE)).await;
    siege.was_survived(BASE + 32).await;
    drop(held);
}

/// A head with more fields than podwright accepts, as HTTP/2's own code still reads it: one byte each, and a hundred
/// times that in memory. Connections are read one after another on each core, and each head is freed before the next.
/// All 40 at once would take 350 MiB.
#[tokio::test(flavor = "multi_thread")]
async fn headers_that_we_refuse_and_http_2s_own_code_does_not_are_let_go() {
    let siege = Siege::begin(Running::start(&[])).await;
    let first = [&post("/check")[..], b"\x40\x01a\x01b"].concat();
    let other = [post("/check"), vec![0xbe; 950]].concat();
    let heads = streams(128).map(|stream| match stream {
        1 => frame(HEADERS, END_HEADERS | END_STREAM, stream, &first),
        _ => frame(HEADERS, END_HEADERS, stream, &other),
    });
    let heads: Vec<u8> = heads.flatten().collect();
    let cores = std::thread::available_parallelism().unwrap().get();
    let mut held = Vec::new();
    for _ in 0..40 {
        held.push(connected(&siege.server, HTTP_2).await);
    }
    for connection in &mut held {
        connection.write_all(&[opening(&[]), heads.clone()].concat()).await.unwrap();
        connection.flush().await.unwrap();
    }
    becomes(&siege.server, ANSWERED, f64::from(40 * 128)).await;
    siege.was_survived(BASE + 24 + QUEUED * cores as u64).await;
    drop(held);
}

/// A proxy may read such a length differently. The request is refused or read as HTTP says, and the connection ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_is_said_twice_is_no_request() {
    let siege = Siege::begin(Running::start(&[])).await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: a\r\n\r\n";
    for lengths in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: 0x5",
        "content-length: -1",
        "content-length: 99999999999999999999999",
        "transfer-encoding: gzip",
        "transfer-encoding: chunked, gzip",
        "transfer-encoding: xchunked",
        "content-length : 5",
        "content-length: 5\r\n transfer-encoding: chunked",
        "host : b\r\ncontent-length: 5",
    ] {
        let head = format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{lengths}\r\n\r\n");
        let said = sent_raw(&siege.server, format!("{head}0\r\n\r\n{hidden}").as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 400") && said.matches("HTTP/1.1").count() == 1, "{lengths}: {said}");
    }
    siege.was_survived(HEADS).await;
}

/// RFC 9112, 6.3: the chunks count, and a client that sends both lengths is not served again.
#[tokio::test(flavor = "multi_thread")]
async fn chunks_beside_a_length_count_alone() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    let both = format!(
        "content-length: 4\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n{:x}\r\n{review}\r\n0\r\n\r\n",
        review.len()
    );
    let said =
        sent_raw(&siege.server, format!("POST /mutate HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{both}").as_bytes())
            .await;
    assert!(said.starts_with("HTTP/1.1 200") || said.starts_with("HTTP/1.1 400"), "{said}");
    siege.was_survived(HEADS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_heads_are_answered() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    let whole = format!(
        "host: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{review}",
        review.len()
    );
    let chunked = "host: a\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked";
    let chunks = format!("{:x}\r\n{review}\r\n0\r\n", review.len());
    let long = "x".repeat(8000);
    #[rustfmt::skip]
    let cases = [
        ("an absolute URI", format!("POST http://elsewhere.example/mutate HTTP/1.1\r\n{whole}"), 200),
        ("HTTP/1.0", format!("POST /mutate HTTP/1.0\r\n{whole}"), 200),
        ("no host", "POST /mutate HTTP/1.1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(), 415),
        ("a star", format!("OPTIONS * HTTP/1.1\r\n{whole}"), 404),
        ("an authority", format!("CONNECT a:1 HTTP/1.1\r\n{whole}"), 404),
        ("a long path", format!("POST /{long} HTTP/1.1\r\n{whole}"), 404),
        ("a long profile", format!("POST /mutate/{long} HTTP/1.1\r\n{whole}"), 404),
        ("a path that is no UTF-8", format!("POST /mutate/%ff%00%0a HTTP/1.1\r\n{whole}"), 400),
        ("dots", format!("POST /check/../mutate HTTP/1.1\r\n{whole}"), 404),
        ("slashes", format!("POST //mutate HTTP/1.1\r\n{whole}"), 404),
        ("a method of its own", format!("BREW /mutate HTTP/1.1\r\n{whole}"), 405),
        ("trailers", format!("POST /mutate HTTP/1.1\r\n{chunked}\r\ntrailer: a\r\n\r\n{chunks}a: b\r\n\r\n"), 200),
        ("chunks that are none", format!("POST /mutate HTTP/1.1\r\n{chunked}\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"), 400),
        ("a chunk without end", format!("POST /mutate HTTP/1.1\r\n{chunked}\r\n\r\nfffffffffffffffff\r\n{{}}\r\n"), 400),
        ("compressed", format!("POST /mutate HTTP/1.1\r\ncontent-encoding: gzip\r\n{whole}"), 415),
        ("not compressed", format!("POST /mutate HTTP/1.1\r\ncontent-encoding: identity\r\n{whole}"), 200),
        ("an upgrade", format!("POST /mutate HTTP/1.1\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n{whole}"), 200),
        ("a head of bytes", "POST /mutate HTTP/1.1\r\nhost: a\r\na\0b: c\r\n\r\n".to_owned(), 400),
        ("too long a path", format!("POST /{} HTTP/1.1\r\n{whole}", "x".repeat(70_000)), 431),
    ];
    for (what, request, status) in cases {
        let said = sent_raw(&siege.server, request.as_bytes()).await;
        let found = said.split(' ').nth(1).unwrap_or_default();
        assert_eq!(found, status.to_string(), "{what}: {said}");
    }
    siege.was_survived(HEADS).await;
}

/// Chunk extensions and trailers are a second way to send headers.
#[tokio::test(flavor = "multi_thread")]
async fn trailers_and_extensions_without_end_are_refused() {
    let siege = Siege::begin(Running::start(&[])).await;
    let head =
        "POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    for rest in [
        format!("0\r\n{}\r\n", "a: b\r\n".repeat(200_000)),
        format!("1;{}\r\n{{\r\n0\r\n\r\n", "a".repeat(1 << 20)),
        format!("{}0\r\n\r\n", "1;a=b\r\n \r\n".repeat(200_000)),
    ] {
        let said = sent_raw(&siege.server, format!("{head}{rest}").as_bytes()).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    siege.was_survived(HEADS).await;
}
