//! The log cannot be written: the webhook continues, because admission does not depend on a reader of its log. A
//! previous version ended with 134, because the logging of the failure panicked, twice.

use std::fs::OpenOptions;

use crate::client::{Client, HTTP_1, HTTP_2, asking};
use crate::running::Running;

#[tokio::test]
async fn a_full_disk_under_the_log_stops_nothing() {
    serves_and_ends(Running::unheard(|| OpenOptions::new().write(true).open("/dev/full").unwrap().into())).await;
}

#[tokio::test]
async fn a_reader_of_the_log_who_is_gone_stops_nothing() {
    let gone = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer.into()
    };
    serves_and_ends(Running::unheard(gone)).await;
}

async fn serves_and_ends(mut server: Running) {
    for alpn in [HTTP_1, HTTP_2] {
        assert_eq!(Client::new(&server, alpn).await.post("/mutate", asking()).await.status, 200);
    }
    let (status, _) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{status}");
}
