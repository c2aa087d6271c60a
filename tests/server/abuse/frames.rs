//! HTTP/2 frames by hand, which no usual client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, split};
use tokio::time::timeout;

use crate::client::{HTTP_2, connected};
use crate::running::{PATIENCE, Running};

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// `SETTINGS_INITIAL_WINDOW_SIZE`.
pub(super) const WINDOW: u16 = 4;
/// `ENHANCE_YOUR_CALM`.
pub(super) const CALM: u32 = 11;

/// The time for which a client keeps writing while the server does not read.
const PUSHING: Duration = Duration::from_secs(3);

/// The result of a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The server ended the connection.
    Ended,
    /// The server stopped reading.
    Stalled,
    /// The server read everything.
    Taken,
}

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The client's preface, with these settings.
pub(super) fn opening(settings: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> =
        settings.iter().flat_map(|(key, value)| [&key.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &payload)].concat()
}

/// A POST's headers, as HPACK without its dynamic table.
pub(super) fn post(path: &str) -> Vec<u8> {
    // `:method: POST`, `:scheme: https`, then `:path`, `:authority` and `content-type` by the static table's names.
    let mut block = vec![0x83, 0x87, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend(path.as_bytes());
    block.extend(b"\x01\x09localhost\x0f\x10\x10application/json");
    block
}

/// The ids of the streams that a client opens.
pub(super) fn streams(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|number| 2 * number + 1)
}

/// Sends the opening and then all of this on a new connection, while reading the answers. Returns the result and the
/// error code of a GOAWAY.
pub(super) async fn flood(
    server: &Running,
    opening: Vec<u8>,
    pieces: impl Iterator<Item = Vec<u8>>,
) -> (Fate, Option<u32>) {
    let (mut reader, mut writer) = split(connected(server, HTTP_2).await);
    let reading = tokio::spawn(async move {
        let mut read = Vec::new();
        let _ = reader.read_to_end(&mut read).await;
        read
    });
    let mut fate = Fate::Taken;
    for piece in std::iter::once(opening).chain(pieces) {
        match timeout(PUSHING, writer.write_all(&piece)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => fate = Fate::Ended,
            Err(_) => fate = Fate::Stalled,
        }
        if fate != Fate::Taken {
            break;
        }
    }
    if fate == Fate::Taken && timeout(PUSHING, writer.flush()).await.is_err() {
        fate = Fate::Stalled;
    }
    // After a GOAWAY the server closes whenever it likes; for a quiet one, the client closes.
    let _ = timeout(PUSHING, writer.shutdown()).await;
    let read = timeout(PATIENCE, reading).await.expect("still open after our end").unwrap();
    (fate, going_away(&read))
}

/// The error code of the last GOAWAY in the server's bytes.
fn going_away(mut read: &[u8]) -> Option<u32> {
    let mut code = None;
    while let Some((head, rest)) = read.split_at_checked(9) {
        let length = usize::try_from(u32::from_be_bytes([0, head[0], head[1], head[2]])).unwrap();
        let Some((payload, rest)) = rest.split_at_checked(length) else { break };
        if head[3] == GOAWAY {
            code = Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
        }
        read = rest;
    }
    code
}
