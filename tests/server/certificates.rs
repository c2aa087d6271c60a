//! The server's certificate: from files, or made in memory.

use std::fs;

use xtask::scratch::Scratch;

use crate::client::{Client, HTTP_1, HTTP_2, asking, connect};
use crate::running::{Running, certs};

#[tokio::test]
async fn the_pair_that_certs_wrote_is_served() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    let [ca, certificate, key] =
        ["ca.crt", "tls.crt", "tls.key"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let ca = fs::read_to_string(ca).unwrap();
    let server = Running::start_in(folder, &["--tls-cert-file", &certificate, "--tls-private-key-file", &key]);
    assert_eq!(server.read("out"), "", "no CA is made where there is a pair");
    for name in ["localhost", "127.0.0.1", "::1"] {
        let stream = connect(server.webhook, &ca, name, HTTP_2).await.unwrap();
        assert_eq!(Client::over(stream, HTTP_2).await.post("/mutate", asking()).await.status, 200);
    }
    let other = connect(server.webhook, &ca, "podwright.example", HTTP_2).await;
    assert!(other.unwrap_err().to_string().contains("not valid for name"));
}

#[tokio::test]
async fn a_ca_in_memory_is_printed_and_written() {
    let server = Running::start(&["--dns", "podwright.example", "--dns", "192.0.2.7"]);
    let ca = server.read("ca.crt");
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
    assert_eq!(server.read("out"), ca);
    for name in ["podwright.example", "192.0.2.7"] {
        let stream = connect(server.webhook, &ca, name, HTTP_1).await.unwrap();
        assert_eq!(Client::over(stream, HTTP_1).await.post("/mutate", asking()).await.status, 200);
    }
    assert!(connect(server.webhook, &ca, "localhost", HTTP_1).await.is_err(), "--dns replaces the defaults");
    let another = Running::start(&[]).read("ca.crt");
    assert!(connect(server.webhook, &another, "podwright.example", HTTP_1).await.is_err(), "another run's CA");
}

#[test]
fn a_ca_file_replaces_an_earlier_one_whole() {
    let folder = Scratch::new().unwrap();
    certs(folder.path(), &[]);
    let path = folder.path().join("ca.crt");
    let mut before = fs::File::open(&path).unwrap();
    let earlier = fs::read_to_string(&path).unwrap();
    let server = Running::start_in(folder, &["--ca-file", path.to_str().unwrap()]);
    assert_eq!(server.read("ca.crt"), server.read("out"));
    assert_ne!(server.read("ca.crt"), earlier);
    // A reader with the old file open still reads the old content, because the new file is renamed over it.
    assert_eq!(std::io::read_to_string(&mut before).unwrap(), earlier);
}
