//! Ports that a container's command or arguments bind to loopback or link-local addresses. The kubelet cannot reach
//! them.

use std::collections::HashSet;

use super::declared_ports::tcp_ports;
use crate::inject::pod::Container;

/// The most characters to read before the colon: those of an IPv4 address.
const IPV4_CHARACTERS: usize = "169.254.255.255".len();

/// Returns whether the container binds a declared port to such an address, as in `--listen=127.0.0.1:8080`.
///
/// It makes one pass over the JSON of the command and the arguments. No decoding is needed: addresses and numbers end
/// at the same characters in JSON and in the text.
pub(super) fn binds_declared_port(container: &Container<'_>) -> bool {
    let texts = [&container.command, &container.args].into_iter().filter_map(|list| list.as_ref());
    let mut texts = texts.map(|list| list.get().as_bytes()).peekable();
    if texts.peek().is_none() {
        return false;
    }
    let declared: HashSet<u16> =
        tcp_ports(container).filter_map(|port| port.container_port.as_ref()?.text().parse().ok()).collect();
    texts.any(|text| !declared.is_empty() && binds(text, &declared))
}

fn binds(text: &[u8], declared: &HashSet<u16>) -> bool {
    let mut colons = text.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| text.split_at(at));
    colons.any(|(before, after)| {
        let port = number(after.get(1..).unwrap_or_default());
        port.is_some_and(|port| declared.contains(&port)) && is_local(before)
    })
}

/// Parses the number at the start of the text; `None` if it has too many digits for a port.
fn number(text: &[u8]) -> Option<u16> {
    let most = "65535".len() + 1;
    let digits = text.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// Returns whether the text ends in a loopback or link-local address or name.
fn is_local(text: &[u8]) -> bool {
    if ["localhost", "[::1]"].iter().any(|name| text.ends_with(name.as_bytes())) {
        return true;
    }
    let in_address = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let length = text.iter().rev().take(IPV4_CHARACTERS + 1).take_while(in_address).count();
    let address = text.split_at(text.len().saturating_sub(length)).1;
    address.starts_with(b"127.") || address.starts_with(b"169.254.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binds_it(json: &str) -> bool {
        let json =
            format!(r#"{{"ports": [{{"containerPort": 8080}}, {{"containerPort": 53, "protocol": "UDP"}}], {json}}}"#);
        let container: Container<'_> = serde_json::from_str(&json).unwrap_or_else(|error| unreachable!("{error}"));
        binds_declared_port(&container)
    }

    #[test]
    fn addresses_that_no_kubelet_reaches() {
        for word in [
            "--listen=127.0.0.1:8080",
            "127.1:8080",
            "--web.listen-address=localhost:8080",
            "http://[::1]:8080/",
            "169.254.20.10:8080",
            "a:b,127.0.0.1:9,127.0.0.53:8080,c",
        ] {
            assert!(binds_it(&format!(r#""args": ["serve", "{word}"]"#)), "{word}");
            assert!(binds_it(&format!(r#""command": ["sh", "-c", "exec serve {word} --debug"]"#)), "{word}");
        }
        assert!(binds_it(r#""args": ["-c", "set -e\nserve\n127.0.0.1:8080\n"]"#));
    }

    #[test]
    fn addresses_that_it_reaches_and_ports_of_others() {
        for word in [
            "--listen=0.0.0.0:8080",
            "--listen=:8080",
            "[::]:8080",
            "10.127.0.1:8080",
            "1127.0.0.1:8080",
            "127.0.0.1:80801",
            "127.0.0.1:8081",
            "127.0.0.1:53",
            "127.0.0.1",
            "localhost",
            "8080",
            "[::11]:8080",
            "169.25.0.1:8080",
        ] {
            assert!(!binds_it(&format!(r#""args": ["serve", "{word}"]"#)), "{word}");
        }
        for odd in [r#""args": null"#, r#""args": 7"#, r#""command": [":", "127.0.0.1:"]"#] {
            assert!(!binds_it(odd), "{odd}");
        }
    }
}
