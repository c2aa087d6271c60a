//! As many connections as there may be, and none that ever idles: each address has its share of them.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, connect_from, whole};
use crate::running::{PATIENCE, Running};

const CROWD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// An API server that was there before.
const OLD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// One that comes when all connections are taken.
const NEW: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_never_idles_has_no_more_than_its_share() {
    let server = Arc::new(Running::start(&["--connections", "8"]));
    let mut old = Client::over(connect_from(OLD, &server, HTTP_1).await.unwrap(), HTTP_1).await;
    assert_eq!(old.post("/mutate", asking()).await.status, 200);
    let mut crowd = JoinSet::new();
    for alpn in [HTTP_1, HTTP_2].repeat(6) {
        let server = Arc::clone(&server);
        crowd.spawn(async move {
            loop {
                let _ = asks_on(&server, alpn).await;
            }
        });
    }
    while !server.read("log").contains("as many connections as may be") {
        sleep(Duration::from_millis(10)).await;
    }
    for alpn in [HTTP_1, HTTP_2].repeat(2) {
        let served = async {
            let mut new = Client::over(connect_from(NEW, &server, alpn).await.unwrap(), alpn).await;
            new.post("/mutate", asking()).await.status
        };
        assert_eq!(timeout(PATIENCE, served).await.expect("never served"), 200);
    }
    // Longer than a connection of the crowd's may idle.
    sleep(Duration::from_secs(3)).await;
    assert!(!old.is_closed(), "an address that has one connection had to give it back");
    assert_eq!(old.post("/mutate", asking()).await.status, 200);
    crowd.shutdown().await;
}

/// Asks on one connection until it ends.
async fn asks_on(server: &Running, alpn: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut client = Client::try_over(connect_from(CROWD, server, alpn).await?, alpn).await?;
    loop {
        let response = client.send(Method::POST, "/mutate", JSON, whole(asking())).await?;
        response.into_body().collect().await?;
    }
}
