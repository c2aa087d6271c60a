//! Every method on every route of both ports: each route accepts one method, and the others do nothing.

use hyper::Method;
use hyper::header;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{BASE, Siege};
use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, whole};
use crate::running::{PATIENCE, Running};

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

#[tokio::test(flavor = "multi_thread")]
async fn reviews_are_posted() {
    let siege = Siege::begin(Running::start(&[])).await;
    for (alpn, path) in [HTTP_1, HTTP_2].into_iter().flat_map(|alpn| {
        ["/mutate", "/mutate/default", "/check", "/mutate/nobody", "/livez", "/readyz", "/metrics", "/"]
            .map(|path| (alpn, path))
    }) {
        let is_route = matches!(path, "/mutate" | "/mutate/default" | "/mutate/nobody" | "/check");
        for method in METHODS {
            let mut client = Client::new(&siege.server, alpn).await;
            let response = client.send(Method::try_from(method).unwrap(), path, JSON, whole(asking())).await.unwrap();
            let allow = response.headers().get(header::ALLOW).map(|value| value.to_str().unwrap().to_owned());
            let found = (response.status().as_u16(), allow.as_deref());
            let expected = match (method, is_route, path) {
                ("POST", true, "/mutate/nobody") | (_, false, _) => (404, None),
                ("POST", true, _) => (200, None),
                _ => (405, Some("POST")),
            };
            assert_eq!(found, expected, "{alpn} {method} {path}");
        }
    }
    siege.was_survived(BASE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_got() {
    let siege = Siege::begin(Running::start(&[])).await;
    for path in ["/livez", "/readyz", "/metrics", "/mutate", "/check", "/"] {
        let is_route = matches!(path, "/livez" | "/readyz" | "/metrics");
        for method in METHODS {
            let mut stream = TcpStream::connect(siege.server.admin).await.unwrap();
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut said = Vec::new();
            let _ = timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("not answered");
            let said = String::from_utf8(said).unwrap();
            let expected = match (method, is_route) {
                ("GET" | "HEAD", true) => "HTTP/1.1 200",
                (_, true) => "HTTP/1.1 405",
                (_, false) => "HTTP/1.1 404",
            };
            assert!(said.starts_with(expected), "{method} {path}: {said}");
        }
    }
    siege.was_survived(BASE).await;
}
