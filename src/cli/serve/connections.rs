//! The flags that limit connections, and the resulting limits.

use std::time::Duration;

use clap::Args;

use super::values::{connections, idle_timeout};
use crate::server::Limits;

/// The connection limits of the webhook's port.
#[derive(Debug, Args)]
pub(super) struct Connections {
    /// Connection limit of the webhook's port; at the limit, podwright closes idle connections to admit new ones. Each
    /// connection uses up to 40 KiB
    #[arg(long, value_name = "NUMBER", default_value = "4096", value_parser = connections)]
    max_connections: usize,

    /// Connection limit for each peer address; podwright closes new connections above it at once. Raise it if API servers
    /// share a proxy's address [default: a quarter of --max-connections]
    #[arg(long, value_name = "NUMBER", value_parser = connections)]
    max_connections_per_address: Option<usize>,

    /// Idle timeout between two requests. API servers close idle connections after 90 seconds; keep this longer
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = idle_timeout)]
    idle_timeout: Duration,
}

impl Connections {
    pub(super) fn limits(&self) -> Limits {
        let connections = self.max_connections;
        let connections_per_address = self.max_connections_per_address.unwrap_or(connections.div_ceil(4));
        Limits { connections, connections_per_address, idle: self.idle_timeout, ..Limits::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_quarter_of_the_connections() {
        for (max_connections, max_connections_per_address, expected) in
            [(4096, None, 1024), (10, None, 3), (1, None, 1), (10, Some(7), 7)]
        {
            let idle_timeout = Duration::from_secs(1);
            let flags = Connections { max_connections, max_connections_per_address, idle_timeout };
            assert_eq!(flags.limits().connections_per_address, expected);
        }
        assert_eq!(Limits::default().connections_per_address, 1024);
    }
}
