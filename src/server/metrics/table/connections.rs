//! Connections and their ends.

use super::metric::{COUNTER, GAUGE, Label, Metric};

const PORT: Label = ("port", "`webhook`, `admin`");

pub(in crate::server) static CONNECTIONS: Metric = Metric {
    name: "connections",
    labels: &[PORT],
    help: "Connections that are open, those that are still in their TLS handshake among them",
    question: "How many clients are connected, and how near to the limit of 4096?",
    ..GAUGE
};
pub(in crate::server) static ACCEPTED: Metric = Metric {
    name: "connections_accepted",
    labels: &[PORT],
    help: "Connections that were accepted: each is open, has ended, or did not get past its TLS handshake",
    question: "Does the API server reach it, and does it keep its connections?",
    ..COUNTER
};
pub(in crate::server) static ENDED: Metric = Metric {
    name: "connections_ended",
    labels: &[
        PORT,
        (
            "reason",
            "`client` (by the client, or the network between); and those that podwright ended: `first_request` (none came in \
             time), `head` (the rest of a request's head did not), `idle` (no other request did), `crowded` (it \
             asked for nothing while all connections were taken, or others waited for long and it was beyond its \
             address's share), `request` (one was in flight \
             for too long: its answer is not taken), `ping` (of HTTP/2, not answered), `head_too_large` (HTTP/1.1, answered \
             431 before there is a request to count; with HTTP/2 it is a request of status 431, but for headers of 32 to 128 \
             KiB, which the library answers so by itself and which are counted nowhere, and larger ones, which are \
             `protocol`), `protocol` (no HTTP, or a flood of what nobody sends in earnest, such as resets), `stop` (podwright \
             ends)",
        ),
    ],
    help: "Connections that have ended after their TLS handshake, by why",
    question: "Who hangs up, and is a client broken or hostile?",
    ..COUNTER
};
pub(in crate::server) static HANDSHAKE_FAILURES: Metric = Metric {
    name: "handshake_failures",
    labels: &[(
        "reason",
        "`rejected` (the client ended it with a TLS alert: most likely it does not trust the certificate, because the caBundle \
         is not its CA's), `client_certificate` (the client has none, or not one that is let in), `protocol` (no TLS, or no \
         version that both know), `timeout`, `crowded` (it took two seconds while all connections were \
         taken, or came from an address that had its share when others waited for long), `disconnected` (the client went away: a port scan, or a health check of TCP \
         alone)",
    )],
    help: "TLS handshakes on the webhook's port that failed, by why",
    question: "Does the API server trust the certificate?",
    ..COUNTER
};
pub(in crate::server) static ACCEPT_ERRORS: Metric = Metric {
    name: "accept_errors",
    labels: &[PORT],
    help: "Times that a connection could not be accepted and that was podwright's or the node's fault, such as too many open files",
    question: "Is it out of file descriptors?",
    ..COUNTER
};
