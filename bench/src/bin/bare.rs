//! The floor: the least that a webhook on podwright's stack can do. It reads a review's uid, and answers with a given
//! patch. It has no limits, metrics, deadlines or drain. It leaves the Pod unparsed, or reads it by the types that
//! webhooks usually have, and ignores it.
//!
//! `bare unparsed|typed ANSWER CERTIFICATE KEY` prints its address and serves until it is killed.
#![expect(clippy::print_stdout, reason = "the caller reads its address")]

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use k8s_openapi::api::core::v1::Pod;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

// The same allocator as podwright's.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The placeholder for each request's uid in the answer.
const UID: &str = "UID";

const USAGE: &str = "usage: bare unparsed|typed ANSWER CERTIFICATE KEY";

/// A review whose Pod is read as an `O`.
#[derive(Deserialize)]
struct Review<'a, O> {
    #[serde(borrow)]
    request: Request<'a, O>,
}

#[derive(Deserialize)]
struct Request<'a, O> {
    uid: &'a str,
    #[serde(rename = "object")]
    _object: O,
}

/// Reads a review's uid.
type Read = for<'a> fn(&'a [u8]) -> serde_json::Result<&'a str>;

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or_else(|| io::Error::other(USAGE));
    let read = reader(&next()?).ok_or_else(|| io::Error::other(USAGE))?;
    let (answer, certificate, key) = (std::fs::read_to_string(next()?)?, next()?, next()?);
    let acceptor = TlsAcceptor::from(Arc::new(config(&certificate, &key).map_err(io::Error::other)?));
    let router = router(&answer, read).ok_or_else(|| io::Error::other("the answer has no place for the uid"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("https://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, acceptor.clone(), router.clone()));
    }
}

fn config(certificate: &str, key: &str) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config =
        config.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn reader(pod: &str) -> Option<Read> {
    match pod {
        "unparsed" => Some(|body| uid::<&RawValue>(body)),
        "typed" => Some(|body| uid::<Pod>(body)),
        _ => None,
    }
}

fn uid<'a, O: Deserialize<'a>>(body: &'a [u8]) -> serde_json::Result<&'a str> {
    serde_json::from_slice::<Review<'a, O>>(body).map(|review| review.request.uid)
}

fn router(answer: &str, read: Read) -> Option<Router> {
    let (before, after) = answer.split_once(UID)?;
    let parts: Arc<(String, String)> = Arc::new((before.to_owned(), after.to_owned()));
    Some(Router::new().route("/mutate", post(move |body: Bytes| async move { answered(read(&body), &parts) })))
}

fn answered(uid: serde_json::Result<&str>, (before, after): &(String, String)) -> Response {
    match uid {
        Ok(uid) => {
            let answer = [before, uid, after].concat();
            ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, router: Router) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let http_2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let (stream, service) = (TokioIo::new(stream), TowerToHyperService::new(router));
    // A client may disconnect at any time.
    let _ = match http_2 {
        true => http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await,
        false => http1::Builder::new().serve_connection(stream, service).await,
    };
}
