//! The rows on connections, on what is in flight, and on whether the server is ready.

use prometheus_client::registry::Unit;

use super::{Kind, Metric};

const PORT: (&str, &str) = ("port", "`webhook`, `admin`");
const PART: (&str, &str) = (
    "part",
    "`first_64_kib` of each body, which is all of a usual one; `rest`, what is more of large ones, and answers that are not taken yet where they are beyond their connection's 16 KiB: each has a limit of its own",
);

/// Whether it is ready.
pub static READY: Metric = Metric {
    name: "ready",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "1 while `/readyz` passes, else 0: while it stops, and when its certificate has expired",
    question: "Is it healthy?",
};
/// Requests that are not answered yet.
pub static IN_FLIGHT: Metric = Metric {
    name: "requests_in_flight",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "Requests on the webhook's port whose headers have been read and that are not answered yet",
    question: "How much does it have to do at once?",
};
/// Bytes that are held.
pub static BODIES: Metric = Metric {
    name: "request_bodies_in_flight",
    unit: Some(Unit::Bytes),
    kind: Kind::Gauge,
    labels: &[PART],
    help: "Bytes of request bodies that are held in memory until their requests are answered, and of large answers",
    question: "How much memory do the requests take?",
};
/// And how many may be.
pub static BODIES_LIMIT: Metric = Metric {
    name: "request_bodies_in_flight_limit",
    unit: Some(Unit::Bytes),
    kind: Kind::Gauge,
    labels: &[PART],
    help: "How many bytes of request bodies may be held in memory; a request that needs more, or whose answer does, is refused with 503",
    question: "How near is it to refusing requests for want of memory?",
};
/// Connections as they are now.
pub static CONNECTIONS: Metric = Metric {
    name: "connections",
    unit: None,
    kind: Kind::Gauge,
    labels: &[PORT],
    help: "Connections that are open, those that are still in their TLS handshake among them",
    question: "How many clients are connected, and how near to the limit (`--max-connections`, 4096)?",
};
/// All that came.
pub static ACCEPTED: Metric = Metric {
    name: "connections_accepted",
    unit: None,
    kind: Kind::Counter,
    labels: &[PORT],
    help: "Connections that were accepted: each is open, has ended, or did not get past its TLS handshake",
    question: "Does the API server reach it, and does it keep its connections?",
};
/// How they ended.
pub static ENDED: Metric = Metric {
    name: "connections_ended",
    unit: None,
    kind: Kind::Counter,
    labels: &[
        PORT,
        (
            "reason",
            "`client` (by the client, or the network between); and those that podwright ended: `first_request` (none came in \
             time), `head` (the rest of a request's head did not), `idle` (no other request did), `crowded` (it was \
             idle at the connection limit), `request` (one was in flight for too long: its answer is not taken), `ping` (of HTTP/2, not answered), `head_too_large` (HTTP/1.1, answered \
             431 before there is a request to count; with HTTP/2 it is a request of status 431, but for headers of 32 to 128 \
             KiB, which the library answers so by itself and which are counted nowhere, and larger ones, which are \
             `protocol`), `protocol` (no HTTP, or a flood of what nobody sends in earnest, such as resets), `stop` (podwright \
             ends)",
        ),
    ],
    help: "Connections that have ended after their TLS handshake, by why",
    question: "Who hangs up, and is a client broken or hostile?",
};
/// Those that did not become one.
pub static HANDSHAKE_FAILURES: Metric = Metric {
    name: "handshake_failures",
    unit: None,
    kind: Kind::Counter,
    labels: &[(
        "reason",
        "`rejected` (the client ended it with a TLS alert: most likely it does not trust the certificate, because the caBundle \
         is not its CA's), `client_certificate` (the client has none, or not one that is let in), `protocol` (no TLS, or no \
         version that both know), `timeout`, `crowded` (its address had \
         as many connections as it may, or it took a second at the connection limit), `disconnected` (the client went away: a port \
         scan, or a health check of TCP alone)",
    )],
    help: "TLS handshakes on the webhook's port that failed, by why",
    question: "Does the API server trust the certificate?",
};
/// What `accept` fails with.
pub static ACCEPT_ERRORS: Metric = Metric {
    name: "accept_errors",
    unit: None,
    kind: Kind::Counter,
    labels: &[PORT],
    help: "Times that a connection could not be accepted and that was podwright's or the node's fault, such as too many open files",
    question: "Is it out of file descriptors?",
};
