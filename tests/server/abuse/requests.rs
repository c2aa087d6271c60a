//! Thousands of requests at once from one address.

use std::net::Ipv4Addr;
use std::time::Duration;

use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{BASE, ELSEWHERE, Siege};
use crate::client::{Client, HTTP_2, JSON, asking, connect_from, pieces};
use crate::running::{PATIENCE, Running};

const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const CONNECTIONS: usize = 12;
/// All streams of a connection.
const STREAMS: usize = 128;
/// As much as the first part of a body. All of these bodies would take more than all first parts may.
const BODY: usize = 64 * 1024;
const REACHED: &str = "per-address limit of requests in flight reached";

/// The attacker's bodies never end. Each answer makes room for the next one.
#[tokio::test(flavor = "multi_thread")]
async fn unfinished_bodies_of_one_address_leave_others_their_requests() {
    let siege = Siege::begin(Running::start(&[])).await;
    let mut unfinished = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let stream = connect_from(ATTACKER, &siege.server, HTTP_2).await.unwrap();
        let connection = Client::over(stream, HTTP_2).await;
        for _ in 0..STREAMS {
            unfinished.spawn(keep_sending(connection.beside()));
        }
    }
    let reached = async {
        while !siege.server.read("log").contains(REACHED) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, reached).await.expect("never at the limit of its address");
    let bystander = Client::over(connect_from(ELSEWHERE, &siege.server, HTTP_2).await.unwrap(), HTTP_2).await;
    for _ in 0..30 {
        let mut at_once = JoinSet::new();
        for mut client in [(); 8].map(|()| bystander.beside()) {
            at_once.spawn(async move { client.post("/mutate", asking()).await.status });
        }
        assert_eq!(timeout(PATIENCE, at_once.join_all()).await.expect("no answer"), [200; 8]);
        sleep(Duration::from_millis(100)).await;
    }
    unfinished.shutdown().await;
    // Twice 48 MiB: a buffer doubles as its body grows. The streams of twelve connections have their own.
    siege.was_survived(BASE + 96 + 48).await;
}

async fn keep_sending(mut client: Client) {
    while !client.is_closed() {
        let (sender, body) = pieces();
        let _ = sender.send(vec![b' '; BODY].into());
        // A refusal comes at once, so a busy loop would only measure this machine.
        let _ = client.send(Method::POST, "/mutate", JSON, body).await;
        sleep(Duration::from_millis(200)).await;
    }
}
