//! The port of a probe, by number or by name.

use super::{Port, values};

/// The limit for a port's name (RFC 6335, which the API applies to `ports[*].name`).
const NAME_CHARACTERS: usize = 15;

/// Parses a number or a name. An error is the end of a sentence.
pub(super) fn parse(text: &str) -> Result<Port, &'static str> {
    if is_digits(text) {
        return number(text).map(Port::Number);
    }
    if text.contains([':', '.', '[']) {
        return Err(values::HOST);
    }
    if !is_name(text) {
        return Err(
            "expected a number from 1 to 65535, or a name: at most 15 of a-z, 0-9 and '-', at least one letter, \
             and no '-' first, last or doubled",
        );
    }
    Ok(Port::Name(text.to_owned()))
}

/// Parses a number. In the API, `grpc.port` is an `int32`, and the other ports are `IntOrString`.
pub(super) fn number(text: &str) -> Result<u16, &'static str> {
    let legal = is_digits(text) && !text.starts_with('0');
    let port = text.parse().ok().filter(|_| legal);
    port.ok_or("expected a number from 1 to 65535")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Returns whether the API accepts the name: `k8s.io/apimachinery/pkg/util/validation`, `IsValidPortName`.
fn is_name(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= NAME_CHARACTERS
        && text.bytes().all(legal)
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}
