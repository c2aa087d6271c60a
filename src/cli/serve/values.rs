//! The flags' values.

use std::net::SocketAddr;
use std::time::Duration;

/// The highest connection limit. Each connection uses a file descriptor and up to 40 KiB.
const MOST_CONNECTIONS: usize = 1_000_000;

/// Invalid flag values. clap puts the flag and the value before the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidValue {
    #[error(
        "expected an IP address of this machine and a port, such as `0.0.0.0:8443`, `[::]:8443` or `127.0.0.1:0` (any free \
         port)"
    )]
    Address,
    #[error("expected a duration, such as `10s`, `1m30s` or `0s`")]
    Duration,
    #[error("expected a duration of one millisecond or more, such as `2s` or `720h`")]
    Interval,
    #[error("expected a duration of one second or more, such as `5m` or `90s`")]
    IdleTimeout,
    #[error("expected a whole number from 1 to {MOST_CONNECTIONS}, such as `4096`")]
    Connections,
    #[error("expected a Secret's name, such as `podwright-system/podwright-tls` or `podwright-tls`")]
    Secret,
}

/// Parses an address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::Address)
}

/// Parses a duration, which may be zero.
pub(super) fn duration(text: &str) -> Result<Duration, InvalidValue> {
    let parsed = text.parse::<jiff::SignedDuration>().ok();
    parsed.and_then(|parsed| Duration::try_from(parsed).ok()).ok_or(InvalidValue::Duration)
}

/// Parses a duration of a millisecond or more.
pub(super) fn interval(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).ok().filter(|parsed| *parsed >= Duration::from_millis(1)).ok_or(InvalidValue::Interval)
}

/// Parses a duration of a second or more.
pub(super) fn idle_timeout(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).ok().filter(|parsed| *parsed >= Duration::from_secs(1)).ok_or(InvalidValue::IdleTimeout)
}

/// Parses a number of connections.
pub(super) fn connections(text: &str) -> Result<usize, InvalidValue> {
    text.parse().ok().filter(|parsed| (1..=MOST_CONNECTIONS).contains(parsed)).ok_or(InvalidValue::Connections)
}
