//! As many connections as there may be: who asks for nothing, or never ends what it asks, makes room for who comes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::client::{Answer, Client, HTTP_1, HTTP_2, JSON, admin, asking, pieces};
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running};
use crate::watched::{ended, failed};

/// The status of a request on a new connection.
pub(crate) fn served_anew(server: &Running) -> impl Future<Output = u16> + Unpin {
    Box::pin(async move { Client::new(server, HTTP_2).await.post("/mutate", asking()).await.status })
}

#[tokio::test]
async fn bodies_that_never_end_make_room_for_who_comes() {
    let server = Running::start(&["--connections", "2"]);
    let mut slow = Vec::new();
    for alpn in [HTTP_1, HTTP_2] {
        slow.push(half_sent(Client::new(&server, alpn).await).await);
    }
    let late = served_anew(&server);
    assert_eq!(admin(&server, "/readyz").await.status, 200, "the admin port has connections of its own");
    assert_eq!(timeout(PATIENCE, late).await.expect("never served"), 200);
    assert!(server.read("log").contains("as many connections as may be"), "{}", server.read("log"));
    for (rest, answered) in slow {
        let (_, answer) = timeout(PATIENCE, answered).await.expect("not answered").unwrap();
        assert_eq!(answer.status, 408, "{answer:?}");
        drop(rest);
    }
}

/// More than a listener's queue usually has, which is 128: from there, connections are taken only where it is asked for more.
const WAITING: usize = 300;

/// A kubelet's probe that is turned away from a full queue comes again after a second, which is all that it has.
#[tokio::test]
async fn who_waits_at_the_admin_port_is_kept_in_the_queue() {
    let server = Running::start(&[]);
    // Nobody is accepted: what connects now is in the queue, or is turned away for as long as this lasts.
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

/// They never idle: each sends the next requests before it has read all answers to those before, and comes again when it is
/// closed.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_again_and_again_at_the_admin_port_lets_a_probe_pass() {
    let server = Running::start(&["--connections", "4"]);
    let address = server.admin;
    let mut crowd = JoinSet::new();
    for _ in 0..12 {
        crowd.spawn(async move {
            loop {
                let _ = busy(address).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    // A tenth of a second, and without turns half a minute or so, by chance.
    let patience = Duration::from_secs(5);
    for path in ["/livez", "/readyz"].repeat(4) {
        assert_eq!(timeout(patience, admin(&server, path)).await.expect("never answered").status, 200);
    }
    crowd.shutdown().await;
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

/// Sends a review's first byte, which is taken before this returns.
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

/// It idles for five minutes where nobody waits.
#[tokio::test]
async fn who_idles_makes_room_for_who_comes() {
    let server = Running::start(&["--connections", "8"]);
    let mut idle = Vec::new();
    for alpn in [HTTP_1, HTTP_2].repeat(4) {
        let mut client = Client::new(&server, alpn).await;
        // The first ones may have had to go already, on a machine that takes a second for eight handshakes.
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
        idle.push(client);
    }
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    assert!(Scrape::of(&server).await.value(&ended("crowded")) >= 1.0);
    drop(idle);
}

#[tokio::test]
async fn who_only_came_makes_room_as_well() {
    let server = Running::start(&["--connections", "4"]);
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(server.webhook).await.unwrap());
    }
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    // That it was not the time for a handshake that ended one.
    assert!(server.read("log").contains("TLS handshake given up: others wait"), "{}", server.read("log"));
    assert!(Scrape::of(&server).await.value(&failed("crowded")) >= 1.0);
    drop(silent);
}
