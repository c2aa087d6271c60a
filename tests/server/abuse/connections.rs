//! Thousands of connections at once, from other addresses than those of the bystanders.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::garbage::client_hello;
use super::{BASE, ELSEWHERE, Siege};
use crate::client::{Client, HTTP_1, JSON, answer, asking, connect_from, connect_plainly, pieces};
use crate::running::{PATIENCE, Running, room_for};

const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const ATTACKERS: [Ipv4Addr; 5] = [
    ATTACKER,
    Ipv4Addr::new(127, 0, 0, 3),
    Ipv4Addr::new(127, 0, 0, 4),
    Ipv4Addr::new(127, 0, 0, 5),
    Ipv4Addr::new(127, 0, 0, 6),
];
/// The pause between two bytes of a slow client.
const SLOW: Duration = Duration::from_millis(200);
/// Rounds of the bystanders' requests during an attack: a few seconds.
const ROUNDS: usize = 30;
/// 4,096 used connections have rustls' and hyper's buffers, about 20 KiB each with the allocator's overhead; the bound
/// is twice that. A kept TLS record would add 16 KiB each.
const USED: u64 = BASE + 4096 * 40 / 1024;
/// The limit of one address is a quarter of them; the others come and are closed.
const OF_ONE_ADDRESS: u64 = BASE + 1024 * 40 / 1024 + 16;

#[tokio::test(flavor = "multi_thread")]
async fn four_thousand_used_connections_are_kept_and_bounded_in_memory() {
    let number = room_for(4000);
    let server = Running::start_with_files_and(8192, &["--max-connections-per-address", "4096"]);
    let siege = Siege::begin(server).await;
    let used = connections(&siege.server, number, asked_once).await;
    assert_eq!(used.len(), number);
    siege.serves_promptly(ROUNDS).await;
    drains(siege.was_survived(USED).await).await;
    drop(used);
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_leave_others_served() {
    let siege = Siege::begin(Running::start_with_files(8192)).await;
    let mut held = Vec::new();
    for _ in 0..room_for(5500) {
        let connected = connect_plainly(ATTACKER, siege.server.webhook);
        held.push(timeout(PATIENCE, connected).await.expect("never in the queue").unwrap());
    }
    siege.serves_promptly(ROUNDS).await;
    drains(siege.was_survived(OF_ONE_ADDRESS).await).await;
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_handshakes_leave_others_served() {
    let siege = Siege::begin(Running::start_with_files(8192)).await;
    let hello = client_hello();
    let mut held = Vec::new();
    for _ in 0..room_for(1500) {
        let mut stream = connect_plainly(ATTACKER, siege.server.webhook).await.unwrap();
        let _ = stream.write_all(&hello[..hello.len() / 2]).await;
        held.push(stream);
    }
    siege.serves_promptly(ROUNDS).await;
    drains(siege.was_survived(OF_ONE_ADDRESS).await).await;
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_leave_others_served() {
    slowly("POST /mutate HTTP/1.1\r\nhost: a\r\na: ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_leave_others_served() {
    slowly("POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n").await;
}

/// Opens 600 connections that send this, and then a byte now and then.
async fn slowly(begin: &'static str) {
    let siege = Siege::begin(Running::start_with_files(8192)).await;
    let streams = connections(&siege.server, room_for(600), move |mut stream| async move {
        stream.write_all(begin.as_bytes()).await.map(|()| stream)
    });
    let mut slow = JoinSet::new();
    for stream in streams.await {
        slow.spawn(trickle(stream));
    }
    siege.serves_promptly(ROUNDS).await;
    drains(siege.was_survived(OF_ONE_ADDRESS).await).await;
    slow.shutdown().await;
}

async fn trickle(mut stream: impl AsyncWrite + Unpin) {
    while stream.write_all(b"1").await.and(stream.flush().await).is_ok() {
        sleep(SLOW).await;
    }
}

/// More connections than one address may have. Each sends a review after each answer, and reconnects when it is closed.
/// The limits are a quarter of the defaults, because these clients share the server's cores.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_flood_leaves_others_served() {
    let siege = Siege::begin(Running::start(&["--max-connections", "1024"])).await;
    let connector = connector(&siege.server.read("ca.crt"));
    let mut flood = JoinSet::new();
    for _ in 0..300 {
        let (server, connector) = (Arc::clone(&siege.server), connector.clone());
        flood.spawn(async move {
            loop {
                if let Ok(stream) = connected(&connector, &server, ATTACKER).await {
                    let mut stream = Ok(stream);
                    while let Ok(open) = stream {
                        stream = asked_once(open).await;
                    }
                }
                sleep(SLOW).await;
            }
        });
    }
    // Waits until the limit is reached.
    let refused = async {
        while !siege.server.read("log").contains("per-address connection limit reached") {
            sleep(SLOW).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("never at the limit of its address");
    siege.serves_promptly(ROUNDS).await;
    flood.shutdown().await;
    drains(siege.was_survived(OF_ONE_ADDRESS).await).await;
}

/// The manifests' `timeoutSeconds`.
const TIMEOUT: Duration = Duration::from_secs(3);

/// More than the limit of all connections together; closed clients reconnect.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_from_several_addresses_make_room() {
    let server = Arc::new(Running::start_with_files(8192));
    let mut idle = JoinSet::new();
    let each = room_for(5500) / ATTACKERS.len();
    for source in ATTACKERS.into_iter().flat_map(|address| std::iter::repeat_n(address, each)) {
        let address = server.webhook;
        idle.spawn(async move {
            loop {
                if let Ok(mut stream) = connect_plainly(source, address).await {
                    let _ = stream.read(&mut [0]).await;
                }
                sleep(SLOW).await;
            }
        });
    }
    let full = async {
        while !server.read("log").contains("connection limit reached; closing idle connections") {
            sleep(SLOW).await;
        }
    };
    timeout(PATIENCE, full).await.expect("never at the limit");
    let mut times = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        let mut client = Client::over(connect_from(ELSEWHERE, &server, HTTP_1).await.unwrap(), HTTP_1).await;
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    eprintln!("{times:?}");
    assert!(times[times.len() * 9 / 10 - 1] <= TIMEOUT, "{times:?}");
    idle.shutdown().await;
}

/// Opens this many connections of the attacker and does this on each.
async fn connections<F>(
    server: &Arc<Running>,
    number: usize,
    first: impl Fn(TlsStream<TcpStream>) -> F + Copy + Send + Sync + 'static,
) -> Vec<TlsStream<TcpStream>>
where
    F: Future<Output = io::Result<TlsStream<TcpStream>>> + Send + 'static,
{
    let connector = connector(&server.read("ca.crt"));
    let (turns, mut begun) = (Arc::new(Semaphore::new(8)), JoinSet::new());
    for _ in 0..number {
        let (turns, connector, server) = (Arc::clone(&turns), connector.clone(), Arc::clone(server));
        begun.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            let connected = async {
                let stream = connected(&connector, &server, ATTACKER).await?;
                first(stream).await
            };
            timeout(PATIENCE, connected).await.expect("no handshake").unwrap()
        });
    }
    begun.join_all().await
}

async fn connected(connector: &TlsConnector, server: &Running, source: Ipv4Addr) -> io::Result<TlsStream<TcpStream>> {
    let tcp = connect_plainly(source, server.webhook).await?;
    connector.connect(ServerName::try_from("localhost").unwrap(), tcp).await
}

/// Sends a review on this connection and keeps the connection.
async fn asked_once(mut stream: TlsStream<TcpStream>) -> io::Result<TlsStream<TcpStream>> {
    let review = asking();
    let head = format!("content-type: application/json\r\ncontent-length: {}", review.len());
    stream.write_all(format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n{review}").as_bytes()).await?;
    stream.flush().await?;
    let mut said = [0; 4096];
    let length = stream.read(&mut said).await?;
    if !said[..length].starts_with(b"HTTP/1.1 200 OK") {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(stream)
}

/// The server ends well, and answers the request in flight at the signal.
async fn drains(mut server: Running) {
    let (sender, body) = pieces();
    let review = asking();
    let (first, second) = review.split_at(review.len() / 2);
    sender.send(first.to_owned().into()).unwrap();
    let mut client = Client::over(connect_from(ELSEWHERE, &server, HTTP_1).await.unwrap(), HTTP_1).await;
    let asked = tokio::spawn(async move { client.send(Method::POST, "/mutate", JSON, body).await });
    sleep(SLOW).await;
    server.held.signal("TERM").unwrap();
    sleep(SLOW).await;
    sender.send(second.to_owned().into()).unwrap();
    drop(sender);
    let response = timeout(PATIENCE, asked).await.expect("no answer").unwrap().expect("a lost answer");
    assert_eq!(answer(response).await.status, 200);
    assert_eq!(server.ended().code(), Some(0), "{}", server.read("log"));
}

/// One connector for all, so that sessions resume: full handshakes would take the test's time.
fn connector(ca_pem: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    TlsConnector::from(Arc::new(config.with_no_client_auth()))
}
