//! `--client-ca-file`: accepted and refused clients, and changes of the file.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use xtask::scratch::Scratch;

use crate::client::{Client, HTTP_1, admin, asking, connect, connect_as, once_told, pieces};
use crate::pki::{Authority, Pair};
use crate::running::{PATIENCE, Running, run};
use crate::watched::{becomes, failed};

/// A server that accepts clients of the CA in a folder.
struct Guarded {
    server: Running,
    folder: Scratch,
}

impl Guarded {
    fn start(clients: &Authority) -> Self {
        let folder = Scratch::new().unwrap();
        let file = folder.write("clients.crt", &clients.pem).unwrap();
        let server = Running::start(&["--client-ca-file", file.to_str().unwrap(), "--reload-interval", "20ms"]);
        Self { server, folder }
    }

    fn replace(&self, pem: &str) {
        let next = self.folder.write("next", pem).unwrap();
        fs::rename(next, self.folder.path().join("clients.crt")).unwrap();
    }

    async fn connect(&self, pair: &Pair) -> io::Result<Client> {
        let stream = connect_as(self.server.webhook, &self.server.read("ca.crt"), pair.both()).await?;
        Ok(Client::over(stream, HTTP_1).await)
    }

    /// Whether a request on a new connection is answered.
    async fn serves(&self, pair: &Pair) -> bool {
        match self.connect(pair).await {
            Ok(mut client) => answers(&mut client).await,
            Err(_) => false,
        }
    }

    /// Whether a request without a client certificate is answered.
    async fn serves_nobody(&self) -> bool {
        match connect(self.server.webhook, &self.server.read("ca.crt"), "localhost", HTTP_1).await {
            Ok(stream) => answers(&mut Client::over(stream, HTTP_1).await).await,
            Err(_) => false,
        }
    }

    async fn until_it_serves(&self, pair: &Pair) {
        let deadline = Instant::now() + PATIENCE;
        while !self.serves(pair).await {
            assert!(Instant::now() < deadline, "{}", self.server.read("log"));
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// With TLS 1.3 the client completes the handshake before the server has checked its certificate.
async fn answers(client: &mut Client) -> bool {
    let (sender, body) = pieces();
    sender.send(asking().into()).unwrap();
    drop(sender);
    client
        .send(hyper::Method::POST, "/mutate", "application/json", body)
        .await
        .is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test]
async fn only_clients_with_a_certificate_of_the_ca_are_served() {
    let (ca, other) = (Authority::new(), Authority::new());
    let guarded = Guarded::start(&ca);
    assert!(guarded.serves(&ca.client()).await, "{}", guarded.server.read("log"));
    let intermediate = ca.intermediate();
    assert!(guarded.serves(&intermediate.client().followed_by(&intermediate)).await, "with its intermediate");
    for (pair, why) in
        [(other.client(), "another CA"), (ca.serving(), "a server's"), (intermediate.client(), "no chain")]
    {
        assert!(!guarded.serves(&pair).await, "{why}");
    }
    assert!(!guarded.serves_nobody().await, "no certificate");
    let ready = admin(&guarded.server, "/readyz?verbose").await;
    assert!(ready.body.contains("[+]client-ca ok: 1 CA certificate from ") && ready.status == 200, "{ready:?}");
    until_logged(&guarded.server, "the client has no certificate that --client-ca-file accepts", 4).await;
    becomes(&guarded.server, &failed("client_certificate"), 4.0).await;
}

/// With TLS 1.3 the client has sent part of its request by then. It reads the alert only if its socket was not reset.
#[tokio::test]
async fn who_is_not_let_in_learns_why_whatever_it_still_sends() {
    let guarded = Guarded::start(&Authority::new());
    let ca = guarded.server.read("ca.crt");
    let mut stream = connect(guarded.server.webhook, &ca, "localhost", HTTP_1).await.unwrap();
    for part in ["POST ", "/mutate ", "HTTP/1.1\r\n"] {
        stream.write_all(part.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    let refused = stream.read_u8().await.expect_err("it is let in");
    assert!(refused.to_string().contains("CertificateRequired"), "{refused}");
}

/// Like an API server with another caBundle.
#[tokio::test]
async fn a_client_that_refuses_the_serving_certificate_is_told_apart() {
    let server = Running::start(&[]);
    for (ca, name) in [(Authority::new().pem, "localhost"), (server.read("ca.crt"), "podwright.example")] {
        assert!(connect(server.webhook, &ca, name, HTTP_1).await.is_err());
    }
    until_logged(&server, "the client refused the serving certificate. Check that the caBundle", 2).await;
    becomes(&server, &failed("rejected"), 2.0).await;
}

/// Waits for this number of log lines with these words: a client may see its refusal before the log does.
async fn until_logged(server: &Running, words: &str, lines: usize) {
    let deadline = Instant::now() + PATIENCE;
    while server.read("log").matches(words).count() != lines {
        assert!(Instant::now() < deadline, "{}", server.read("log"));
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_ca_that_changes_is_taken_up_and_open_connections_are_kept() {
    let (before, after) = (Authority::new(), Authority::new());
    let (old, new) = (before.client(), after.client());
    let guarded = Guarded::start(&before);
    let mut open = guarded.connect(&old).await.unwrap();
    assert!(answers(&mut open).await && !guarded.serves(&new).await);
    guarded.replace(&format!("{}{}", before.pem, after.pem));
    guarded.until_it_serves(&new).await;
    assert!(guarded.serves(&old).await, "both are in the file");
    guarded.replace(&after.pem);
    once_told(&guarded.server, "/readyz?verbose", "[+]client-ca ok: 1 CA certificate from ").await;
    assert!(guarded.serves(&new).await && !guarded.serves(&old).await);
    assert!(answers(&mut open).await, "it was let in, and stays");
    guarded.replace("no PEM");
    let ready = once_told(&guarded.server, "/readyz?verbose", "[+]client-ca stale: ").await;
    assert!(
        ready.status == 200 && ready.body.contains("clients.crt (--client-ca-file) holds no certificate"),
        "{ready:?}"
    );
    assert!(guarded.serves(&new).await && !guarded.serves(&old).await);
    let metrics = once_told(&guarded.server, "/metrics", "stale{certificate=\"client_ca\"} 1\n").await.body;
    for (series, value) in [
        ("podwright_certificate_reloads_total{certificate=\"client_ca\",result=\"success\"}", 2),
        ("podwright_certificate_reloads_total{certificate=\"client_ca\",result=\"failure\"}", 1),
        ("podwright_certificate_stale{certificate=\"client_ca\"}", 1),
        ("podwright_certificate_stale{certificate=\"serving\"}", 0),
    ] {
        assert!(metrics.contains(&format!("\n{series} {value}\n")), "{series}: {metrics}");
    }
}

#[test]
fn a_file_that_cannot_be_used_at_the_start_is_the_end_and_said_with_the_pairs() {
    let (folder, ca) = (Scratch::new().unwrap(), Authority::new());
    folder.write("key", &format!("{}{}", ca.pem, ca.client().key)).unwrap();
    folder.write("empty", "").unwrap();
    for (file, words) in [("key", "holds a PRIVATE KEY"), ("empty", "holds no certificate"), ("gone", "No such file")] {
        let file = folder.path().join(file);
        for pair in [&[][..], &["--tls-cert-file", "a.crt", "--tls-private-key-file", "a.key"]] {
            let ended = started_with(&file, pair);
            assert!(ended.contains(words) && ended.contains(file.to_str().unwrap()), "{words}: {ended}");
            assert_eq!(ended.contains("a.crt") && ended.contains("a.key"), !pair.is_empty(), "{ended}");
        }
    }
}

fn started_with(file: &Path, pair: &[&str]) -> String {
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--client-ca-file"];
    let ended = run(&[&arguments, &[file.to_str().unwrap()][..], pair].concat());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    ended.stderr
}
