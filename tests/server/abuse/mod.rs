//! Hostile clients, and broken ones that look hostile. In every test other clients are served meanwhile, the process
//! stays below a size with a stated reason, and nothing panics.
//!
//! `silence.rs` has single silent or slow clients; this folder has many, or hostile ones.

mod answers;
mod bodies;
mod connections;
mod floods;
mod frames;
mod garbage;
mod heads;
mod memory;
mod methods;
mod requests;
mod reviews;

use std::fs;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, admin, asking, connect_from, connected};
use crate::running::{PATIENCE, Running};

/// The process's memory without clients, in MiB: about 20 in a debug build, and less than half of that in a release
/// build.
const BASE: u64 = 32;

/// The time limit for the bystanders' reviews and a kubelet's probe.
const PROMPT: Duration = Duration::from_millis(1500);

/// A server, and bystanders that it serves during an attack.
struct Siege {
    server: Arc<Running>,
    others: Arc<Others>,
    asking: JoinHandle<()>,
}

/// The bystanders' results.
#[derive(Default)]
struct Others {
    rounds: AtomicUsize,
    /// The duration of each request.
    times: Mutex<Vec<Duration>>,
    over: AtomicBool,
}

impl Siege {
    async fn begin(server: Running) -> Self {
        let (server, others) = (Arc::new(server), Arc::<Others>::default());
        let asking = tokio::spawn(ask(Arc::clone(&server), Arc::clone(&others)));
        let siege = Self { server, others, asking };
        siege.serves_others().await;
        siege
    }

    /// Returns once the bystanders have been served again.
    async fn serves_others(&self) {
        // Two, because one may already have been answered.
        self.serves(2).await;
    }

    async fn serves(&self, rounds: usize) {
        let before = self.others.rounds.load(Ordering::SeqCst);
        while self.others.rounds.load(Ordering::SeqCst) < before + rounds && !self.asking.is_finished() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Asserts that the next rounds are prompt: nine in ten requests, because the machine may be busy for other
    /// reasons.
    async fn serves_promptly(&self, rounds: usize) {
        self.others.times.lock().unwrap().clear();
        self.serves(rounds).await;
        self.served_promptly();
    }

    /// Asserts that all requests so far were prompt.
    fn served_promptly(&self) {
        let mut times = self.others.times.lock().unwrap().clone();
        times.sort_unstable();
        let (slow, slowest) = (times[times.len() * 9 / 10], times[times.len() - 1]);
        eprintln!("{} requests of others, nine in ten within {slow:?}, all within {slowest:?}", times.len());
        assert!(slow <= PROMPT, "one in ten took {slow:?} or more");
    }

    /// Asserts that the bystanders were served to the end, nothing panicked, and the process never took more than
    /// `most` MiB.
    async fn was_survived(self, most: u64) -> Running {
        self.serves_others().await;
        self.others.over.store(true, Ordering::SeqCst);
        self.asking.await.expect("others were not served");
        let log = self.server.read("log");
        let bug = log.lines().find(|line| line.contains("panic"));
        assert_eq!(bug, None, "in the log");
        let peak = peak(&self.server);
        assert!(peak <= most, "{peak} MiB resident at the most, expected {most} or less");
        eprintln!("{peak} of {most} MiB, {} others served", self.others.rounds.load(Ordering::SeqCst));
        Arc::into_inner(self.server).expect("others have ended")
    }
}

/// The bystanders' source address, which differs from that of hostile clients.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// Sends requests one after another: on a kept connection, on new ones, and as a kubelet's probe.
async fn ask(server: Arc<Running>, others: Arc<Others>) {
    let connect = |alpn| {
        let server = &server;
        async move { Client::over(connect_from(ELSEWHERE, server, alpn).await.unwrap(), alpn).await }
    };
    let mut kept = connect(HTTP_2).await;
    while !others.over.load(Ordering::SeqCst) {
        let asked = async {
            let begun = Instant::now();
            assert_eq!(kept.post("/mutate", asking()).await.status, 200, "on the connection that is kept");
            let first = begun.elapsed();
            let answer = connect(HTTP_1).await.post("/mutate/default", asking()).await;
            assert_eq!(answer.status, 200, "on a new connection");
            let second = begun.elapsed();
            assert_eq!(admin(&server, "/livez").await.status, 200, "a probe");
            [first, second - first, begun.elapsed() - second]
        };
        let times = timeout(PATIENCE, asked).await.expect("no answer");
        others.times.lock().unwrap().extend(times);
        others.rounds.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(5)).await;
    }
}

/// The peak resident memory of the process, in MiB.
fn peak(server: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.held.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap().div_ceil(1024)
}

/// Sends these bytes over TLS as HTTP/1.1, and reads until the server ends the connection.
async fn sent_raw(server: &Running, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = tokio::io::split(connected(server, HTTP_1).await);
    // The server may end it during the write.
    let write = async {
        let _ = writer.write_all(bytes).await;
        let _ = writer.flush().await;
    };
    let mut read = Vec::new();
    let all = async { tokio::join!(write, reader.read_to_end(&mut read)) };
    let _ = timeout(PATIENCE, all).await.expect("still open");
    String::from_utf8_lossy(&read).into_owned()
}
