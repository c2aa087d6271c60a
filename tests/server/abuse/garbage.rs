//! Bytes that are not TLS, and bytes within TLS that are not HTTP.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::{BASE, Siege, sent_raw};
use crate::client::{HTTP_1, HTTP_2, connected};
use crate::limited::HURRIED;
use crate::running::{PATIENCE, Running};

/// A failed connection leaves nothing. While open it may hold one TLS record of 16 KiB and 64 KiB of a handshake
/// message: about 10 MiB for a hundred connections.
const GARBAGE: u64 = BASE + 24;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tls_is_closed() {
    // Two seconds for a handshake.
    let siege = Siege::begin(Running::start_limited(HURRIED)).await;
    let hello = client_hello();
    let record = |kind: u8, length: u16, content: &[u8]| [&[kind, 3, 1][..], &length.to_be_bytes(), content].concat();
    // A handshake message of 16 MiB in records of the maximum size.
    let endless = [&[1, 0xff, 0xff, 0xff][..], &[0; 16_380]].concat();
    let endless = [record(22, 16_384, &endless), record(22, 16_384, &[0; 16_384]).repeat(1000)].concat();
    let mut cases = vec![
        b"POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        record(22, 0xffff, &[0; 0xffff]),
        record(22, 0, &[]).repeat(10_000),
        record(21, 2, &[1, 0]).repeat(10_000),
        record(23, 16_384, &[0; 16_384]),
        endless,
        vec![0; 1 << 20],
        hello.repeat(1000),
    ];
    cases.extend((1..50).map(noise));
    cases.extend((0..hello.len()).step_by(7).map(|cut| hello[..cut].to_vec()));
    for some in cases.chunks(100) {
        let mut closed: JoinSet<()> = some.iter().map(|bytes| is_closed(siege.server.webhook, bytes.clone())).collect();
        while let Some(ended) = closed.join_next().await {
            ended.unwrap();
        }
    }
    siege.was_survived(GARBAGE).await;
}

/// The server ends the connection although the client does not.
async fn is_closed(address: std::net::SocketAddr, bytes: Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may end it during the write, and a reset also counts as an end.
    let _ = timeout(PATIENCE, stream.write_all(&bytes)).await.expect("neither read nor closed");
    let read = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
    let _ = read.unwrap_or_else(|_| panic!("open after {:?}", &bytes[..bytes.len().min(16)]));
}

/// A client's first message.
pub(super) fn client_hello() -> Vec<u8> {
    let config = ClientConfig::builder_with_provider(tokio_rustls::rustls::crypto::ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut hello = Vec::new();
    ClientConnection::new(config.into(), name).unwrap().write_tls(&mut hello).unwrap();
    hello
}

/// Bytes without meaning, the same in every run (xorshift).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..4096).map(|_| next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_closed_on_both_ports() {
    let siege = Siege::begin(Running::start_limited(HURRIED)).await;
    let plain = b"\x16\x03\x01\x02\x00\x01\x00".to_vec();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for bytes in (1..30).map(noise).chain([plain, preface, vec![0; 1 << 20], vec![b'\r'; 1 << 16]]) {
        is_closed(siege.server.admin, bytes.clone()).await;
        let said = sent_raw(&siege.server, &bytes).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{said}");
        let mut stream = connected(&siege.server, HTTP_2).await;
        let _ = stream.write_all(&bytes).await;
        let _ = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await.expect("HTTP/2 that is none: open");
    }
    siege.was_survived(GARBAGE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_offers_a_protocol_that_is_not_ours_is_told_so_in_the_handshake() {
    let siege = Siege::begin(Running::start(&[])).await;
    let ca = siege.server.read("ca.crt");
    let refused = crate::client::connect(siege.server.webhook, &ca, "localhost", "http/0.9").await;
    assert!(refused.unwrap_err().to_string().contains("NoApplicationProtocol"));
    assert!(connected(&siege.server, HTTP_1).await.get_ref().1.alpn_protocol().is_some());
    siege.was_survived(GARBAGE).await;
}
