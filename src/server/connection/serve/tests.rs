//! One connection, in memory and by a clock that stands still until everybody waits for it.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use hyper::Request;
use hyper::client::conn as client;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

use super::*;
use crate::server::metrics::Metrics;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn visit(house: &House) -> Visit {
    let guest = Arc::new(Guest::enter(house, [127, 0, 0, 1].into()));
    Visit { guest, activity: Activity::new(), stop: Stop::never() }
}

#[tokio::test(start_paused = true)]
async fn where_room_is_wanted_half_a_head_is_given_up_as_soon_as_silence() {
    let limits = Limits::default().for_admin().with_connections(1);
    for (sent, pause) in [("", 0), ("GET /livez HTTP/1.1\r\nho", 0), ("GET /livez HTTP/1.1\r\nho", 30)] {
        let house = House::new(&limits);
        house.count(1);
        let connections = Metrics::new(Stop::never().in_flight()).admin_connections();
        let service = Service::new(Transport::Plain, Router::new(), (limits.clone(), house), connections);
        let (mut client, stream) = duplex(1024);
        let late = async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            client.write_all(sent.as_bytes()).await.unwrap();
            client
        };
        let begun = Instant::now();
        let (end, client) = tokio::join!(service.http_1(stream, visit(service.house())), late);
        assert_eq!(end, Ended::Crowded, "{sent:?} after {pause} ms");
        let most = limits.crowded + Duration::from_millis(5);
        assert!(begun.elapsed() <= most, "{sent:?} after {pause} ms: {:?}", begun.elapsed());
        drop(client);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_its_connections_last_where_its_address_has_more_than_its_share_and_others_wait_still() {
    let limits = Limits::default().for_admin();
    for (most, waited, is_last) in [(1, limits.crowded, false), (1, 2 * limits.crowded, true), (2, HOUR, false)] {
        let limits = limits.clone().with_connections(most);
        let house = House::new(&limits);
        house.count(most);
        tokio::time::sleep(waited).await;
        let told = Metrics::new(Stop::never().in_flight()).admin_connections();
        let service = Service::new(Transport::Plain, Router::new(), (limits, house), told);
        let (mut client, stream) = duplex(1024);
        let answer = async move {
            client.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            let mut read = [0; 1024];
            let length = client.read(&mut read).await.unwrap();
            String::from_utf8_lossy(read.get(..length).unwrap()).into_owned()
        };
        let (_, answer) = tokio::join!(service.http_1(stream, visit(service.house())), answer);
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer:?}");
        assert_eq!(answer.contains("connection: close"), is_last, "{answer}");
    }
}

/// A request that is never answered, on a connection of either version: no client's word ends it.
#[tokio::test(start_paused = true)]
async fn who_is_to_go_and_stays_is_cut_off() {
    let limits = Limits::default().with_connections(1);
    let router = Router::new().fallback(std::future::pending::<()>);
    for alpn in ["http/1.1", "h2"] {
        let house = House::new(&limits);
        house.count(1);
        let connections = Metrics::new(Stop::never().in_flight()).admin_connections();
        let service = Service::new(Transport::Plain, router.clone(), (limits.clone(), house), connections);
        let (client, stream) = duplex(1024);
        let visit = visit(service.house());
        let begun = Instant::now();
        let asks = tokio::spawn(asks(client, alpn));
        let end = match alpn {
            "h2" => service.http_2(stream, visit).await,
            _ => service.http_1(stream, visit).await,
        };
        let took = begun.elapsed();
        assert_eq!(end, Ended::Crowded, "{alpn}");
        assert!(took >= 2 * limits.crowded && took <= 4 * limits.crowded, "{alpn}: {took:?}");
        asks.abort();
    }
}

/// Sends a request, and waits for ever.
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
}
