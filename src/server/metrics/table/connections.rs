//! Connections and their ends.

use super::metric::{COUNTER, GAUGE, Label, Metric};

const PORT: Label = ("port", "`webhook`, `admin`");

pub(in crate::server) static CONNECTIONS: Metric = Metric {
    name: "connections",
    labels: &[PORT],
    help: "Open connections, with those in their TLS handshake",
    question: "How many clients are connected, and how near is the limit (`--max-connections`, 4096)?",
    ..GAUGE
};
pub(in crate::server) static ACCEPTED: Metric = Metric {
    name: "connections_accepted",
    labels: &[PORT],
    help: "Accepted connections: each is open, has ended, or failed in its TLS handshake",
    question: "Does the API server reach podwright, and does it keep its connections?",
    ..COUNTER
};
pub(in crate::server) static ENDED: Metric = Metric {
    name: "connections_ended",
    labels: &[
        PORT,
        (
            "reason",
            "`client` (the client or the network ended it). podwright ended the others: `first_request`, `head` and `idle` (the \
             first request, the rest of a head, or the next request came too late), `crowded` (it was idle at the connection \
             limit), `request` (one was in flight for too long, so its client takes no answer), `ping` (no answer to an HTTP/2 \
             ping), `head_too_large` (a head of HTTP/1.1 beyond the limit, answered with 431), `protocol` (no HTTP, or a flood \
             such as resets), `stop` (podwright ended)",
        ),
    ],
    help: "Connections that ended after their TLS handshake, by reason",
    question: "Do connections end early, and is a client broken or hostile?",
    ..COUNTER
};
pub(in crate::server) static HANDSHAKE_FAILURES: Metric = Metric {
    name: "handshake_failures",
    labels: &[(
        "reason",
        "`rejected` (the client sent a TLS alert; most likely the caBundle is not the CA of the certificate), \
         `client_certificate` (the client has none, or an untrusted one), `protocol` (no TLS, or no common version), `timeout`, \
         `crowded` (its address had too many connections, or it took a second at the connection limit), `disconnected` (the \
         client left: a port scan, or a TCP health check)",
    )],
    help: "Failed TLS handshakes on the webhook's port, by reason",
    question: "Does the API server trust the certificate?",
    ..COUNTER
};
pub(in crate::server) static ACCEPT_ERRORS: Metric = Metric {
    name: "accept_errors",
    labels: &[PORT],
    help: "Errors of podwright or the node while accepting a connection, such as too many open files",
    question: "Is it out of file descriptors?",
    ..COUNTER
};
