//! How much of the server one client may take, and for how long: every limit, each with its reason.
//!
//! Whoever is meant to call, the API server, comes nowhere near one of them. Nothing is enforced here; the parts that wait
//! or count ask for what they need.

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
/// How many connections the kernel holds for us at each port until there is room for them, where it lets a process have as
/// many (`net.core.somaxconn`): beyond, it turns them away, and they come again after a second.
pub(crate) const QUEUE: u32 = 4096;
/// The first part of every body, which is the whole of a usual one.
pub(crate) const SMALL_PART: usize = 64 * 1024;
/// What one connection may have of answers that it has not taken, before they count against what all share: several usual
/// ones, of a kilobyte or three, and 64 MiB for as many connections as there may be. The API server waits for each answer.
pub(crate) const SHARE: usize = 16 * 1024;

/// The limits in force. [`Limits::default`] is for production; others are for tests.
#[derive(Debug, Clone)]
pub struct Limits {
    pub(crate) handshake: Duration,
    pub(crate) first_request: Duration,
    pub(crate) head: Duration,
    pub(crate) idle: Duration,
    pub(crate) crowded: Duration,
    pub(crate) request: Duration,
    pub(crate) body: Duration,
    pub(crate) answer: Duration,
    pub(crate) drain: Duration,
    pub(crate) heartbeat: Duration,
    pub(crate) small_parts: usize,
    pub(crate) large_parts: usize,
    pub(crate) connections: usize,
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
            // Where all connections are taken: less than an API server waits for the webhook by our manifests (3 s), so that
            // who comes now is served. It is any time that nothing is asked for, also within a handshake, a head or a body,
            // and more than those take us where we are busy. Where others wait after twice this time still, those that are
            // busy are in the way as well, of an address that has more than its share.
            crowded: Duration::from_secs(2),
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
            // An API server needs a few, and there are a few API servers. Others wait in the kernel's queue, which costs
            // us nothing, until those before them end or have to go. For addresses with no more than their share, there
            // are an eighth more then.
            connections: 4096,
        }
    }
}

impl Limits {
    /// The same, with at most so many connections at once.
    #[must_use]
    pub fn with_connections(self, connections: usize) -> Self {
        Self { connections, ..self }
    }

    /// The same, with so many bytes of large bodies and answers in flight.
    #[must_use]
    pub fn with_large_parts(self, large_parts: usize) -> Self {
        Self { large_parts, ..self }
    }

    /// For the admin port: a kubelet and a few who look at metrics. A kubelet's probe waits for one second, and restarts what
    /// does not answer three of them: in a crowd, who does not ask at once has to go before that. A probe's request is there
    /// by the time that it has waited in the queue.
    pub(crate) fn for_admin(self) -> Self {
        let (connections, crowded) = (self.connections.min(256), self.crowded.min(Duration::from_millis(50)));
        Self { connections, crowded, ..self }
    }

    /// The same while others wait for a connection: who asks for nothing may stay for a moment only.
    pub(crate) fn crowded(self) -> Self {
        let Self { first_request, head, idle, crowded, .. } = self;
        let [first_request, head, idle] = [first_request, head, idle].map(|time| time.min(crowded));
        Self { first_request, head, idle, ..self }
    }

    /// The same, with another time that a connection may idle.
    #[must_use]
    pub fn with_idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// The same, with every time divided.
    #[must_use]
    pub fn hurried(self, by: u32) -> Self {
        let hurried = |time: Duration| time.checked_div(by).unwrap_or(time);
        Self {
            handshake: hurried(self.handshake),
            first_request: hurried(self.first_request),
            head: hurried(self.head),
            idle: hurried(self.idle),
            crowded: hurried(self.crowded),
            request: hurried(self.request),
            body: hurried(self.body),
            answer: hurried(self.answer),
            drain: hurried(self.drain),
            heartbeat: hurried(self.heartbeat),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_for_a_crowd_has_the_number_of_connections() {
        let Limits { connections, .. } = Limits::default();
        let share = format!("podwright_connections{{port=\\\"webhook\\\"}}) / {connections} >");
        assert!(include_str!("../../../docs/operate.md").contains(&share), "{share}");
    }

    /// All that the kernel holds for us, connections that say nothing or half a head, are through in that time, and those
    /// before them.
    #[test]
    fn a_crowd_at_the_admin_port_is_gone_before_a_kubelets_probe_gives_up() {
        let Limits { connections, crowded, .. } = Limits::default().for_admin();
        let turns = QUEUE.div_ceil(u32::try_from(connections).unwrap_or(u32::MAX)) + 1;
        assert!(crowded * turns < Duration::from_secs(1), "{turns} turns of {crowded:?}");
    }
}
