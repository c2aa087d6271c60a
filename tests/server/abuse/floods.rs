//! Tens of thousands of HTTP/2 frames, each of which costs the client next to nothing.
//!
//! h2 itself protects against most of these: it reads no pings or settings before it can write the answers to the
//! previous ones, and it gives up an endless head. These tests show that this holds for podwright's version and
//! settings.

use super::frames::{
    CALM, CONTINUATION, DATA, END_HEADERS, END_STREAM, Fate, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW,
    WINDOW_UPDATE, flood, frame, opening, post, streams,
};
use super::{BASE, Siege};
use crate::running::Running;

/// A flood leaves only its connection's buffers and at most 128 streams. A server that kept something for each frame
/// would exceed this after the first ten thousand.
const FLOODED: u64 = BASE + 32;

/// CVE-2023-44487: the client resets each stream before it counts.
#[tokio::test(flavor = "multi_thread")]
async fn rapid_reset_ends_the_connection() {
    let siege = Siege::begin(Running::start(&[])).await;
    for _ in 0..5 {
        let resets = streams(20_000).collect::<Vec<_>>();
        let resets = resets.chunks(100).map(|some| some.iter().flat_map(|&stream| opened_and_reset(stream)).collect());
        let (fate, code) = flood(&siege.server, opening(&[]), resets).await;
        assert!(fate == Fate::Ended || code == Some(CALM), "{fate:?} {code:?}");
    }
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}

fn opened_and_reset(stream: u32) -> Vec<u8> {
    let opened = frame(HEADERS, END_HEADERS, stream, &post("/mutate"));
    [opened, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
}

/// CVE-2025-8671: the client makes the server reset the streams.
#[tokio::test(flavor = "multi_thread")]
async fn streams_that_the_server_is_made_to_reset_end_the_connection() {
    let siege = Siege::begin(Running::start(&[])).await;
    for _ in 0..5 {
        let resets = streams(20_000).collect::<Vec<_>>();
        // A window above the maximum.
        let broken = |stream: u32| {
            let opened = frame(HEADERS, END_HEADERS, stream, &post("/mutate"));
            [opened, frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffff_u32.to_be_bytes())].concat()
        };
        let resets = resets.chunks(100).map(|some| some.iter().flat_map(|&stream| broken(stream)).collect());
        let (fate, code) = flood(&siege.server, opening(&[]), resets).await;
        assert!(fate == Fate::Ended || code == Some(CALM), "{fate:?} {code:?}");
    }
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}

/// The server must answer each of these, and the answers must not pile up; h2 ensures this itself.
#[tokio::test(flavor = "multi_thread")]
async fn settings_and_pings_cost_no_memory() {
    let siege = Siege::begin(Running::start(&[])).await;
    let window = [&WINDOW.to_be_bytes()[..], &65_535_u32.to_be_bytes()].concat();
    for one in [frame(SETTINGS, 0, 0, &[]), frame(SETTINGS, 0, 0, &window), frame(PING, 0, 0, b"podwrigh")] {
        let many = one.repeat(1000);
        flood(&siege.server, opening(&[]), std::iter::repeat_n(many, 50)).await;
    }
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_pings_whose_answers_nobody_reads_cost_no_memory() {
    let siege = Siege::begin(Running::start(&[])).await;
    let mut held = Vec::new();
    for one in [frame(SETTINGS, 0, 0, &[]), frame(PING, 0, 0, b"podwrigh")] {
        held.push(super::answers::pushed(&siege.server, opening(&[]), one.repeat(300_000)).await);
    }
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}

/// An endless head must not be collected.
#[tokio::test(flavor = "multi_thread")]
async fn continuations_without_end_end_the_connection() {
    let siege = Siege::begin(Running::start(&[])).await;
    let begun = [opening(&[]), frame(HEADERS, END_STREAM, 1, &post("/mutate"))].concat();
    let field = b"\x00\x01a\x01b";
    for (payload, times) in [(field.repeat(3000), 1000), (field.to_vec(), 20_000), (Vec::new(), 100_000)] {
        let many = frame(CONTINUATION, 0, 1, &payload).repeat(10);
        let (fate, code) = flood(&siege.server, begun.clone(), std::iter::repeat_n(many, times / 10)).await;
        assert!(fate == Fate::Ended || code.is_some(), "{} bytes each: {fate:?} {code:?}", payload.len());
    }
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn window_updates_and_data_without_content_cost_no_memory() {
    let siege = Siege::begin(Running::start(&[])).await;
    let begun = [opening(&[]), frame(HEADERS, END_HEADERS, 1, &post("/mutate"))].concat();
    let updates = [0, 1].map(|stream| frame(WINDOW_UPDATE, 0, stream, &1_u32.to_be_bytes()).repeat(1000));
    for many in updates.into_iter().chain([frame(DATA, 0, 1, b"").repeat(1000), frame(DATA, 0, 1, b" ").repeat(1000)]) {
        flood(&siege.server, begun.clone(), std::iter::repeat_n(many, 50)).await;
    }
    // More than the maximum: an error of the connection.
    let most = frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes()).repeat(2);
    let (fate, code) = flood(&siege.server, begun, std::iter::once(most)).await;
    assert!(fate == Fate::Ended || code.is_some_and(|code| code != 0), "{fate:?} {code:?}");
    siege.served_promptly();
    siege.was_survived(FLOODED).await;
}
