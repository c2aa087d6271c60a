//! The flags that limit connections, and the resulting limits.

use std::time::Duration;

use clap::Args;

use super::values::{connections, idle_timeout};
use crate::cli::error::Error;
use crate::server::Limits;

/// The idle time after which an API server closes a connection (client-go).
const API_SERVER: Duration = Duration::from_secs(90);

/// The connection limits of the webhook's port.
#[derive(Debug, Args)]
pub(super) struct Connections {
    /// Connection limit of the webhook's port; at the limit, podwright closes idle connections to admit new ones. Each
    /// connection uses up to 40 KiB
    #[arg(long, value_name = "NUMBER", default_value = "4096", value_parser = connections, allow_hyphen_values = true)]
    max_connections: usize,

    /// Connection limit for each peer address; podwright closes new connections above it at once. Raise it if API
    /// servers share a proxy's address, up to --max-connections [default: a quarter of --max-connections]
    #[arg(long, value_name = "NUMBER", value_parser = connections, allow_hyphen_values = true)]
    max_connections_per_address: Option<usize>,

    /// Idle timeout between two requests. API servers close idle connections after 90 seconds; keep this longer. At
    /// most 24h, so that forgotten connections end
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = idle_timeout, allow_hyphen_values = true)]
    idle_timeout: Duration,
}

impl Connections {
    /// Returns the limits, and logs a warning if API servers would lose requests.
    pub(super) fn limits(&self) -> Result<Limits, Error> {
        let (connections, idle) = (self.max_connections, self.idle_timeout);
        let quarter = connections.div_ceil(4);
        let connections_per_address = self.max_connections_per_address.unwrap_or(quarter);
        if connections_per_address > connections {
            return Err(Error::Unreadable(format!(
                "invalid --max-connections-per-address {connections_per_address}: expected at most --max-connections \
                 ({connections}), such as `--max-connections-per-address {quarter}`"
            )));
        }
        if idle <= API_SERVER {
            tracing::warn!(
                "--idle-timeout is {idle:?}, and API servers close idle connections after {API_SERVER:?}: podwright may \
                 close one while a request is on its way, and the request fails; pass a longer timeout, such as \
                 `--idle-timeout 5m`"
            );
        }
        Ok(Limits { connections, connections_per_address, idle, ..Limits::default() })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test panics")]

    use super::*;

    #[test]
    fn an_address_may_have_a_quarter_of_the_connections() {
        for (max_connections, max_connections_per_address, expected) in
            [(4096, None, 1024), (10, None, 3), (1, None, 1), (10, Some(7), 7)]
        {
            let idle_timeout = Duration::from_secs(1);
            let flags = Connections { max_connections, max_connections_per_address, idle_timeout };
            assert_eq!(flags.limits().unwrap().connections_per_address, expected);
        }
        assert_eq!(Limits::default().connections_per_address, 1024);
    }
}
