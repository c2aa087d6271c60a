//! Thousands of connections at once.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{BASE, Siege};
use crate::client::asking;
use crate::running::{PATIENCE, Running};

/// More than there may be, which is 4096.
const CROWD: usize = 5000;
/// Four thousand connections that were used: rustls' buffers, hyper's, and what the allocator makes of it, some 20 KiB
/// each; twice that is the bound. 16 KiB more for each would be a record that is kept.
const CROWDED: u64 = BASE + 4096 * 40 / 1024;

/// Each asks once and stays. None waits for those that idle, who may for five minutes.
#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_connections_are_all_served() {
    let crowd = room_for(CROWD);
    let siege = Siege::begin(Running::start_with_files(8192)).await;
    let connector = connector(&siege.server.read("ca.crt"));
    // As many at a time as shake hands within the time that they have where all connections are taken.
    let (turns, mut asked) = (Arc::new(Semaphore::new(8)), JoinSet::new());
    for _ in 0..crowd {
        let (turns, connector, address) = (Arc::clone(&turns), connector.clone(), siege.server.webhook);
        asked.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            let served = async {
                // Who was too slow for a full house comes again, as an API server does.
                loop {
                    if let Ok(stream) = served(&connector, address).await {
                        break stream;
                    }
                }
            };
            timeout(PATIENCE, served).await.expect("not served")
        });
    }
    let held = asked.join_all().await;
    assert_eq!(held.len(), crowd);
    siege.was_survived(CROWDED).await;
    drop(held);
}

/// A request on a new connection, which is kept.
async fn served(connector: &TlsConnector, address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), tcp).await?;
    let review = asking();
    let head = format!("content-type: application/json\r\ncontent-length: {}", review.len());
    stream.write_all(format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n{review}").as_bytes()).await?;
    let mut said = [0; 15];
    stream.read_exact(&mut said).await?;
    assert_eq!(&said, b"HTTP/1.1 200 OK");
    Ok(stream)
}

/// Nothing is known of them but that they came: a socket and a buffer each.
#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_connections_that_say_nothing_make_room() {
    let crowd = room_for(CROWD);
    let siege = Siege::begin(Running::start_with_files(8192)).await;
    let mut held = Vec::new();
    for _ in 0..crowd {
        held.push(
            timeout(PATIENCE, TcpStream::connect(siege.server.webhook)).await.expect("never in the queue").unwrap(),
        );
    }
    siege.was_survived(CROWDED).await;
    drop(held);
}

/// How many connections this process may have, of so many that are wanted. Where it is fewer, that is said.
pub(crate) fn room_for(wanted: usize) -> usize {
    let process = std::process::id().to_string();
    // The soft limit is ours to raise, up to the hard one.
    let _ = Command::new("prlimit").args(["--pid", &process, "--nofile=16384:"]).output();
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let most: usize = files.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX);
    // Other tests of this process need some as well.
    let room = wanted.min(most.saturating_sub(500));
    if room < wanted {
        eprintln!("ONLY {room} CONNECTIONS INSTEAD OF {wanted}: this process may open {most} files (ulimit -n)");
    }
    room
}

/// One for all, so that sessions are resumed: it is the server that is tested here, and handshakes take their time.
fn connector(ca_pem: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    TlsConnector::from(Arc::new(config.with_no_client_auth()))
}
