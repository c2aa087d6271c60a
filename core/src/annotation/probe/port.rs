//! Ports: by number, or by the name that the container declares.

use super::{Port, values};

/// The most characters of a port's name (RFC 6335, as the API demands of `ports[*].name`).
const NAME_CHARACTERS: usize = 15;

/// Reads a number or a name; otherwise says why it is neither, as the end of a sentence that begins with it.
pub(super) fn parse(text: &str) -> Result<Port, &'static str> {
    if is_digits(text) {
        return number(text).map(Port::Number);
    }
    if text.contains([':', '.', '[']) {
        return Err(values::HOST);
    }
    if !is_name(text) {
        return Err(
            "is not a port; expected a number from 1 to 65535, or a port's name: at most 15 of a-z, 0-9 and '-', \
                    a letter among them, no '-' first, last or doubled",
        );
    }
    Ok(Port::Name(text.to_owned()))
}

/// Reads a number alone: `grpc.port` is an `int32` in the API, where the others are `IntOrString`.
pub(super) fn number(text: &str) -> Result<u16, &'static str> {
    let legal = is_digits(text) && !text.starts_with('0');
    let port = text.parse().ok().filter(|_| legal);
    port.ok_or("is not the number of a port; expected one from 1 to 65535")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `k8s.io/apimachinery/pkg/util/validation`, `IsValidPortName`.
fn is_name(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= NAME_CHARACTERS
        && text.bytes().all(legal)
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}
