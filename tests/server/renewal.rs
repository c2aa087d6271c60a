//! Renewal of the certificate in its files: each way in which they change, the versions that are refused, and that no
//! connection is lost.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::date_time_ymd;
use tokio::time::sleep;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use xtask::scratch::Scratch;

use crate::client::{Client, HTTP_1, HTTP_2, admin, asking, connect, once_told};
use crate::pki::{Authority, Pair};
use crate::running::{PATIENCE, Running};
use crate::watched::becomes;

/// A server with its certificate in a folder, and the CA that signed it.
struct Served {
    server: Running,
    folder: Scratch,
    ca: Authority,
}

impl Served {
    /// Starts a server; `put` writes the first certificate.
    fn start(ca: Authority, put: impl FnOnce(&Path, &Authority)) -> Self {
        let folder = Scratch::new().unwrap();
        put(folder.path(), &ca);
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| folder.path().join(name).display().to_string());
        let files = ["--tls-cert-file", &certificate, "--tls-private-key-file", &key, "--reload-interval", "20ms"];
        let server = Running::start_in(Scratch::new().unwrap(), &files);
        Self { server, folder, ca }
    }

    /// A server with two files that are not links.
    fn on_files(pair: impl FnOnce(&Authority) -> Pair) -> Self {
        Self::start(Authority::new(), |folder, ca| write(folder, &pair(ca)))
    }

    fn write(&self, pair: &Pair) {
        write(self.folder.path(), pair);
    }

    async fn connect(&self, alpn: &str) -> Client {
        Client::over(connect(self.server.webhook, &self.ca.pem, "localhost", alpn).await.unwrap(), alpn).await
    }

    /// The certificates that a new connection sees.
    async fn shown(&self) -> Vec<CertificateDer<'static>> {
        let stream = connect(self.server.webhook, &self.ca.pem, "localhost", HTTP_2).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap().iter().map(|shown| shown.clone().into_owned()).collect()
    }

    async fn until_shown(&self, pair: &Pair) {
        let deadline = Instant::now() + PATIENCE;
        while self.shown().await != chain(pair) {
            assert!(Instant::now() < deadline, "{}", self.server.read("log"));
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn until_ready_says(&self, words: &str) -> String {
        let ready = once_told(&self.server, "/readyz?verbose", words).await;
        assert_eq!(ready.status, 200, "{}", ready.body);
        ready.body
    }

    /// The numbers of accepted and refused changes, and 1 if the current certificate is stale.
    async fn counted(&self) -> [u32; 3] {
        let metrics = admin(&self.server, "/metrics").await.body;
        let value = |series: &str| {
            let line =
                metrics.lines().find_map(|line| line.strip_prefix(series)).unwrap_or_else(|| panic!("{metrics}"));
            line.trim().parse().unwrap()
        };
        [
            value("podwright_certificate_reloads_total{certificate=\"serving\",result=\"success\"}"),
            value("podwright_certificate_reloads_total{certificate=\"serving\",result=\"failure\"}"),
            value("podwright_certificate_stale{certificate=\"serving\"}"),
        ]
    }
}

/// Writes one file after the other, as most tools do.
fn write(folder: &Path, pair: &Pair) {
    put(folder, "tls.crt", &pair.certificate);
    put(folder, "tls.key", &pair.key);
}

fn put(folder: &Path, name: &str, content: &str) {
    fs::write(folder.join("next"), content).unwrap();
    fs::rename(folder.join("next"), folder.join(name)).unwrap();
}

/// Writes a new folder and swaps `..data` to it in one step, as the kubelet does.
fn mount(folder: &Path, version: usize, pair: &Pair) {
    let name = format!("..2026_11_22_08_40_{version:02}.123456789");
    fs::create_dir(folder.join(&name)).unwrap();
    fs::write(folder.join(&name).join("tls.crt"), &pair.certificate).unwrap();
    fs::write(folder.join(&name).join("tls.key"), &pair.key).unwrap();
    let before = fs::read_link(folder.join("..data"));
    symlink(&name, folder.join("..data_tmp")).unwrap();
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    match before {
        Ok(before) => fs::remove_dir_all(folder.join(before)).unwrap(),
        Err(_) => {
            ["tls.crt", "tls.key"].iter().for_each(|file| symlink(format!("..data/{file}"), folder.join(file)).unwrap())
        }
    }
}

fn chain(pair: &Pair) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pair.certificate.as_bytes()).map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_new_pair_is_shown_with_its_chain_and_open_connections_are_kept() {
    let served = Served::on_files(Authority::serving);
    let mut open = [served.connect(HTTP_1).await, served.connect(HTTP_2).await];
    for client in &mut open {
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
    }
    let intermediate = served.ca.intermediate();
    let renewed = intermediate.serving().followed_by(&intermediate);
    served.write(&renewed);
    served.until_shown(&renewed).await;
    assert_eq!(chain(&renewed).len(), 2);
    for client in &mut open {
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
        assert!(!client.is_closed());
    }
    let ready = served.until_ready_says("[+]certificate ok: localhost, until 4096-").await;
    assert!(ready.contains(", in use since 2"), "{ready}");
}

#[tokio::test]
async fn a_mounted_secret_is_taken_up_whenever_the_kubelet_swaps_it() {
    let served = Served::start(Authority::new(), |folder, ca| mount(folder, 0, &ca.serving()));
    for version in 1..4 {
        let renewed = served.ca.serving();
        mount(served.folder.path(), version, &renewed);
        served.until_shown(&renewed).await;
    }
    let log = served.server.read("log");
    assert!(!log.contains("unusable"), "{log}");
    assert_eq!(log.matches("the serving certificate has changed; the new version is in use").count(), 3, "{log}");
}

#[tokio::test]
async fn a_key_of_another_certificate_is_refused_until_its_own_comes() {
    let served = Served::on_files(Authority::serving);
    let (before, renewed) = (served.shown().await, served.ca.serving());
    assert_eq!(served.counted().await, [0, 0, 0]);
    put(served.folder.path(), "tls.crt", &renewed.certificate);
    let ready = served.until_ready_says("[+]certificate stale: the private key in ").await;
    assert!(
        ready.contains("does not belong to the certificate") && ready.contains("; still in use: localhost, until "),
        "{ready}"
    );
    assert!(ready.ends_with("readyz check passed\n"), "{ready}");
    assert_eq!(admin(&served.server, "/readyz").await.body, "ok");
    once_told(&served.server, "/metrics", "stale{certificate=\"serving\"} 1").await;
    assert_eq!(served.counted().await, [0, 1, 1]);
    assert_eq!(served.shown().await, before);
    put(served.folder.path(), "tls.key", &renewed.key);
    served.until_shown(&renewed).await;
    served.until_ready_says("[+]certificate ok: ").await;
    once_told(&served.server, "/metrics", "stale{certificate=\"serving\"} 0").await;
    assert_eq!(served.counted().await, [1, 1, 0]);
    let log = served.server.read("log");
    assert_eq!(log.matches("the previous version stays in use").count(), 1, "{log}");
    assert!(!log.contains("-----"), "{log}");
}

#[tokio::test]
async fn what_an_api_server_would_refuse_and_what_is_no_pair_is_refused() {
    let ca = Authority::new();
    let first = ca.serving();
    let served = Served::start(ca, |folder, _| write(folder, &first));
    let ca = &served.ca;
    let good = ca.serving();
    let broken = |certificate: &str, key: &str| Pair { certificate: certificate.to_owned(), key: key.to_owned() };
    let no_der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    #[rustfmt::skip]
    let cases = [
        (broken("", &good.key), "tls.crt has no certificate"),
        (broken(&good.certificate, ""), "tls.key has no readable private key"),
        (broken(&good.key, &good.certificate), "--tls-private-key-file (and 1 more in the log)"),
        (broken(no_der, &good.key), "no X.509 certificate"),
        (broken(&format!("{}{no_der}", good.certificate), &good.key), "no X.509 certificate"),
        (ca.serving_with(|leaf| leaf.not_after = date_time_ymd(2020, 1, 1)), "expired on 2020-01-01T00:00:00Z"),
        (ca.serving_with(|leaf| leaf.not_before = date_time_ymd(2999, 1, 1)), "is not valid before 2999-01-01T00:00:00Z"),
        (ca.serving_with(|leaf| leaf.subject_alt_names.clear()), "has no subject alternative name"),
        (ca.client(), "has no subject alternative name"),
        (ca.serving_with(|leaf| leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth]), "is not for servers"),
        (broken(&"x".repeat((1 << 20) + 1), &good.key), "larger than 1 MiB"),
    ];
    for (pair, words) in &cases {
        served.write(pair);
        let ready = served.until_ready_says(words).await;
        assert!(ready.contains("[+]certificate stale: "), "{ready}");
        assert_eq!(served.shown().await, chain(&first), "{words}");
        // The next change must differ from this one.
        served.write(&first);
        served.until_ready_says("[+]certificate ok: ").await;
    }
    fs::remove_file(served.folder.path().join("tls.key")).unwrap();
    served.until_ready_says("tls.key: No such file").await;
    served.write(&good);
    served.until_shown(&good).await;
    served.until_ready_says("[+]certificate ok: ").await;
}

const EXPIRATION: &str = "podwright_certificate_expiration_timestamp_seconds";

#[tokio::test]
async fn what_has_expired_at_the_start_is_served_and_told_until_it_is_renewed() {
    let expired = |ca: &Authority| ca.serving_with(|leaf| leaf.not_after = date_time_ymd(2020, 1, 1));
    let served = Served::on_files(expired);
    let log = served.server.read("log");
    let warned =
        "WARN podwright::server::tls::files: the serving certificate expired on 2020-01-01T00:00:00Z, so API servers";
    assert!(log.contains(warned), "{log}");
    let ready = admin(&served.server, "/readyz").await;
    assert!(ready.status == 503 && ready.body.contains("[-]certificate failed: expired on 2020-01-01"), "{ready:?}");
    becomes(&served.server, EXPIRATION, 1_577_836_800.0).await;
    // Another invalid certificate changes nothing.
    served.write(&served.ca.serving_with(|leaf| leaf.not_after = date_time_ymd(2021, 1, 1)));
    once_told(&served.server, "/readyz", "expired on 2021-01-01").await;
    // The message also has the fault of the next version.
    put(served.folder.path(), "tls.crt", "");
    once_told(&served.server, "/readyz", "expired on 2021-01-01T00:00:00Z; ").await;
    served.write(&served.ca.serving_with(|leaf| leaf.not_after = date_time_ymd(2101, 1, 1)));
    served.until_ready_says("[+]certificate ok: localhost, until 2101-01-01T00:00:00Z, in use since ").await;
    becomes(&served.server, EXPIRATION, 4_133_980_800.0).await;
    assert_eq!(served.shown().await.len(), 1);
}

/// Each request uses a new connection. Half of the changes swap `..data`; the others leave a mismatched pair until it
/// is refused.
#[tokio::test]
async fn no_request_fails_while_the_pair_changes_twenty_times() {
    let served = Served::start(Authority::new(), |folder, ca| mount(folder, 0, &ca.serving()));
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients = [HTTP_1, HTTP_2, HTTP_1, HTTP_2].map(|alpn| {
        let (address, ca, over, answered) =
            (served.server.webhook, served.ca.pem.clone(), Arc::clone(&over), Arc::clone(&answered));
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                let mut client = Client::over(connect(address, &ca, "localhost", alpn).await.unwrap(), alpn).await;
                assert_eq!(client.post("/mutate", asking()).await.status, 200);
                answered.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    for version in 1..=20 {
        let (renewed, before) = (served.ca.serving(), answered.load(Ordering::SeqCst));
        if version % 2 == 0 {
            mount(served.folder.path(), version, &renewed);
        } else {
            let folder = served.folder.path().join("..data");
            put(&folder, "tls.crt", &renewed.certificate);
            served.until_ready_says("[+]certificate stale: ").await;
            put(&folder, "tls.key", &renewed.key);
        }
        served.until_shown(&renewed).await;
        let deadline = Instant::now() + PATIENCE;
        while answered.load(Ordering::SeqCst) < before + 4 {
            assert!(Instant::now() < deadline && clients.iter().all(|client| !client.is_finished()));
            sleep(Duration::from_millis(1)).await;
        }
    }
    over.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    once_told(&served.server, "/metrics", "reloads_total{certificate=\"serving\",result=\"success\"} 20\n").await;
}
