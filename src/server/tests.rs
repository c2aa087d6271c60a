//! The whole server with reviews that do not return. It runs as a separate process: this test binary with one ignored
//! test. Only `admission` differs from `podwright serve`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use xtask::lifeline::{self, Held};

use super::*;
use crate::admission::Route;
use crate::cert::Authority;

const PROCESS: &str = "server::tests::a_process_whose_reviews_do_not_return";
/// Set in that process alone. Without it the test ends at once.
const IS_PROCESS: &str = "PODWRIGHT_TEST_PROCESS";
const WORKERS: usize = 2;
/// Ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const DRAIN: Duration = Duration::from_secs(2);
/// A kubelet's timeout for a probe.
const PROBE: Duration = Duration::from_secs(1);
/// Larger than the reviews on workers, so the review gets its own thread.
const LARGE: usize = 65 * 1024;

#[test]
fn a_process_whose_reviews_do_not_return() -> Result<(), String> {
    if std::env::var_os(IS_PROCESS).is_none() {
        return Ok(());
    }
    let (control, workers) = (Control::start().unwrap(), Workers::start().unwrap());
    let ended = workers.run(async {
        let stop = Stop::on_signals(Duration::ZERO, &control)?;
        let authority = Authority::create(SystemTime::now()).unwrap();
        let pair = authority.issue(&["localhost".parse().unwrap()], SystemTime::now()).unwrap();
        let certificates = CertificateSource::fixed(Identity::from_pem(&pair.certificate_pem, &pair.key_pem)?);
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let limits = Limits { drain: DRAIN, heartbeat: Duration::from_secs(5), ..Limits::default() };
        let server = Server {
            bind,
            admin_bind: bind,
            certificates,
            configuration: ConfigurationSource::built_in(),
            limits,
            events: None,
        };
        let bound = server.bind().await?;
        let ca = serde_json::Value::from(authority.certificate_pem());
        say(&format!("listening {} {} {ca}", bound.webhook.address, bound.admin.address));
        let stuck = |_: &[u8], _: Route<'_>| {
            say("reviewing");
            loop {
                thread::park();
            }
        };
        bound.run_with(Arc::new(stuck), stop, &control).await
    });
    ended.map_err(|error: Error| error.to_string())
}

fn say(line: &str) {
    writeln!(io::stderr(), "{line}").unwrap();
}

struct Process {
    held: Held,
    lines: Receiver<String>,
    webhook: SocketAddr,
    admin: SocketAddr,
    ca: String,
}

impl Process {
    fn start() -> Self {
        let mut command = lifeline::command_without_grace(std::env::current_exe().unwrap());
        command.args([PROCESS, "--exact", "--nocapture"]).env("TOKIO_WORKER_THREADS", WORKERS.to_string());
        command.env(IS_PROCESS, "yes");
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut held = lifeline::spawn(command).unwrap();
        let (stderr, (sender, lines)) = (BufReader::new(held.stderr().unwrap()), channel());
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let line = next(&lines, "listening ");
        let mut words = line.splitn(4, ' ').skip(1);
        let mut word = || words.next().unwrap();
        let (webhook, admin) = (word().parse().unwrap(), word().parse().unwrap());
        Self { held, lines, webhook, admin, ca: serde_json::from_str(word()).unwrap() }
    }

    /// Sends requests with a body of this length until this number of them is under review. They end with this process.
    fn reviews(&self, number: usize, length: usize) {
        // A worker with a stuck review may hold the beginning of another one.
        for _ in 0..number * 4 {
            let (webhook, ca) = (self.webhook, self.ca.clone());
            thread::spawn(move || asked(webhook, &ca, length).read_to_end(&mut Vec::new()));
        }
        for _ in 0..number {
            next(&self.lines, "reviewing");
        }
    }

    /// Sends SIGTERM. Returns the exit code, the duration, and the lines of the log.
    fn stopped(mut self) -> (Option<i32>, Duration, Vec<String>) {
        let begun = Instant::now();
        self.held.signal("TERM").unwrap();
        let ended = self.held.wait(PATIENCE).unwrap();
        let took = begun.elapsed();
        (ended.unwrap_or_else(|| panic!("still running")).code(), took, self.lines.iter().collect())
    }

    /// Returns the response of the admin port, within the time of a probe.
    fn admin(&self, path: &str) -> String {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(self.admin).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(begun.elapsed() < PROBE, "{path} took {:?}", begun.elapsed());
        answer
    }
}

/// Sends a request with a body of this length.
fn asked(webhook: SocketAddr, ca: &str, length: usize) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let connection = ClientConnection::new(Arc::new(config.with_no_client_auth()), "localhost".try_into().unwrap());
    let mut stream = StreamOwned::new(connection.unwrap(), TcpStream::connect(webhook).unwrap());
    let head = format!("host: a\r\ncontent-type: application/json\r\ncontent-length: {length}");
    write!(stream, "POST /mutate HTTP/1.1\r\n{head}\r\n\r\n{}", " ".repeat(length)).unwrap();
    stream.flush().unwrap();
    stream
}

/// Returns the next line with these words.
fn next(lines: &Receiver<String>, words: &str) -> String {
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no {words:?}: {error}"));
        if let Some(at) = line.find(words) {
            return line.get(at..).unwrap_or_default().to_owned();
        }
    }
}

#[test]
fn probes_are_answered_while_every_worker_is_busy_and_livez_fails_where_that_does_not_end() {
    let process = Process::start();
    process.reviews(WORKERS, 1);
    for (path, words) in
        [("/livez", "\r\n\r\nok"), ("/readyz", "\r\n\r\nok"), ("/metrics", "podwright_requests_in_flight 2")]
    {
        let answer = process.admin(path);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(words), "{path}: {answer}");
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = process.admin("/livez");
        if answer.starts_with("HTTP/1.1 503") {
            assert!(answer.contains("[+]accepting ok\n[-]workers failed: the threads"), "{answer}");
            return;
        }
        assert!(Instant::now() < deadline, "alive still: {answer}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The drain cuts off reviews on the workers and on their own threads after its time, and waits for nothing else.
#[test]
fn the_end_is_in_time_with_reviews_that_do_not_return() {
    for (number, length) in [(1, 1), (WORKERS, 1), (1, LARGE), (limits::LARGE_REVIEWS, LARGE)] {
        let process = Process::start();
        process.reviews(number, length);
        let (code, took, said) = process.stopped();
        assert!(took >= DRAIN && took < DRAIN * 3, "{number} of {length} bytes: {took:?}");
        let is_cut_off = said.iter().any(|line| line.contains("still in flight 2 s after the stop"));
        assert!(code == Some(101) && is_cut_off, "{number} of {length} bytes: {code:?} {said:?}");
    }
}

/// The API server gives up on a review after its timeout, which its thread does not learn.
#[test]
fn a_review_that_nobody_waits_for_does_not_hold_up_the_end() {
    let process = Process::start();
    let stream = asked(process.webhook, &process.ca, LARGE);
    next(&process.lines, "reviewing");
    drop(stream);
    let (code, took, said) = process.stopped();
    assert!(code == Some(0) && took < DRAIN, "{code:?} {took:?} {said:?}");
}
