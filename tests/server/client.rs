//! A client like the API server: TLS with a given CA, HTTP/1.1 or HTTP/2 by ALPN.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WantsClientCert;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use crate::running::{PATIENCE, Running};

pub(crate) const HTTP_1: &str = "http/1.1";
pub(crate) const HTTP_2: &str = "h2";
pub(crate) const JSON: &str = "application/json";

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A body that is sent in pieces and ends when its sender is dropped.
pub(crate) struct Pieces(mpsc::UnboundedReceiver<Bytes>);

pub(crate) fn pieces() -> (mpsc::UnboundedSender<Bytes>, Pieces) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, Pieces(receiver))
}

pub(crate) fn whole(body: impl Into<Bytes>) -> Pieces {
    let (sender, body_pieces) = pieces();
    sender.send(body.into()).unwrap();
    body_pieces
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Opens a TLS connection.
pub(crate) async fn connect(
    address: SocketAddr,
    ca_pem: &str,
    name: &str,
    alpn: &str,
) -> io::Result<TlsStream<TcpStream>> {
    dial(address, trusting(ca_pem).with_no_client_auth(), name, alpn).await
}

/// Opens a connection to `localhost` by HTTP/1.1 with a client certificate: a chain and its key.
pub(crate) async fn connect_as(
    address: SocketAddr,
    ca_pem: &str,
    (chain_pem, key_pem): (&str, &str),
) -> io::Result<TlsStream<TcpStream>> {
    let chain = CertificateDer::pem_slice_iter(chain_pem.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
    dial(address, trusting(ca_pem).with_client_auth_cert(chain, key).unwrap(), "localhost", HTTP_1).await
}

fn trusting(ca_pem: &str) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots)
}

async fn dial(address: SocketAddr, config: ClientConfig, name: &str, alpn: &str) -> io::Result<TlsStream<TcpStream>> {
    secure(TcpStream::connect(address).await?, config, (name, alpn)).await
}

async fn secure(
    tcp: TcpStream,
    mut config: ClientConfig,
    (name, alpn): (&str, &str),
) -> io::Result<TlsStream<TcpStream>> {
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await
}

/// Opens a TCP connection from this source address.
pub(crate) async fn connect_plainly(source: Ipv4Addr, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    socket.connect(address).await
}

/// Opens a TLS connection from this address, to a server with a CA in memory.
pub(crate) async fn connect_from(source: Ipv4Addr, server: &Running, alpn: &str) -> io::Result<TlsStream<TcpStream>> {
    let config = trusting(&server.read("ca.crt")).with_no_client_auth();
    secure(connect_plainly(source, server.webhook).await?, config, ("localhost", alpn)).await
}

/// Opens a TLS connection from any address.
pub(crate) async fn connected(server: &Running, alpn: &str) -> TlsStream<TcpStream> {
    let stream = connect(server.webhook, &server.read("ca.crt"), "localhost", alpn).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(alpn.as_bytes()));
    stream
}

/// One connection in either protocol, open until it is dropped.
pub(crate) enum Client {
    Http1(http1::SendRequest<Pieces>),
    Http2(http2::SendRequest<Pieces>),
}

impl Client {
    pub(crate) async fn new(server: &Running, alpn: &str) -> Self {
        Self::over(connected(server, alpn).await, alpn).await
    }

    pub(crate) async fn over(stream: TlsStream<TcpStream>, alpn: &str) -> Self {
        Self::try_over(stream, alpn).await.unwrap()
    }

    /// Starts HTTP on a connection that the server may end at any time.
    pub(crate) async fn try_over(stream: TlsStream<TcpStream>, alpn: &str) -> hyper::Result<Self> {
        let io = TokioIo::new(stream);
        if alpn == HTTP_2 {
            let (client, connection) = http2::handshake(TokioExecutor::new(), io).await?;
            tokio::spawn(connection);
            return Ok(Self::Http2(client));
        }
        let (client, connection) = http1::handshake(io).await?;
        tokio::spawn(connection);
        Ok(Self::Http1(client))
    }

    /// Another handle on the same connection, for a second request in flight.
    pub(crate) fn beside(&self) -> Self {
        match self {
            Self::Http1(_) => panic!("HTTP/1.1 has one request at a time"),
            Self::Http2(client) => Self::Http2(client.clone()),
        }
    }

    /// Whether the server has ended the connection.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Http1(client) => client.is_closed(),
            Self::Http2(client) => client.is_closed(),
        }
    }

    pub(crate) async fn post(&mut self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.request(Method::POST, path, JSON, whole(body)).await
    }

    pub(crate) async fn request(&mut self, method: Method, path: &str, content_type: &str, body: Pieces) -> Answer {
        answer(self.send(method, path, content_type, body).await.unwrap()).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Pieces,
    ) -> hyper::Result<Response<Incoming>> {
        let request = Request::builder().method(method).header("content-type", content_type);
        match self {
            Self::Http1(client) => {
                client.ready().await?;
                client.send_request(request.uri(path).header("host", "localhost").body(body).unwrap()).await
            }
            Self::Http2(client) => {
                client.ready().await?;
                client.send_request(request.uri(format!("https://localhost{path}")).body(body).unwrap()).await
            }
        }
    }
}

pub(crate) async fn answer(response: Response<Incoming>) -> Answer {
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status, content_type: content_type.unwrap_or_default(), body }
}

/// Gets a path of the admin port.
pub(crate) async fn admin(server: &Running, path: &str) -> Answer {
    admin_accepting(server, path, "*/*").await
}

/// Gets a path of the admin port in one of these formats.
pub(crate) async fn admin_accepting(server: &Running, path: &str, accept: &str) -> Answer {
    let stream = TcpStream::connect(server.admin).await.unwrap();
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost").header("accept", accept).body(whole("")).unwrap();
    answer(client.send_request(request).await.unwrap()).await
}

/// Gets a path of the admin port until the answer has these words.
pub(crate) async fn once_told(server: &Running, path: &str, words: &str) -> Answer {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = admin(server, path).await;
        if answer.body.contains(words) {
            return answer;
        }
        assert!(Instant::now() < deadline, "no {words:?}: {}\n{}", answer.body, server.read("log"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An AdmissionReview of a Pod with these annotations.
pub(crate) fn review(annotations: &Value) -> String {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "u-1", "operation": "CREATE", "namespace": "default",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "annotations": annotations},
            "spec": {"containers": [{"name": "app", "image": "app"}]}}}})
    .to_string()
}

/// An AdmissionReview that gets a patch.
pub(crate) fn asking() -> String {
    review(&json!({"podwright.dev/pre-stop-sleep": "5s"}))
}
