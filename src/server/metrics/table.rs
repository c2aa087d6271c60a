//! The one table of metrics: the registry and docs/metrics.md are made from it.
//!
//! Labels have a closed set of values (routes, keys, codes), so the number of series is bounded.

pub use super::metric::{Label, Metric, MetricKind};

/// A metric of API servers.
#[derive(Clone, Copy, Debug)]
pub struct ApiServerMetric {
    /// The name in queries.
    pub name: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
}

/// The metrics of API servers in docs/operate.md. Only they count the Pods that were created, or refused, without an
/// answer.
pub static OF_API_SERVERS: [ApiServerMetric; 2] = [
    ApiServerMetric { name: "apiserver_admission_webhook_fail_open_count", labels: &["name", "type"] },
    ApiServerMetric {
        name: "apiserver_admission_webhook_rejection_count",
        labels: &["error_type", "name", "operation", "rejection_code", "type"],
    },
];

/// Every metric, in the order of the page.
pub static METRICS: [&Metric; 29] = [
    &READY,
    &REQUESTS,
    &DURATION,
    &IN_FLIGHT,
    &BODY,
    &BODIES,
    &BODIES_LIMIT,
    &INJECTIONS,
    &REASONS,
    &CONNECTIONS,
    &ACCEPTED,
    &ENDED,
    &HANDSHAKE_FAILURES,
    &ACCEPT_ERRORS,
    &RELOADS,
    &STALE,
    &HASH,
    &CERTIFICATE_RELOADS,
    &CERTIFICATE_STALE,
    &RENEWALS,
    &TRUSTED,
    &EXPIRATION,
    &EVENTS,
    &BUILD,
    &CPU,
    &RESIDENT,
    &OPEN_FDS,
    &MAX_FDS,
    &START,
];

const COUNTER: Metric = Metric { name: "", unit: None, kind: MetricKind::Counter, labels: &[], help: "", question: "" };
const GAUGE: Metric = Metric { kind: MetricKind::Gauge, ..COUNTER };
const HISTOGRAM: Metric = Metric { kind: MetricKind::Histogram, ..COUNTER };
const INFO: Metric = Metric { kind: MetricKind::Info, ..COUNTER };

const SECONDS: Option<&str> = Some("seconds");
const BYTES: Option<&str> = Some("bytes");

const ROUTE: Label = ("route", "`pods` (`/mutate`), `namespace` (`/mutate/PROFILE`), `workloads` (`/check`), `other`");
const KEY: Label = ("key", "the annotation's key without `podwright.dev/`, as in [annotations.md](annotations.md)");
const KEY_OR_OTHER: Label = (
    "key",
    "the annotation's key without `podwright.dev/`; `other` for unknown keys and for names of containers that do not \
     exist",
);
const PART: Label = (
    "part",
    "`first_64_kib` (the start of each body: all of a usual one) or `rest` (the rest of large bodies, and unread \
     responses above 16 KiB on one connection). Each has its own limit",
);
const PORT: Label = ("port", "`webhook`, `admin`");
const CERTIFICATE: Label = (
    "certificate",
    "`serving` (`--tls-cert-file` and `--tls-private-key-file`, as a pair), `client_ca` (`--client-ca-file`)",
);

pub(super) static REQUESTS: Metric = Metric {
    name: "requests",
    labels: &[
        ROUTE,
        (
            "outcome",
            "`patched`, `unchanged`, `denied` (invalid annotations), `warned` (an applied object, allowed with \
             warnings), `oversized` (a review above 7 MiB, allowed unread), `refused` (no review was answered)",
        ),
        ("status", "the HTTP status: `200` for every answered review; `other` for an unexpected one"),
    ],
    help: "Answered requests on the webhook's port, by route, outcome and HTTP status",
    question: "Is podwright called, does it answer, and does it fail?",
    ..COUNTER
};
pub(super) static DURATION: Metric = Metric {
    name: "request_duration",
    unit: SECONDS,
    labels: &[ROUTE],
    help: "Time from a request's headers to its response, including the time in which the client sends the body",
    question: "Is podwright slow?",
    ..HISTOGRAM
};
pub(super) static IN_FLIGHT: Metric = Metric {
    name: "requests_in_flight",
    help: "Requests on the webhook's port with headers read and no response yet",
    question: "How many requests does podwright handle at once?",
    ..GAUGE
};
pub(super) static BODY: Metric = Metric {
    name: "request_body",
    unit: BYTES,
    labels: &[ROUTE],
    help: "Size of the JSON request bodies that were read to the end; bodies above 7 MiB count in full",
    question: "How large are the reviews, and how near to the limit of 7 MiB?",
    ..HISTOGRAM
};
pub(crate) static BODIES: Metric = Metric {
    name: "request_bodies_in_flight",
    unit: BYTES,
    labels: &[PART],
    help: "Memory for the bodies of requests in flight and for large responses",
    question: "How much memory do the requests take?",
    ..GAUGE
};
pub(crate) static BODIES_LIMIT: Metric = Metric {
    name: "request_bodies_in_flight_limit",
    unit: BYTES,
    labels: &[PART],
    help: "Limit of the memory for request bodies and large responses; podwright refuses requests that need more with \
           503",
    question: "How near is podwright to refusing requests for lack of memory?",
    ..GAUGE
};
pub(super) static INJECTIONS: Metric = Metric {
    name: "injections",
    labels: &[KEY],
    help: "Settings that reviewed Pods have, as wished or adjusted; one for each container and variable, and again if \
           the API server sends a Pod twice",
    question: "Which features are used, and how much?",
    ..COUNTER
};
/// Settings with a reason.
pub static REASONS: Metric = Metric {
    name: "reasons",
    labels: &[
        KEY_OR_OTHER,
        (
            "outcome",
            "`skipped` (not injected), `kept` (the Pod has another value, which stays), `adjusted` (injected with \
             another value), `doubtful` and `noted` (injected, with a remark), `passed_over` (not meant for this \
             container)",
        ),
        ("reason", "the code, as in [reasons.md](reasons.md)"),
    ],
    help: "Settings of reviewed Pods that have a reason, by key, outcome and code",
    question: "Which settings were not injected as wished, and why?",
    ..COUNTER
};

pub(super) static CONNECTIONS: Metric = Metric {
    name: "connections",
    labels: &[PORT],
    help: "Open connections, including those in their TLS handshake",
    question: "How many clients are connected, and how near is the limit (`--max-connections`, 4096)?",
    ..GAUGE
};
pub(super) static ACCEPTED: Metric = Metric {
    name: "connections_accepted",
    labels: &[PORT],
    help: "Accepted connections: each is open, has ended, or failed in its TLS handshake",
    question: "Does the API server reach podwright, and does it keep its connections?",
    ..COUNTER
};
pub(super) static ENDED: Metric = Metric {
    name: "connections_ended",
    labels: &[
        PORT,
        (
            "reason",
            "`client` (the client or the network ended it). podwright ended the others: `first_request`, `head` and \
             `idle` (no first request, rest of the headers, or next request in time), `crowded` (idle at the \
             connection limit), `request` (a request was in flight for too long, most likely because its client reads \
             no response), `ping` (no answer to an HTTP/2 ping), `head_too_large` (HTTP/1.1 headers above the limit, \
             answered with 431), `protocol` (no HTTP, or a flood such as resets), `stop` (podwright stopped)",
        ),
    ],
    help: "Connections that ended after their TLS handshake, by reason",
    question: "Do connections end early, and is a client broken or hostile?",
    ..COUNTER
};
pub(super) static HANDSHAKE_FAILURES: Metric = Metric {
    name: "handshake_failures",
    labels: &[(
        "reason",
        "`rejected` (the client sent a TLS alert, most likely because the caBundle is not the CA of the certificate), \
         `client_certificate` (the client has none, or an untrusted one), `protocol` (no TLS, or no common version), \
         `timeout`, `crowded` (the per-address limit, or more than a second at the connection limit), `disconnected` \
         (the client left, such as a port scan or a TCP health check)",
    )],
    help: "Failed TLS handshakes on the webhook's port, by reason",
    question: "Does the API server trust the certificate?",
    ..COUNTER
};
pub(super) static ACCEPT_ERRORS: Metric = Metric {
    name: "accept_errors",
    labels: &[PORT],
    help: "Connections that podwright could not accept, for example because of too many open files",
    question: "Has podwright run out of file descriptors?",
    ..COUNTER
};

pub(crate) static READY: Metric = Metric {
    name: "ready",
    help: "1 while `/readyz` passes, else 0, such as after SIGTERM or with an expired certificate",
    question: "Is podwright ready?",
    ..GAUGE
};
pub(super) static RELOADS: Metric = Metric {
    name: "configuration_reloads",
    labels: &[("result", "`success` (now in use), `failure` (refused; the previous version stays in use)")],
    help: "New versions of the configuration file since the start, by result",
    question: "Did my change of the configuration arrive?",
    ..COUNTER
};
pub(super) static STALE: Metric = Metric {
    name: "configuration_stale",
    help: "1 while the configuration file is unusable and a previous version is in use, else 0",
    question: "Does podwright use the present content of the configuration file?",
    ..GAUGE
};
pub(crate) static HASH: Metric = Metric {
    name: "configuration_hash",
    help: "The first twelve digits of the SHA-256 of the configuration file in use, as a number; 0 for the built-in \
           one",
    question: "Do all replicas use the same configuration, and is it mine?",
    ..GAUGE
};
pub(super) static CERTIFICATE_RELOADS: Metric = Metric {
    name: "certificate_reloads",
    labels: &[
        CERTIFICATE,
        ("result", "`success` (in use for every new connection), `failure` (refused; the previous one stays in use)"),
    ],
    help: "New versions of the certificate files since the start, by result",
    question: "Did the renewed certificate arrive?",
    ..COUNTER
};
pub(super) static CERTIFICATE_STALE: Metric = Metric {
    name: "certificate_stale",
    labels: &[CERTIFICATE],
    help: "1 while the certificate files are unusable and their previous content is in use, else 0",
    question: "Does podwright use the present content of the certificate files?",
    ..GAUGE
};
/// Writes of the Secret and the caBundle.
pub static RENEWALS: Metric = Metric {
    name: "certificate_writes",
    labels: &[
        (
            "what",
            "`begin` (the first CA and certificate), `leaf` (a certificate), `next_ca` (the next CA), `ca` (the next \
             CA now signs), `tidy` (removal of old content), `restore` (the Secret's previous content), `ca_bundle` \
             (a webhook configuration)",
        ),
        ("result", "`success`, `conflict` (another replica was faster), `failure` (no connection, or no permission)"),
    ],
    help: "Writes of this replica to the Secret and the caBundle, with --tls-secret",
    question: "Does podwright renew the certificates, and may it write them?",
    ..COUNTER
};
/// The acceptance of the certificate by API servers.
pub static TRUSTED: Metric = Metric {
    name: "certificate_trusted",
    help: "1 while the caBundle of every webhook configuration verifies the serving certificate, else 0; only with \
           --tls-secret",
    question: "Does the API server accept the certificate?",
    ..GAUGE
};
pub(crate) static EXPIRATION: Metric = Metric {
    name: "certificate_expiration_timestamp",
    unit: SECONDS,
    help: "Time at which the serving certificate expires, in seconds since 1970-01-01 UTC",
    question: "Until when does the API server accept the certificate?",
    ..GAUGE
};

/// Events on the controllers of Pods.
pub static EVENTS: Metric = Metric {
    name: "events",
    labels: &[(
        "result",
        "`success` (written), `repeated` (counted in an existing event), `limited` (dropped: no tokens left), \
         `failure` (not accepted by the API server)",
    )],
    help: "Events on the controllers of Pods, with --events",
    question: "Does podwright write its events, and does it drop some?",
    ..COUNTER
};

pub(super) static BUILD: Metric = Metric {
    name: "build",
    labels: &[("version", "podwright's version")],
    help: "The version of the running podwright; always 1",
    question: "Which version runs where?",
    ..INFO
};
// The process, by the names and meanings that Prometheus' client libraries share.
pub(super) static CPU: Metric = Metric {
    name: "process_cpu",
    unit: SECONDS,
    help: "CPU time of the process, in user mode and in the kernel",
    question: "How much CPU does podwright need?",
    ..COUNTER
};
pub(super) static RESIDENT: Metric = Metric {
    name: "process_resident_memory",
    unit: BYTES,
    help: "Memory of the process in RAM, which counts against the container's memory limit",
    question: "How much memory does podwright need?",
    ..GAUGE
};
pub(super) static OPEN_FDS: Metric = Metric {
    name: "process_open_fds",
    help: "Open file descriptors of the process; each connection is one",
    question: "How many file descriptors does podwright need?",
    ..GAUGE
};
pub(super) static MAX_FDS: Metric = Metric {
    name: "process_max_fds",
    help: "Limit of open file descriptors; at the limit, new connections wait",
    question: "How many file descriptors may podwright have?",
    ..GAUGE
};
pub(super) static START: Metric = Metric {
    name: "process_start_time",
    unit: SECONDS,
    help: "Time at which the process started, in seconds since 1970-01-01 UTC",
    question: "Since when does podwright run, and does it restart?",
    ..GAUGE
};
