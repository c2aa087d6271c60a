//! Clients that say nothing, or stop in the middle, while others are served.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, HTTP_1, HTTP_2, asking, connected};
use crate::running::{PATIENCE, Running};

#[tokio::test]
async fn a_silent_client_never_holds_anothers_request() {
    let server = Running::start(&[]);
    let mut held = Vec::new();
    let mut tcp = Vec::new();
    for _ in 0..20 {
        tcp.push(TcpStream::connect(server.webhook).await.unwrap());
        held.push(connected(&server, HTTP_1).await);
        held.push(connected(&server, HTTP_2).await);
        let mut halfway = connected(&server, HTTP_1).await;
        halfway.write_all(b"POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-le").await.unwrap();
        let mut in_the_body = connected(&server, HTTP_1).await;
        let head =
            "POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
        in_the_body.write_all(head.as_bytes()).await.unwrap();
        held.extend([halfway, in_the_body]);
    }
    for alpn in [HTTP_1, HTTP_2] {
        let asked = async { Client::new(&server, alpn).await.post("/mutate", asking()).await };
        let answer = timeout(PATIENCE, asked).await.expect("no answer beside silent clients");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
