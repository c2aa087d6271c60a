//! Many large bodies, and small bodies in the smallest pieces.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{BASE, Siege, frames, sent_raw};
use crate::client::{Answer, Client, HTTP_1, HTTP_2, JSON, answer, asking, pieces};
use crate::limited::NO_BUDGET;
use crate::running::{PATIENCE, Running};

/// The budget of bytes in flight is 96 MiB. A body's buffer doubles as it grows: 8 MiB for a body of 7, and briefly the
/// previous 4 as well.
const BODIES: u64 = BASE + 96 + 48;

#[tokio::test(flavor = "multi_thread")]
async fn more_large_bodies_than_there_is_room_for_are_refused_and_small_ones_are_served() {
    let siege = Siege::begin(Running::start(&[])).await;
    let mut asked = JoinSet::new();
    for alpn in [HTTP_1, HTTP_2].repeat(24) {
        let client = Client::new(&siege.server, alpn).await;
        asked.spawn(seven_mebibytes(client));
    }
    let mut statuses = Vec::new();
    while let Some(answer) = asked.join_next().await {
        // A client that is refused early may see only the end of the connection.
        statuses.extend(answer.unwrap().map(|answer| answer.status));
    }
    // 408 and 504 occur on a machine that is busy for ten or thirty seconds.
    assert!(statuses.iter().all(|status| [200, 408, 503, 504].contains(status)), "{statuses:?}");
    // The budget is free again.
    let again = Client::new(&siege.server, HTTP_2).await;
    assert_eq!(seven_mebibytes(again).await.unwrap().status, 200);
    siege.was_survived(BODIES).await;
}

/// Sends all but the last byte, and that byte later: until then the body holds its part of the budget.
async fn seven_mebibytes(mut client: Client) -> Option<Answer> {
    let (sender, body) = pieces();
    let review = asking();
    let padded = format!("{}{review}", " ".repeat((7 << 20) - review.len()));
    let (most, last) = padded.split_at(padded.len() - 1);
    sender.send(most.to_owned().into()).unwrap();
    let last = last.to_owned();
    let sending = async move {
        sleep(Duration::from_secs(5)).await;
        let _ = sender.send(last.into());
    };
    let (response, ()) = tokio::join!(client.send(Method::POST, "/mutate", JSON, body), sending);
    Some(timeout(PATIENCE, answer(response.ok()?)).await.expect("half an answer"))
}

/// A body announced above the limit takes no part of the budget, and its bytes are dropped.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_above_the_limit_cost_no_memory() {
    let siege = Siege::begin(Running::start_limited(NO_BUDGET)).await;
    let review = r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1","object":{"#;
    let head = format!("host: a\r\ncontent-type: {JSON}\r\nconnection: close\r\ncontent-length: {}", 16 << 20);
    let body = format!("{review}{}", " ".repeat((16 << 20) - review.len()));
    let request: Arc<str> = format!("POST /mutate HTTP/1.1\r\n{head}\r\n\r\n{body}").into();
    let mut sent = JoinSet::new();
    for _ in 0..24 {
        let (server, request) = (Arc::clone(&siege.server), Arc::clone(&request));
        sent.spawn(async move { sent_raw(&server, request.as_bytes()).await });
    }
    let answers = sent.join_all().await;
    // 408 occurs on a machine that is busy for ten seconds.
    let expected = |answer: &&String| answer.contains("[ReviewTooLarge]") || answer.starts_with("HTTP/1.1 408");
    assert_eq!(answers.iter().find(|answer| !expected(answer)), None);
    assert!(answers.iter().any(|answer| answer.contains("\"allowed\":true")), "{answers:?}");
    siege.was_survived(BASE + 32).await;
}

/// The cost of a piece must not grow with the number of pieces.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_byte_by_byte_is_a_body() {
    let siege = Siege::begin(Running::start(&[])).await;
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&siege.server, alpn).await;
        let (sender, body) = pieces();
        let bytewise = tokio::spawn(async move {
            for byte in asking().into_bytes() {
                let _ = sender.send(vec![byte].into());
                tokio::task::yield_now().await;
            }
        });
        let answer = timeout(PATIENCE, client.request(Method::POST, "/mutate", JSON, body)).await.expect("no answer");
        assert_eq!(answer.status, 200, "{alpn}: {answer:?}");
        bytewise.await.unwrap();
    }
    let space = frames::frame(frames::DATA, 0, 1, b" ").repeat(100);
    let begun =
        [frames::opening(&[]), frames::frame(frames::HEADERS, frames::END_HEADERS, 1, &frames::post("/mutate"))];
    frames::flood(&siege.server, begun.concat(), std::iter::repeat_n(space, 2000)).await;
    siege.was_survived(BASE + 32).await;
}
