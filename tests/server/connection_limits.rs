//! Servers at their connection limit: idle clients make room for new ones, and one address leaves room for others.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::client::{Answer, Client, HTTP_1, HTTP_2, JSON, admin, asking, connect_from, connect_plainly, pieces};
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running, room_for};
use crate::watched::{ended, failed};

const ONE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const ANOTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// The time limit for a kubelet's probe.
const PROBE: Duration = Duration::from_millis(1500);

/// The status of a request on a new connection.
pub(crate) fn served_anew(server: &Running) -> impl Future<Output = u16> + Unpin {
    Box::pin(async move { Client::new(server, HTTP_2).await.post("/mutate", asking()).await.status })
}

/// The options for this limit; one address may use all of it.
fn limit(connections: &str) -> [&str; 4] {
    ["--max-connections", connections, "--max-connections-per-address", connections]
}

const LIMIT_REACHED: &str = "connection limit reached; closing idle connections";

#[tokio::test]
async fn a_client_is_served_when_the_bodies_that_never_end_had_their_time() {
    let server = Running::start(&limit("2"));
    let mut slow = Vec::new();
    for alpn in [HTTP_1, HTTP_2] {
        slow.push(half_sent(Client::new(&server, alpn).await).await);
    }
    let late = served_anew(&server);
    assert_eq!(admin(&server, "/readyz").await.status, 200, "the admin port has connections of its own");
    assert_eq!(timeout(PATIENCE, late).await.expect("never served"), 200);
    assert!(server.read("log").contains(LIMIT_REACHED), "{}", server.read("log"));
    for (rest, answered) in slow {
        let (_, answer) = timeout(PATIENCE, answered).await.expect("not answered").unwrap();
        assert_eq!(answer.status, 408, "{answer:?}");
        drop(rest);
    }
}

/// More than a listener's default queue of 128.
const WAITING: usize = 300;

/// A probe that is turned away from a full queue retries after a second, which is the kubelet's whole timeout.
#[tokio::test]
async fn who_waits_at_the_admin_port_is_kept_in_the_queue() {
    let server = Running::start(&[]);
    // The stopped process accepts nobody: new connections wait in the queue or are turned away.
    server.held.signal("STOP").unwrap();
    let mut waiting = Vec::new();
    for number in 0..WAITING {
        let queued = timeout(PATIENCE, TcpStream::connect(server.admin)).await;
        let mut stream = queued.unwrap_or_else(|_| panic!("number {number} is turned away")).unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\nho").await.unwrap();
        waiting.push(stream);
    }
    server.held.signal("CONT").unwrap();
    for path in ["/livez", "/readyz"] {
        assert_eq!(timeout(PATIENCE, admin(&server, path)).await.expect("never answered").status, 200);
    }
    drop(waiting);
}

/// These clients are never idle: each sends new requests before it has read all answers, and reconnects when it is
/// closed. They share the probe's address, as other clients on its node may.
#[tokio::test(flavor = "multi_thread")]
async fn busy_clients_of_a_full_admin_port_leave_a_probe_its_turn() {
    let server = Running::start(&limit("4"));
    let address = server.admin;
    let mut busy_clients = JoinSet::new();
    for _ in 0..12 {
        busy_clients.spawn(async move {
            loop {
                let _ = busy(address).await;
            }
        });
    }
    sleep(Duration::from_millis(200)).await;
    // This takes hundredths of a second. Without turns it would take about half a minute.
    for path in ["/livez", "/readyz"].repeat(4) {
        assert_eq!(timeout(PROBE, admin(&server, path)).await.expect("not in time").status, 200);
    }
    busy_clients.shutdown().await;
}

/// As many silent connections as the port and the kernel's queue accept.
#[tokio::test(flavor = "multi_thread")]
async fn silent_clients_of_a_full_admin_port_leave_a_probe_its_turn() {
    let server = Running::start_with_files(8192);
    let mut silent = Vec::new();
    for _ in 0..room_for(4000) {
        silent.push(timeout(PATIENCE, TcpStream::connect(server.admin)).await.expect("never in the queue").unwrap());
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(timeout(PROBE, admin(&server, path)).await.expect("not in time").status, 200);
    }
    drop(silent);
}

async fn busy(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let asked = b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n".repeat(50);
    stream.write_all(&asked).await?;
    let mut read = [0; 4096];
    while stream.read(&mut read).await? > 0 {
        stream.write_all(&asked).await?;
    }
    Ok(())
}

/// Sends a review's first byte, and returns once the server has read it.
async fn half_sent(mut client: Client) -> (UnboundedSender<Bytes>, JoinHandle<(Client, Answer)>) {
    let (sender, body) = pieces();
    sender.send("{".into()).unwrap();
    let mut answered = Box::pin(async move {
        let answer = client.request(Method::POST, "/mutate", JSON, body).await;
        (client, answer)
    });
    assert!(timeout(Duration::from_millis(200), &mut answered).await.is_err(), "answered without the rest of its body");
    (sender, tokio::spawn(answered))
}

/// Below the limit, an idle connection is kept for five minutes.
#[tokio::test]
async fn idle_connections_make_room() {
    let server = Running::start(&limit("8"));
    let mut idle = Vec::new();
    for alpn in [HTTP_1, HTTP_2].repeat(4) {
        let mut client = Client::new(&server, alpn).await;
        // On a slow machine the first connections may already be closed.
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
        idle.push(client);
    }
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    assert!(Scrape::of(&server).await.value(&ended("crowded")) >= 1.0);
    drop(idle);
}

#[tokio::test]
async fn handshakes_that_do_not_begin_make_room() {
    let server = Running::start(&limit("4"));
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(server.webhook).await.unwrap());
    }
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    // The handshake timeout did not end any connection.
    assert!(server.read("log").contains("gave up a TLS handshake reason=\"crowded\""), "{}", server.read("log"));
    assert!(Scrape::of(&server).await.value(&failed("crowded")) >= 1.0);
    drop(silent);
}

#[tokio::test]
async fn an_address_at_its_limit_has_new_connections_closed_at_once_and_others_are_served() {
    let server = Running::start(&["--max-connections-per-address", "2"]);
    let mut held = Vec::new();
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::over(connect_from(ONE, &server, alpn).await.unwrap(), alpn).await;
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
        held.push(client);
    }
    assert!(connect_from(ONE, &server, HTTP_1).await.is_err(), "a third connection");
    assert_eq!(Scrape::of(&server).await.value(&failed("crowded")), 1.0);
    let warning = "per-address connection limit reached; closing new connections address=127.0.0.2 limit=2";
    assert!(server.read("log").contains(warning), "{}", server.read("log"));
    let mut other = Client::over(connect_from(ANOTHER, &server, HTTP_1).await.unwrap(), HTTP_1).await;
    assert_eq!(other.post("/mutate", asking()).await.status, 200);
    for client in &mut held {
        assert_eq!(client.post("/mutate", asking()).await.status, 200, "on a connection below the limit");
    }
    held.pop();
    let again = async {
        while connect_from(ONE, &server, HTTP_1).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, again).await.expect("the slot is not free again");
}

/// Without a free file descriptor `accept` would fail, and idle connections would stay.
#[tokio::test(flavor = "multi_thread")]
async fn few_open_files_lower_the_limits_and_idle_connections_make_room() {
    let server = Running::start_with_files(128);
    let warning = "128 open files are too few for --max-connections 4096: lowered it to 32, and to 8 for each address";
    assert!(server.read("log").contains(warning), "{}", server.read("log"));
    let mut idle = JoinSet::new();
    for number in 0..100 {
        let (source, address) = (Ipv4Addr::new(127, 0, 1, number), server.webhook);
        idle.spawn(async move {
            let mut stream = connect_plainly(source, address).await?;
            stream.read(&mut [0]).await
        });
    }
    sleep(Duration::from_millis(200)).await;
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    assert_eq!(admin(&server, "/livez").await.status, 200);
    assert!(!server.read("log").contains("cannot accept"), "{}", server.read("log"));
    idle.shutdown().await;
}

#[tokio::test]
async fn an_idle_timeout_that_is_not_above_the_api_servers_logs_a_warning() {
    for (idle_timeout, warns) in [("90s", true), ("91s", false)] {
        let server = Running::start(&["--idle-timeout", idle_timeout]);
        let log = server.read("log");
        assert_eq!(log.contains("--idle-timeout is 90s, and API servers close idle connections"), warns, "{log}");
    }
}
