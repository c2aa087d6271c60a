//! As many connections as there may be, and none that ever idles: each address has its share of them.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Method;
use tokio::io::AsyncReadExt;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::abuse::room_for;
use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, connect_from, connect_plainly, whole};
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running};
use crate::watched::ended;

/// Between a connection's end and the next.
const PAUSE: Duration = Duration::from_millis(10);

const CROWD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// An API server that was there before.
const OLD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// One that comes when all connections are taken.
const NEW: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 5);

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_never_idles_by_http_1_has_no_more_than_its_share() {
    has_no_more_than_its_share(HTTP_1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_never_idles_by_http_2_has_no_more_than_its_share() {
    has_no_more_than_its_share(HTTP_2).await;
}

async fn has_no_more_than_its_share(alpn: &'static str) {
    let server = Arc::new(Running::start(&["--connections", "8"]));
    let mut old = Client::over(connect_from(OLD, &server, HTTP_1).await.unwrap(), HTTP_1).await;
    assert_eq!(old.post("/mutate", asking()).await.status, 200);
    let mut crowd = JoinSet::new();
    for _ in 0..12 {
        let server = Arc::clone(&server);
        crowd.spawn(async move {
            loop {
                if let Ok(mut client) = client(CROWD, &server, alpn).await {
                    while asks(&mut client).await.is_ok() {}
                }
                sleep(PAUSE).await;
            }
        });
    }
    is_crowded(&server).await;
    // They stay: for the second, one of the crowd has to go.
    let mut new = Vec::new();
    for alpn in [HTTP_1, HTTP_2] {
        new.push(timeout(PATIENCE, served(NEW, &server, alpn)).await.expect("never served"));
    }
    // Longer than a connection of the crowd's may idle.
    sleep(Duration::from_secs(3)).await;
    assert!(!old.is_closed(), "an address that has one connection had to give it back");
    assert_eq!(old.post("/mutate", asking()).await.status, 200);
    assert!(Scrape::of(&server).await.value(&ended("crowded")) >= 1.0);
    crowd.shutdown().await;
    drop(new);
}

/// Some have what is their share, and ask for nothing on it. The rest is a queue of those that come again whenever they are
/// closed, and an API server behind them.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_is_served_where_many_have_their_share_and_one_fills_the_queue() {
    let server = Running::start(&["--connections", "16"]);
    let mut idle = Vec::new();
    for address in [OLD, OLD, OTHER, OTHER] {
        let mut client = client(address, &server, HTTP_1).await.unwrap();
        asks(&mut client).await.unwrap();
        idle.push(client);
    }
    let mut crowd = JoinSet::new();
    for _ in 0..room_for(1000) {
        let address = server.webhook;
        // In the queue before anybody else.
        let mut stream = timeout(PATIENCE, connect_plainly(CROWD, address)).await.expect("turned away");
        crowd.spawn(async move {
            loop {
                if let Ok(mut stream) = stream {
                    let _ = stream.read(&mut [0]).await;
                }
                sleep(Duration::from_secs(1)).await;
                stream = connect_plainly(CROWD, address).await;
            }
        });
    }
    // Some seconds; and where each waits for those before it to have had their time, some minutes.
    timeout(PATIENCE, served(NEW, &server, HTTP_1)).await.expect("never served");
    assert!(!idle.iter().any(Client::is_closed), "an address that has its share had to give it back");
    crowd.shutdown().await;
}

async fn is_crowded(server: &Running) {
    let warned = async {
        while !server.read("log").contains("as many connections as may be") {
            sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, warned).await.expect("never crowded");
}

/// Answered, on a connection that is kept. Again where it was too slow for a crowd, as an API server does.
async fn served(source: Ipv4Addr, server: &Running, alpn: &str) -> Client {
    loop {
        if let Ok(mut client) = client(source, server, alpn).await
            && asks(&mut client).await.is_ok()
        {
            return client;
        }
        sleep(PAUSE).await;
    }
}

type Failed = Box<dyn Error + Send + Sync>;

async fn client(source: Ipv4Addr, server: &Running, alpn: &str) -> Result<Client, Failed> {
    Ok(Client::try_over(connect_from(source, server, alpn).await?, alpn).await?)
}

/// One review.
async fn asks(client: &mut Client) -> Result<(), Failed> {
    let response = client.send(Method::POST, "/mutate", JSON, whole(asking())).await?;
    assert_eq!(response.status().as_u16(), 200);
    response.into_body().collect().await?;
    Ok(())
}
