//! Every limit of the server, with its reason: how much a client may take, and for how long.
//!
//! API servers stay far below each of them. `connection` and `request` enforce them.

use std::time::Duration;

/// The largest review that is read. Larger ones are allowed unread, with a warning. A review has the Pod once on
/// CREATE: the API server takes requests of 3 MiB, and the JSON can be twice the size of the request's protobuf. An
/// update of a workload has it twice. (axum's default of 2 MiB would refuse valid Pods.)
pub const BODY_LIMIT: usize = 7 * 1024 * 1024;
/// The size from which a body is refused instead of being read to its end and dropped. The API server's limit of 3 MiB
/// for a request keeps every review far below: 65,535 ports are 9 MB, and an update has both objects.
pub(crate) const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
/// Concurrent reviews of more than 64 KiB, for any number of cores: each takes megabytes, and the Deployment has one
/// memory limit for all nodes. Four keep a usual node busy, and each takes less than a second.
pub(crate) const LARGE_REVIEWS: usize = 4;
/// Concurrent streams of one HTTP/2 connection. client-go respects the limit, and opens a second connection for more.
pub(crate) const STREAMS: u32 = 128;
/// Concurrent requests of all connections, beyond one each. Without this limit, the streams of all connections would be
/// half a million. An API server has one at once for each connection to a Service, or some dozens with a URL.
pub(crate) const MORE_REQUESTS: usize = 1024;
/// Requests in flight of one peer address. One address then cannot take all of what the addresses share:
/// `MORE_REQUESTS`, and the first parts of bodies, of which these take 48 of 64 MiB. Behind a proxy's address, an API
/// server's reviews take milliseconds each.
pub(crate) const REQUESTS_PER_ADDRESS: usize = 768;
/// All headers of a request together. The API server's take a few hundred bytes.
pub(crate) const HEADERS: u16 = 16 * 1024;
/// The number of header fields: hyper's limit for HTTP/1.1, and here for HTTP/2 too. There an empty field costs a
/// client one byte, and podwright a hundred.
pub(crate) const FIELDS: usize = 100;
/// The limit for headers in h2, above `HEADERS` so that podwright refuses and counts the requests between the two.
/// Above it, h2 answers 431 by itself; above four times this, it ends the connection, which is counted. A higher limit
/// would let a client fill 128 streams' worth of memory with a few bytes.
pub(crate) const HEADERS_READ: u32 = 32 * 1024;
/// Streams that a client resets before the server has looked at them. More end the connection (HTTP/2 rapid reset).
pub(crate) const RESETS: usize = 20;
/// The longest queue of a port in the kernel, if `net.core.somaxconn` allows as many. A client beyond it tries again
/// after a second.
pub(crate) const QUEUE: u32 = 4096;
/// The length of the admin port's queue, in times its connection limit. Its turns are short.
const ADMIN_TURNS: u32 = 16;
/// The first part of every body: the whole of a usual one.
pub(crate) const SMALL_PART: usize = 64 * 1024;
/// The bytes of unread responses of one connection that do not count against the common budget: several usual ones of 1
/// to 3 KB, and 64 MiB for all connections. The API server reads each response at once.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024;

/// The limits in use. [`Limits::default`] is for production. An operator can change a few of them, and tests change
/// others.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The time for a TLS handshake.
    pub handshake: Duration,
    /// The time until the first request of a connection.
    pub first_request: Duration,
    /// The time for the head of an HTTP/1.1 request.
    pub head: Duration,
    /// The time between two requests of a connection.
    pub idle: Duration,
    /// The time for each of these four while the listener is at its connection limit.
    pub idle_at_limit: Duration,
    /// The time for a request, until its response is read.
    pub request: Duration,
    /// The time for a request's body.
    pub body: Duration,
    /// The time for a response to a client without `?timeout=`.
    pub answer: Duration,
    /// The time for requests in flight at the stop.
    pub drain: Duration,
    /// The time without a task on the workers after which they count as stuck.
    pub heartbeat: Duration,
    /// The bytes of all bodies in flight, up to 64 KiB of each.
    pub small_parts: usize,
    /// The bytes of all bodies in flight beyond that, and of large responses.
    pub large_parts: usize,
    /// The connections of a listener.
    pub connections: usize,
    /// The connections of one peer address.
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // API servers wait ten seconds by default, so a slower client is none.
            handshake: Duration::from_secs(10),
            // The API server connects because it has a request to send.
            first_request: Duration::from_secs(10),
            // A head is a few packets. Checked once in this time, because a timer for each request would cost too much:
            // a slow head may take twice as long.
            head: Duration::from_secs(10),
            // The API server closes connections after 90 idle seconds (client-go) and has to be the first: if a server
            // closes a connection while a request is on its way, the request fails.
            idle: Duration::from_secs(5 * 60),
            // An API server rarely has idle connections while others wait, and reconnects with one handshake. Of the
            // manifests' `timeoutSeconds` (3 s), this leaves time for the handshake and the review of the next in the
            // queue.
            idle_at_limit: Duration::from_secs(1),
            // No API server waits more than 30 seconds (`timeoutSeconds`), so a client with an older request reads no
            // response.
            request: Duration::from_secs(60),
            // The API server has the whole body when it begins to send. 7 MiB in this time is slower than any cluster.
            body: Duration::from_secs(10),
            // The longest `timeoutSeconds`.
            answer: Duration::from_secs(30),
            // The longest `timeoutSeconds`, and two seconds to close the connections.
            drain: Duration::from_secs(30 + 2),
            // A restart costs all requests in flight. A usual review takes microseconds, so a runtime that is silent
            // this long is stuck, not busy.
            heartbeat: Duration::from_secs(30),
            // A thousand usual reviews.
            small_parts: 1024 * SMALL_PART,
            // 13 of the largest reviews, of which `LARGE_REVIEWS` run. With `small_parts`, the reviews' own memory and
            // the allocator's, this makes 300 MiB at most (tests/server/abuse/memory.rs).
            large_parts: 96 * 1024 * 1024,
            // Each of a few API servers needs a few. Each connection takes 20 to 40 KiB, so all of them 80 to 160 MiB.
            connections: 4096,
            // One address cannot fill the server, but four can. A proxy may give many API servers one address.
            connections_per_address: 1024,
        }
    }
}

impl Limits {
    /// Returns the limits of the admin port, for a kubelet and a few collectors of metrics.
    ///
    /// There is no limit per address, because a kubelet may share its node's address with another client. Its probe
    /// waits one second. At the connection limit, a silent client makes room at once; the probe's request has arrived
    /// by then.
    pub(crate) fn for_admin(self) -> Self {
        let connections = self.connections.min(256);
        let idle_at_limit = self.idle_at_limit.min(Duration::from_millis(25));
        Self { connections, connections_per_address: connections, idle_at_limit, ..self }
    }

    /// Returns the length of the queue of the webhook's port: one turn. So a client waits for two turns of idle clients
    /// at most, its own turn in the queue and that of the connections before it.
    pub(crate) fn queue(&self) -> u32 {
        u32::try_from(self.connections).unwrap_or(u32::MAX).min(QUEUE)
    }

    /// Returns the length of the queue of the admin port.
    pub(crate) fn admin_queue(&self) -> u32 {
        self.clone().for_admin().queue().saturating_mul(ADMIN_TURNS).min(QUEUE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_for_the_connection_limit_has_its_default() {
        let Limits { connections, .. } = Limits::default();
        let share_of_limit = format!("podwright_connections{{port=\"webhook\"}} / {connections} >");
        let rules = include_str!("../../manifests/components/monitoring/prometheusrule.yaml");
        assert!(rules.contains(&share_of_limit), "{share_of_limit}");
    }

    #[test]
    fn one_address_leaves_others_requests_and_bytes() {
        const { assert!(REQUESTS_PER_ADDRESS < MORE_REQUESTS) };
        assert!(REQUESTS_PER_ADDRESS * SMALL_PART < Limits::default().small_parts);
    }

    /// The probe waits behind a full port and a full kernel queue of silent clients.
    #[test]
    fn a_kubelets_probe_gets_its_turn_at_the_admin_port_in_time() {
        assert_eq!(Limits::default().admin_queue(), QUEUE);
        for connections in [1, 4, 255, 256, 4096] {
            let limits = Limits { connections, ..Limits::default() };
            let Limits { connections, idle_at_limit, .. } = limits.clone().for_admin();
            let turns = limits.admin_queue().div_ceil(u32::try_from(connections).unwrap_or(u32::MAX)) + 1;
            // Idle, asked to close, closed.
            let turn = idle_at_limit + idle_at_limit / 10 + idle_at_limit / 10;
            assert!(turn * turns < Duration::from_secs(1), "{connections} connections, {turns} turns of {turn:?}");
        }
    }
}
