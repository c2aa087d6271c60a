//! The values of the flags.

use std::net::SocketAddr;
use std::time::Duration;

/// A value of a flag that is not accepted. clap puts the flag and the value before the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidValue {
    #[error(
        "expected an IP address of this machine and a port, such as `0.0.0.0:8443`, `[::]:8443` or `127.0.0.1:0` (any free \
         port)"
    )]
    Address,
    #[error("expected a duration such as `10s` or `0s`")]
    Duration,
    #[error("expected a duration such as `2s`")]
    Interval,
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
