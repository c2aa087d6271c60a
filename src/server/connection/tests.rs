//! Tests of one connection, in memory, with tokio's paused clock.
#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::client::conn as client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use crate::server::connection::serve::{Context, Service, Transport};
use crate::server::end_reason::Ended;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::limits::Limits;
use crate::server::metrics::Metrics;

const HOUR: Duration = Duration::from_secs(60 * 60);
const GET: &str = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n";

/// Returns a service with these limits, and the context of its first connection.
fn service(limits: &Limits, router: Router) -> (Service, Context) {
    let connections = Metrics::new(Stop::never().in_flight(), []).admin_connections;
    let service = Service::new(Transport::Plain, router, limits.clone(), connections);
    let slot = service.limiter.slot(service.limiter.room_now().unwrap(), [127, 0, 0, 1].into()).unwrap();
    (service, Context::new(slot, Stop::never()))
}

/// Sends bytes after a pause, while another connection may wait for room. Returns the end of the connection and its
/// duration.
async fn end_of(sent: &'static str, pause: Duration, another_waits: bool) -> (Ended, Duration) {
    let limits = Limits { connections: 1, ..Limits::default() };
    let (service, context) = service(&limits, Router::new());
    let (mut client, stream) = duplex(1024);
    let begun = Instant::now();
    let sends = async {
        sleep(pause).await;
        client.write_all(sent.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    };
    let waits = async {
        if another_waits {
            let _room = service.limiter.room().await;
        }
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        end = service.http_1(stream, &context) => end,
        () = sends => unreachable!(),
        () = waits => unreachable!(),
    };
    (end, begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn silence_and_half_a_head_end_sooner_at_the_connection_limit() {
    let limits = Limits::default();
    for (sent, pause, end, time) in [
        ("", Duration::ZERO, Ended::FirstRequest, limits.first_request),
        ("GET /livez HTTP/1.1\r\nho", Duration::ZERO, Ended::Head, limits.head),
        ("GET /livez HTTP/1.1\r\nho", limits.idle_at_limit / 2, Ended::Head, limits.head),
    ] {
        let (ended, took) = end_of(sent, pause, false).await;
        assert!(ended == end && took >= time && took <= time * 2, "{sent:?} after {pause:?}: {ended:?} {took:?}");
        let (ended, took) = end_of(sent, pause, true).await;
        let most = limits.idle_at_limit * 3 / 2;
        assert!(ended == Ended::Crowded && took <= most, "{sent:?} after {pause:?}: {ended:?} {took:?}");
    }
}

/// A request without an answer, on a connection of either version.
#[tokio::test(start_paused = true)]
async fn a_request_in_flight_is_no_idle_connection_and_has_its_own_time() {
    let limits = Limits { connections: 1, ..Limits::default() };
    for alpn in ["http/1.1", "h2"] {
        let (service, context) = service(&limits, Router::new().fallback(std::future::pending::<()>));
        let (client, stream) = duplex(1024);
        let begun = Instant::now();
        let asks = tokio::spawn(asks(client, alpn));
        let waits = async {
            let _room = service.limiter.room().await;
            std::future::pending::<()>().await;
        };
        let serves = async {
            match alpn {
                "h2" => service.http_2(stream, &context).await,
                _ => service.http_1(stream, &context).await,
            }
        };
        let end = tokio::select! {
            end = serves => end,
            () = waits => unreachable!(),
        };
        let took = begun.elapsed();
        assert_eq!(end, Ended::Request, "{alpn}");
        let most = limits.request + limits.head + limits.answer + Duration::from_secs(1);
        assert!(took >= limits.request && took <= most, "{alpn}: {took:?}");
        asks.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn the_admin_port_answers_one_request_on_each_connection() {
    let (service, context) = service(&Limits::default().for_admin(), Router::new());
    let (mut client, stream) = duplex(1024);
    let answer = async move {
        client.write_all(GET.repeat(2).as_bytes()).await.unwrap();
        let mut read = Vec::new();
        client.read_to_end(&mut read).await.unwrap();
        String::from_utf8_lossy(&read).into_owned()
    };
    let (_, answer) = tokio::join!(service.http_1(stream, &context), answer);
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("connection: close"), "{answer:?}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer:?}");
}

/// Sends a request, then waits for ever.
async fn asks(stream: DuplexStream, alpn: &str) {
    let request = Request::get("http://localhost/").body(String::new()).unwrap();
    if alpn == "h2" {
        let (mut sender, connection) =
            client::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        let _ = tokio::join!(sender.send_request(request), connection);
    } else {
        let (mut sender, connection) = client::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let _ = tokio::join!(sender.send_request(request), connection);
    }
    sleep(HOUR).await;
}
