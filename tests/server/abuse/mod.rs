//! Clients that mean harm, and those that are broken as if they did. In every test others are served meanwhile, the
//! process stays below a size that is reasoned where it stands, and nothing panics.
//!
//! What a single silent or slow client gets is `silence.rs`'; this is what many, or hostile ones, get out of it.

mod answers;
mod bodies;
mod crowds;
mod floods;
mod frames;
mod garbage;
mod heads;
mod memory;
mod methods;
mod reviews;

use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

pub(crate) use self::crowds::room_for;
use crate::client::{Client, HTTP_1, HTTP_2, asking, connect_from, connected};
use crate::running::{PATIENCE, Running};

/// What the process takes before anybody comes, in MiB: some 20 as it is built for tests, and less than half of it as it is
/// built for use.
const BASE: u64 = 32;

/// A server, and well-behaved clients that it serves while a test does its worst.
struct Siege {
    server: Arc<Running>,
    served: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    others: JoinHandle<()>,
}

impl Siege {
    async fn begin(server: Running) -> Self {
        let (server, over, served) = (Arc::new(server), Arc::default(), Arc::default());
        let others = tokio::spawn(others(Arc::clone(&server), Arc::clone(&over), Arc::clone(&served)));
        let siege = Self { server, served, over, others };
        siege.serves_others().await;
        siege
    }

    /// Returns once others have been served from now on.
    async fn serves_others(&self) {
        let before = self.served.load(Ordering::SeqCst);
        // Two, because one may have been answered already.
        while self.served.load(Ordering::SeqCst) < before + 2 && !self.others.is_finished() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Others were served to the end, nothing panicked, and the process never took more than so many MiB.
    async fn was_survived(self, most: u64) {
        self.serves_others().await;
        self.over.store(true, Ordering::SeqCst);
        self.others.await.expect("others were not served");
        let log = self.server.read("log");
        let bug = log.lines().find(|line| line.contains("panic"));
        assert_eq!(bug, None, "in the log");
        let peak = peak(&self.server);
        assert!(peak <= most, "{peak} MiB resident at the most, expected {most} or less");
        eprintln!("{peak} of {most} MiB, {} others served", self.served.load(Ordering::SeqCst));
    }
}

/// Where others come from: another address than those that mean harm.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// Requests one after the other, on a connection that is kept and on new ones.
async fn others(server: Arc<Running>, over: Arc<AtomicBool>, served: Arc<AtomicUsize>) {
    let connect = |alpn| {
        let server = &server;
        async move { Client::over(connect_from(ELSEWHERE, server, alpn).await.unwrap(), alpn).await }
    };
    let mut kept = connect(HTTP_2).await;
    while !over.load(Ordering::SeqCst) {
        let ask = async {
            assert_eq!(kept.post("/mutate", asking()).await.status, 200, "on the connection that is kept");
            let answer = connect(HTTP_1).await.post("/mutate/default", asking()).await;
            assert_eq!(answer.status, 200, "on a new connection");
        };
        timeout(PATIENCE, ask).await.expect("no answer");
        served.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(5)).await;
    }
}

/// The most memory that the process ever had resident, in MiB.
fn peak(server: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.held.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap().div_ceil(1024)
}

/// Sends these bytes over TLS as HTTP/1.1, and reads what comes until the server ends the connection.
async fn sent_raw(server: &Running, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = tokio::io::split(connected(server, HTTP_1).await);
    // The server may end it while we still write.
    let write = async {
        let _ = writer.write_all(bytes).await;
        let _ = writer.flush().await;
    };
    let mut read = Vec::new();
    let all = async { tokio::join!(write, reader.read_to_end(&mut read)) };
    let _ = timeout(PATIENCE, all).await.expect("still open");
    String::from_utf8_lossy(&read).into_owned()
}
