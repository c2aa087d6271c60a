//! Every limit of the server, each with its reason: how much one client may take, and for how long.
//!
//! The API server comes nowhere near one of them. Nothing is enforced here; `connection` and `request` read what they need.

use std::time::Duration;

/// A review holds the Pod once on CREATE; the API server takes requests of 3 MiB, and its JSON can be more than twice
/// that of the protobuf it came as. (axum's own 2 MiB would refuse Pods that the server accepted.) An update of a workload
/// holds it twice. A larger review is not read: its object is allowed as it is, with a warning.
pub const BODY_LIMIT: usize = 7 * 1024 * 1024;
/// The size from which a body is refused in place of being read to its end and dropped. An API server sends 9 MB for 65,535
/// ports, and for an update both objects; its own limit of 3 MiB for a request keeps every review far below this.
pub(crate) const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
/// Reviews of more than 64 KiB under way at once, whatever the number of cores: each holds megabytes, and the memory limit
/// of the Deployment is one number for all nodes. Four keep a usual node busy, and a large review takes less than a second.
pub(crate) const LARGE_REVIEWS: usize = 4;
/// Streams of one HTTP/2 connection at once. client-go keeps to what it is told and opens a second connection beyond.
pub(crate) const STREAMS: u32 = 128;
/// Requests at once, of all connections together, beside the one that each may have: what HTTP/2's streams are worth, so that
/// all of them on all connections are not half a million. The API server has one at once, or a few dozen where it calls a URL.
pub(crate) const MORE_REQUESTS: usize = 1024;
/// All headers of a request together. The API server's are a few hundred bytes, with traces.
pub(crate) const HEADERS: u16 = 16 * 1024;
/// How many they may be: what hyper takes of HTTP/1.1, and so of HTTP/2 as well, where an empty one is a byte for a client and
/// a hundred for us.
pub(crate) const FIELDS: usize = 100;
/// What HTTP/2's own code takes of them, so that the refusal of what is between the two is ours, and counted. Beyond this it
/// answers 431 by itself, and beyond four times this it ends the connection, which is counted again. More would be memory that
/// a client fills with a few bytes: 128 streams' worth before we see the first.
pub(crate) const HEADERS_READ: u32 = 32 * 1024;
/// Streams that a client has reset before they were looked at: beyond, the connection ends (HTTP/2 rapid reset).
pub(crate) const RESETS: usize = 20;
/// The connections that the kernel holds for us at each port until there is room for them, if it lets a process have as many
/// (`net.core.somaxconn`). It turns further ones away, and they come again after a second.
pub(crate) const QUEUE: u32 = 4096;
/// The first part of every body, which is the whole of a usual one.
pub(crate) const SMALL_PART: usize = 64 * 1024;
/// The bytes of answers that one connection may leave untaken before they count against the budget of all: several usual
/// ones, of a kilobyte or three, and 64 MiB for all connections together. The API server waits for each answer.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024;

/// The limits in force. [`Limits::default`] is for production; an operator changes a few of them, and tests the others.
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
    /// The same, and that for a handshake, a first request and a head, while a listener is at its connection limit.
    pub idle_at_limit: Duration,
    /// The time for a request, until its answer is taken.
    pub request: Duration,
    /// The time for a request's body.
    pub body: Duration,
    /// The time for an answer to a client that does not say how long it waits.
    pub answer: Duration,
    /// The time for requests in flight at the stop.
    pub drain: Duration,
    /// The time without a task on the workers after which they count as stuck.
    pub heartbeat: Duration,
    /// The bytes of all bodies in flight, of each its first 64 KiB.
    pub small_parts: usize,
    /// The bytes of all bodies in flight beyond that, and of large answers.
    pub large_parts: usize,
    /// The connections of a listener.
    pub connections: usize,
    /// The connections of one peer address.
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Admission is waited for ten seconds by default: who cannot shake hands in this time is nobody's caller.
            handshake: Duration::from_secs(10),
            // The API server connects because it has a request to send.
            first_request: Duration::from_secs(10),
            // One packet, or a few. Looked at once in this time, so that a request costs no timer: at most double.
            head: Duration::from_secs(10),
            // The API server closes connections that it has not used for 90 seconds (client-go). It has to be the first:
            // where a server closes while a request is on its way, that request fails.
            idle: Duration::from_secs(5 * 60),
            // A connection of an API server is rarely idle and open when others wait, and costs it one handshake if so. Half a
            // round of our manifests' `timeoutSeconds` (3 s) is left for the handshake and the review of the next in the queue.
            idle_at_limit: Duration::from_secs(1),
            // No webhook may take more than 30 seconds (`timeoutSeconds`). Beyond, a client does not take its answer.
            request: Duration::from_secs(60),
            // The API server has the whole body before it begins to send: 7 MiB in this time are slower than any cluster.
            body: Duration::from_secs(10),
            // The longest `timeoutSeconds`, and so for those who do not say theirs.
            answer: Duration::from_secs(30),
            // The drain's time for requests in flight. Nobody waits for a request beyond the longest `timeoutSeconds`, and the
            // connection of such a request has to end too.
            drain: Duration::from_secs(30 + 2),
            // A restart costs all requests in flight. A usual review takes microseconds, so a silence of this length is no
            // load: the runtime is stuck.
            heartbeat: Duration::from_secs(30),
            // A thousand usual reviews at once.
            small_parts: 1024 * SMALL_PART,
            // 13 of the largest at once, of which `LARGE_REVIEWS` are looked at. With the 64 MiB of first parts, what those reviews
            // take and what the allocator keeps, these are some 300 MiB at the most (tests/server/abuse/memory.rs).
            large_parts: 96 * 1024 * 1024,
            // An API server needs a few, and there are a few API servers. Each costs 20 to 40 KiB, so all of them 80 to 160 MiB.
            connections: 4096,
            // Four addresses can fill the server, and one cannot. Many API servers may share one address behind a proxy.
            connections_per_address: 1024,
        }
    }
}

impl Limits {
    /// The limits of the admin port, for a kubelet and a few collectors of metrics.
    ///
    /// A kubelet's probe waits for one second and may come from the address of another client on its node. So there is no limit
    /// per address, and at the connection limit a client that does not ask at once makes room. The request of a probe has arrived
    /// by the time that the probe has waited in the queue.
    pub(crate) fn for_admin(self) -> Self {
        let connections = self.connections.min(256);
        let idle_at_limit = self.idle_at_limit.min(Duration::from_millis(25));
        Self { connections, connections_per_address: connections, idle_at_limit, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_for_the_connection_limit_has_its_default() {
        let Limits { connections, .. } = Limits::default();
        let share = format!("podwright_connections{{port=\\\"webhook\\\"}}) / {connections} >");
        assert!(include_str!("../../docs/operate.md").contains(&share), "{share}");
    }

    /// The probe waits behind a full port and all that the kernel holds in front of it, and all of them are silent.
    #[test]
    fn a_kubelets_probe_has_its_turn_at_the_admin_port_before_it_gives_up() {
        let Limits { connections, idle_at_limit, .. } = Limits::default().for_admin();
        let turns = QUEUE.div_ceil(u32::try_from(connections).unwrap_or(u32::MAX)) + 1;
        // Idle, then asked to close, then closed.
        let turn = idle_at_limit + idle_at_limit / 10 + idle_at_limit / 10;
        assert!(turn * turns < Duration::from_secs(1), "{turns} turns of {turn:?}");
    }
}
