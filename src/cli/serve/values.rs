//! The flags' values.

use std::net::SocketAddr;
use std::time::Duration;

/// The highest connection limit. Each connection uses a file descriptor and up to 40 KiB.
const MOST_CONNECTIONS: usize = 1_000_000;
const SHORTEST: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Invalid flag values. clap puts the flag and the value before the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidValue {
    #[error(
        "expected an IP address of this machine and a port, such as `0.0.0.0:8443`, `[::]:8443` or `127.0.0.1:0` (any free \
         port)"
    )]
    Address,
    #[error("expected a duration from 0s to 1h, such as `10s` or `1m30s`")]
    LameDuck,
    #[error("expected a duration from 1ms to 1h, such as `2s` or `1m`")]
    ReloadInterval,
    #[error("expected a duration from 1s to 24h, such as `5m` or `2m30s`")]
    IdleTimeout,
    #[error("expected a duration of 1ms or more, such as `720h`")]
    Lifetime,
    #[error("expected a whole number from 1 to {MOST_CONNECTIONS}, such as `4096`")]
    Connections,
    #[error("expected a Secret's name, such as `podwright-system/podwright-tls` or `podwright-tls`")]
    Secret,
}

/// Parses an address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::Address)
}

/// Parses the time to serve after the signal to stop.
pub(super) fn lame_duck(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).filter(|parsed| *parsed <= HOUR).ok_or(InvalidValue::LameDuck)
}

/// Parses the interval between checks of files.
pub(super) fn reload_interval(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).filter(|parsed| (SHORTEST..=HOUR).contains(parsed)).ok_or(InvalidValue::ReloadInterval)
}

/// Parses the idle timeout.
pub(super) fn idle_timeout(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).filter(|parsed| (SECOND..=DAY).contains(parsed)).ok_or(InvalidValue::IdleTimeout)
}

/// Parses the lifetime of a certificate.
pub(super) fn lifetime(text: &str) -> Result<Duration, InvalidValue> {
    duration(text).filter(|parsed| *parsed >= SHORTEST).ok_or(InvalidValue::Lifetime)
}

fn duration(text: &str) -> Option<Duration> {
    Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok()
}

/// Parses a number of connections.
pub(super) fn connections(text: &str) -> Result<usize, InvalidValue> {
    text.parse().ok().filter(|parsed| (1..=MOST_CONNECTIONS).contains(parsed)).ok_or(InvalidValue::Connections)
}
