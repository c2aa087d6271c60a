//! Shutdown: requests in flight finish, idle connections close, and readiness fails first.

use std::time::{Duration, Instant};

use hyper::body::{Bytes, Incoming};
use hyper::{Method, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, Pieces, admin, answer, asking, connected, pieces};
use crate::running::{PATIENCE, Running};

/// The handshake timeout. A shutdown that takes as long has waited for a silent client.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A request in flight.
type InFlight = JoinHandle<hyper::Result<Response<Incoming>>>;

#[tokio::test]
async fn a_request_in_flight_is_answered_after_sigterm() {
    let mut server = Running::start(&[]);
    let (sender, body) = pieces();
    let review = asking();
    let (first, second) = review.split_at(review.len() / 2);
    sender.send(first.to_owned().into()).unwrap();
    let response = in_flight(Client::new(&server, HTTP_2).await, body).await;
    stops_but_does_not_end(&mut server, "TERM").await;

    sender.send(second.to_owned().into()).unwrap();
    drop(sender);
    let response = timeout(PATIENCE, response).await.unwrap().unwrap();
    assert_eq!(answer(response.unwrap()).await.status, 200);
    assert_eq!(server.ended().code(), Some(0), "{}", server.read("log"));
}

#[tokio::test]
async fn the_answer_in_flight_closes_its_connection() {
    let mut server = Running::start(&[]);
    let review = asking();
    let mut stream = connected(&server, HTTP_1).await;
    // The server answers 100 once it has the request and wants the body.
    let head = format!("content-type: {JSON}\r\ncontent-length: {}\r\nexpect: 100-continue", review.len());
    stream.write_all(format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut go_on = *b"HTTP/1.1 100 Continue\r\n\r\n";
    timeout(PATIENCE, stream.read_exact(&mut go_on)).await.unwrap().unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stops_but_does_not_end(&mut server, "TERM").await;

    stream.write_all(review.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut read)).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&read).to_lowercase();
    assert!(text.starts_with("http/1.1 200") && text.contains("connection: close"), "{text}");
    assert_eq!(server.ended().code(), Some(0), "{}", server.read("log"));
}

/// An HTTP/1.1 client learns of the shutdown with an answer, or not at all. Closing an idle connection could lose a
/// request on its way, and the API server does not send it again.
#[tokio::test]
async fn an_http_1_connection_in_use_is_given_up_during_the_lame_duck_and_one_that_idles_is_kept() {
    let server = Running::start_with_lame_duck("10m");
    let review = asking();
    let head = format!("host: a\r\ncontent-type: {JSON}\r\ncontent-length: {}", review.len());
    let request = format!("POST /mutate HTTP/1.1\r\n{head}\r\n\r\n{review}");
    let mut used = connected(&server, HTTP_1).await;
    server.held.signal("TERM").unwrap();
    becomes_unready(&server).await;
    used.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, used.read_to_end(&mut read)).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&read).to_lowercase();
    assert!(text.starts_with("http/1.1 200") && text.contains("connection: close"), "{text}");
}

/// Writing to a closed socket causes a reset, after which the client drops unread answers. Go's HTTP/2 client drops all
/// requests of the connection.
#[tokio::test]
async fn what_a_client_still_sends_after_the_end_of_its_connection_is_no_error_for_it() {
    let server = Running::start_with_lame_duck("10m");
    server.held.signal("TERM").unwrap();
    becomes_unready(&server).await;
    // A machine that pauses for a second misses the moment, so the test tries several times.
    for _ in 0..10 {
        let mut client = connected(&server, HTTP_1).await;
        client.write_all(b"GET /mutate HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        timeout(PATIENCE, client.read_to_end(&mut Vec::new())).await.unwrap().unwrap();
        let socket = client.get_mut().0;
        // The first write causes the reset, and the second one sees it.
        let first = socket.write_all(b"late").await;
        sleep(Duration::from_millis(50)).await;
        if first.and(socket.write_all(b"later").await).is_ok() {
            return;
        }
    }
    panic!("the socket was closed each time");
}

#[tokio::test]
async fn idle_and_silent_connections_do_not_delay_the_end() {
    for signal in ["TERM", "INT"] {
        let mut server = Running::start(&[]);
        let mut used = [Client::new(&server, HTTP_1).await, Client::new(&server, HTTP_2).await];
        for client in &mut used {
            assert_eq!(client.post("/mutate", asking()).await.status, 200);
        }
        let fresh = [connected(&server, HTTP_1).await, connected(&server, HTTP_2).await];
        let tcp = TcpStream::connect(server.webhook).await.unwrap();
        let mut halfway = connected(&server, HTTP_1).await;
        halfway.write_all(b"POST /mutate HTTP/1.1\r\nhos").await.unwrap();

        let (status, took) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{}", server.read("log"));
        assert!(took < SHORTEST_TIMEOUT, "{signal}: took {took:?}");
        drop((used, fresh, tcp, halfway));
    }
}

/// The kernel opens connections by itself, and resets those that nobody has accepted when the listener closes.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_the_queue_when_the_stop_begins_is_taken_in() {
    let mut server = Running::start(&[]);
    server.held.signal("STOP").unwrap();
    let mut waiting = Vec::new();
    // More than the server accepts between two checks for the signal.
    for _ in 0..400 {
        waiting.push(timeout(PATIENCE, TcpStream::connect(server.webhook)).await.expect("turned away").unwrap());
    }
    server.held.signal("TERM").unwrap();
    server.held.signal("CONT").unwrap();
    for mut tcp in waiting {
        let mut said = Vec::new();
        assert_eq!(timeout(PATIENCE, tcp.read_to_end(&mut said)).await.unwrap().expect("reset"), 0);
    }
    assert_eq!(server.ended().code(), Some(0), "{}", server.read("log"));
}

/// Repeated, because a race once reported the listener's end as a failure.
#[test]
fn a_server_without_a_connection_ends_well_every_time() {
    for round in 0..20 {
        let mut server = Running::start(&[]);
        let (status, _) = server.stop("TERM");
        assert_eq!(status.code(), Some(0), "round {round}:\n{}", server.read("log"));
    }
}

#[tokio::test]
async fn a_second_signal_ends_a_lame_duck_at_once() {
    for second in ["TERM", "INT"] {
        let mut server = Running::start_with_lame_duck("10m");
        let cut_off = half_sent(&server).await;
        server.held.signal("TERM").unwrap();
        becomes_unready(&server).await;
        assert!(TcpStream::connect(server.webhook).await.is_ok(), "no lame duck");
        ends_at_once(&mut server, second, cut_off).await;
    }
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_what_is_in_flight() {
    for (lame_duck, [first, second]) in [("0s", ["TERM", "TERM"]), ("0s", ["TERM", "INT"]), ("10m", ["INT", "INT"])] {
        let mut server = Running::start_with_lame_duck(lame_duck);
        let cut_off = half_sent(&server).await;
        stops_but_does_not_end(&mut server, first).await;
        ends_at_once(&mut server, second, cut_off).await;
    }
}

#[tokio::test]
async fn a_lame_duck_is_not_ready_and_serves_on() {
    // Longer than the test's patience.
    let server = Running::start_with_lame_duck("10m");
    let mut used = [Client::new(&server, HTTP_1).await, Client::new(&server, HTTP_2).await];
    server.held.signal("TERM").unwrap();
    becomes_unready(&server).await;
    // An HTTP/1.1 answer during shutdown is its connection's last.
    for ((client, alpn), requests) in used.iter_mut().zip([HTTP_1, HTTP_2]).zip([1, 2]) {
        for _ in 0..requests {
            assert_eq!(client.post("/mutate", asking()).await.status, 200, "on a connection from before");
        }
        assert_eq!(Client::new(&server, alpn).await.post("/mutate", asking()).await.status, 200, "on a new connection");
    }
}

#[tokio::test]
async fn a_request_in_flight_when_the_lame_duck_ends_is_answered() {
    let mut server = Running::start_with_lame_duck("1s");
    let (sender, body) = pieces();
    let response = in_flight(Client::new(&server, HTTP_2).await, body).await;
    stops_but_does_not_end(&mut server, "TERM").await;
    sender.send(asking().into()).unwrap();
    drop(sender);
    assert_eq!(answer(response.await.unwrap().unwrap()).await.status, 200);
    assert_eq!(server.ended().code(), Some(0), "{}", server.read("log"));
}

#[tokio::test]
async fn a_lame_duck_ends_by_itself_and_nobody_at_a_terminal_waits_for_it() {
    let mut server = Running::start_with_lame_duck("2s");
    let (status, took) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{}", server.read("log"));
    assert!(took >= Duration::from_secs(2), "took {took:?}");

    let mut server = Running::start_with_lame_duck("10m");
    let (status, _) = server.stop("INT");
    assert_eq!(status.code(), Some(0), "{}", server.read("log"));
}

/// Sends a request on an HTTP/2 connection and returns once the server has read it. The server reads requests in order,
/// so the answer to a later one shows that.
async fn in_flight(mut client: Client, body: Pieces) -> InFlight {
    let mut beside = client.beside();
    let mut first = Box::pin(async move { client.send(Method::POST, "/mutate", JSON, body).await });
    tokio::select! {
        biased;
        early = &mut first => panic!("answered without the rest of its body: {early:?}"),
        later = beside.post("/mutate", asking()) => assert_eq!(later.status, 200),
    }
    tokio::spawn(first)
}

/// Sends a request whose body never ends while the sender exists.
async fn half_sent(server: &Running) -> (UnboundedSender<Bytes>, InFlight) {
    let (sender, body) = pieces();
    sender.send("{".into()).unwrap();
    (sender, in_flight(Client::new(server, HTTP_2).await, body).await)
}

/// Sends the signal with a request in flight. The server is not ready, accepts nothing, and still runs after the quiet
/// second.
async fn stops_but_does_not_end(server: &mut Running, signal: &str) {
    server.held.signal(signal).unwrap();
    becomes_unready(server).await;
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(server.webhook).await.is_ok() {
        assert!(Instant::now() < deadline, "still accepts");
        sleep(Duration::from_millis(5)).await;
    }
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(server.held.exited().unwrap(), None, "ended with a request in flight");
}

/// Sends the second signal with one request in flight, which gets no answer.
async fn ends_at_once(server: &mut Running, signal: &str, (rest, response): (UnboundedSender<Bytes>, InFlight)) {
    let (status, took) = server.stop(signal);
    let log = server.read("log");
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(took < SHORTEST_TIMEOUT, "took {took:?}");
    assert!(
        log.contains(&format!(
            "without the responses to requests in flight signal=\"SIG{signal}\" requests_in_flight=1"
        )),
        "{log}"
    );
    assert!(response.await.unwrap().is_err(), "answered without its body");
    drop(rest);
}

async fn becomes_unready(server: &Running) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (ready, alive) = (admin(server, "/readyz").await, admin(server, "/livez").await);
        assert_eq!(alive.status, 200, "a restart would not help: {alive:?}");
        if ready.status == 503 {
            assert!(ready.body.contains("[-]listening failed: podwright is stopping"), "{ready:?}");
            return;
        }
        assert!(Instant::now() < deadline, "still ready: {ready:?}");
        sleep(Duration::from_millis(5)).await;
    }
}
