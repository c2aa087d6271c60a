//! Clients that send nothing, or stop in the middle, while others are served.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Method;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, split};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, connected, pieces};
use crate::limited::HURRIED;
use crate::running::{PATIENCE, Running};
use crate::watched::{becomes, ended};

#[tokio::test]
async fn a_silent_client_never_holds_anothers_request() {
    let server = Running::start(&[]);
    let mut held = Vec::new();
    let mut tcp = Vec::new();
    for _ in 0..20 {
        tcp.push(TcpStream::connect(server.webhook).await.unwrap());
        held.push(connected(&server, HTTP_1).await);
        held.push(connected(&server, HTTP_2).await);
        let mut halfway = connected(&server, HTTP_1).await;
        halfway.write_all(b"POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-le").await.unwrap();
        let mut in_the_body = connected(&server, HTTP_1).await;
        let head =
            "POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
        in_the_body.write_all(head.as_bytes()).await.unwrap();
        held.extend([halfway, in_the_body]);
    }
    for alpn in [HTTP_1, HTTP_2] {
        let asked = async { Client::new(&server, alpn).await.post("/mutate", asking()).await };
        let answer = timeout(PATIENCE, asked).await.expect("no answer beside silent clients");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn who_stays_silent_is_closed() {
    let server = Running::start_limited(HURRIED);
    let mut tcp = TcpStream::connect(server.webhook).await.unwrap();
    closed("after TCP", &mut tcp).await;
    for alpn in [HTTP_1, HTTP_2] {
        closed(&format!("after TLS, {alpn}"), &mut connected(&server, alpn).await).await;
    }
    let mut admin = TcpStream::connect(server.admin).await.unwrap();
    closed("on the admin port", &mut admin).await;
}

#[tokio::test]
async fn half_a_head_is_closed_however_slowly_it_grows() {
    let server = Running::start_limited(HURRIED);
    for used in ["", "GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n"] {
        let (mut reader, mut writer) = split(connected(&server, HTTP_1).await);
        writer.write_all(used.as_bytes()).await.unwrap();
        let slowly = async move {
            writer.write_all(b"POST /mutate HTTP/1.1\r\nhost: ").await.unwrap();
            while writer.write_all(b"a").await.and(writer.flush().await).is_ok() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        let slowly = tokio::spawn(slowly);
        closed("half a head", &mut reader).await;
        slowly.abort();
    }
}

#[tokio::test]
async fn a_connection_that_idles_is_kept_for_the_next_request() {
    let server = Running::start_limited(HURRIED);
    let mut clients = [Client::new(&server, HTTP_1).await, Client::new(&server, HTTP_2).await];
    for _ in 0..2 {
        for client in &mut clients {
            assert_eq!(client.post("/mutate", asking()).await.status, 200);
        }
        // Twice the timeout for a head or the first request.
        sleep(Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn a_connection_that_idles_for_too_long_is_closed() {
    let server = Running::start(&["--idle-timeout", "1s"]);
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        assert_eq!(client.post("/mutate", asking()).await.status, 200, "{alpn}");
        let ended = async {
            while !client.is_closed() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, ended).await.unwrap_or_else(|_| panic!("{alpn}: still open"));
    }
}

#[tokio::test]
async fn half_a_body_is_refused_and_its_connection_serves_others_meanwhile() {
    let server = Running::start_limited(HURRIED);
    for alpn in [HTTP_1, HTTP_2] {
        let (sender, body) = pieces();
        sender.send("{".into()).unwrap();
        let mut client = Client::new(&server, alpn).await;
        let mut beside = if alpn == HTTP_2 { client.beside() } else { Client::new(&server, alpn).await };
        let slow = tokio::spawn(async move { client.request(Method::POST, "/mutate", JSON, body).await });
        assert_eq!(beside.post("/mutate", asking()).await.status, 200, "{alpn}");
        let refused = timeout(PATIENCE, slow).await.expect("never refused").unwrap();
        assert!(refused.status == 408 && refused.body.contains("too slowly"), "{alpn}: {refused:?}");
        drop(sender);
    }
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_closed() {
    let server = Running::start_limited(HURRIED);
    let mut builder = http2::Builder::new(TokioExecutor::new());
    // The window has no room for a byte of any answer.
    builder.initial_stream_window_size(0);
    let stream = TokioIo::new(connected(&server, HTTP_2).await);
    let (client, connection) = builder.handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let (sender, body) = pieces();
    sender.send(asking().into()).unwrap();
    drop(sender);
    let mut client = Client::Http2(client);
    let response = client.send(Method::POST, "/mutate", JSON, body).await.unwrap();
    let taken = timeout(PATIENCE, response.into_body().collect()).await.expect("still open");
    assert!(taken.is_err(), "an answer without room for it");
    becomes(&server, &ended("request"), 1.0).await;
    drop(client);
}

/// Fails if the server does not close this connection.
async fn closed(what: &str, stream: &mut (impl AsyncRead + Unpin)) {
    // A reset also counts as an end.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await.unwrap_or_else(|_| panic!("{what}: open"));
}
