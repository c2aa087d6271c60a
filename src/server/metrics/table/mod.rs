//! The one table of metrics: they are registered from it, and docs/metrics.md is written from it.
//!
//! A label's values are words of ours (routes, keys, codes), never anything that a request names: so the number of series
//! has a most, whatever is sent.

mod alerts;
mod connections;
mod kept;
mod process;

use prometheus_client::registry::{self, Registry, Unit};

pub use alerts::{ALERTS, Alert, OF_API_SERVERS};
pub use connections::{
    ACCEPT_ERRORS, ACCEPTED, BODIES, BODIES_LIMIT, CONNECTIONS, ENDED, HANDSHAKE_FAILURES, IN_FLIGHT, READY,
};
pub use kept::{RENEWALS, TRUSTED};
pub use process::{CPU, MAX_FDS, OPEN_FDS, RESIDENT, START};

/// What each name begins with, but for those of the process, which every process has.
pub const PREFIX: &str = "podwright";

/// One metric, as it is registered and explained.
pub struct Metric {
    pub(super) name: &'static str,
    pub(super) unit: Option<Unit>,
    /// Which type of OpenMetrics.
    pub kind: Kind,
    /// Its labels, with their values.
    pub labels: &'static [(&'static str, &'static str)],
    /// What it is, for a stranger; without the full stop, which the format adds.
    pub help: &'static str,
    /// Which question it answers.
    pub question: &'static str,
}

/// The types of OpenMetrics that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// A number as it is now.
    Gauge,
    /// How many were at most how large or long.
    Histogram,
    /// Constant, in its labels.
    Info,
}

const ROUTE: (&str, &str) =
    ("route", "`pods` (`/mutate`), `namespace` (`/mutate/PROFILE`), `workloads` (`/check`), `other`");
const KEY: (&str, &str) =
    ("key", "the annotation's key without `podwright.dev/`, as in [annotations.md](annotations.md)");
const KEY_OR_OTHER: (&str, &str) = (
    "key",
    "the annotation's key without `podwright.dev/`; `other` for what is no key of ours, and for names of containers that are not there",
);
const CERTIFICATE: (&str, &str) = (
    "certificate",
    "`serving` (`--tls-cert-file` and `--tls-private-key-file`, as a pair), `client_ca` (`--client-ca-file`)",
);

/// Requests, by what was answered.
pub static REQUESTS: Metric = Metric {
    name: "requests",
    unit: None,
    kind: Kind::Counter,
    labels: &[
        ROUTE,
        (
            "outcome",
            "`patched`, `unchanged`, `denied` (the annotations cannot be understood), `warned` (an applied object, allowed with \
             warnings), `oversized` (allowed as it is: podwright does not read a review of more than 7 MiB), `refused` (no \
             review was answered)",
        ),
        ("status", "the HTTP status: `200` for every review that was answered; `other` for one that is not expected"),
    ],
    help: "Requests on the webhook's port that were answered, by route, what the answer was, and its HTTP status",
    question: "Is it called, what does it answer, and does it fail?",
};
/// How long they took.
pub static DURATION: Metric = Metric {
    name: "request_duration",
    unit: Some(Unit::Seconds),
    kind: Kind::Histogram,
    labels: &[ROUTE],
    help: "Time from a request's headers to its answer; the time in which the client sends the body is part of it",
    question: "Is it slow?",
};
/// How large they were.
pub static BODY: Metric = Metric {
    name: "request_body",
    unit: Some(Unit::Bytes),
    kind: Kind::Histogram,
    labels: &[ROUTE],
    help: "Size of the JSON request bodies that were read to their end; bodies above 7 MiB count in full",
    question: "How large are the reviews, and how near to the limit of 7 MiB?",
};
/// What is in force.
pub static INJECTIONS: Metric = Metric {
    name: "injections",
    unit: None,
    kind: Kind::Counter,
    labels: &[KEY],
    help: "Settings that are in force in the reviewed Pods as they were asked for, or adjusted; one for each container and \
           variable, and again where the API server asks twice about a Pod",
    question: "Which features are used, and how much?",
};
/// What is not, or otherwise.
pub static REASONS: Metric = Metric {
    name: "reasons",
    unit: None,
    kind: Kind::Counter,
    labels: &[
        KEY_OR_OTHER,
        (
            "outcome",
            "`skipped` (not in force), `kept` (the Pod's own value stays), `adjusted` (in force, but not as asked for), \
             `doubtful` and `noted` (in force, with something to know), `passed_over` (not meant for this container)",
        ),
        ("reason", "the code, as in [reasons.md](reasons.md)"),
    ],
    help: "Settings of the reviewed Pods with something to say about them, by what became of them and the code of the reason",
    question: "What is not done that was asked for, and why?",
};
/// New versions of the configuration file.
pub static RELOADS: Metric = Metric {
    name: "configuration_reloads",
    unit: None,
    kind: Kind::Counter,
    labels: &[("result", "`success` (in force now), `failure` (refused; the version before it stays in force)")],
    help: "New versions of the configuration file that were seen since the start, by whether they could be used",
    question: "Did my change of the configuration arrive?",
};
/// Whether what is in force is not what the file holds.
pub static STALE: Metric = Metric {
    name: "configuration_stale",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "1 while the configuration file cannot be used and an earlier version of it is in force, else 0",
    question: "Is the configuration in force the one in the file?",
};
/// Which configuration is in force.
pub static HASH: Metric = Metric {
    name: "configuration_hash",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "The first twelve digits of the SHA-256 of the configuration file that is in force, as a number; 0 for the built-in one",
    question: "Is the same configuration in force on all replicas, and is it mine?",
};
/// New certificates in the files.
pub static CERTIFICATE_RELOADS: Metric = Metric {
    name: "certificate_reloads",
    unit: None,
    kind: Kind::Counter,
    labels: &[
        CERTIFICATE,
        (
            "result",
            "`success` (in force for every new connection), `failure` (refused; the one before it stays in force)",
        ),
    ],
    help: "New certificates that were seen in their files since the start, by whether they could be used",
    question: "Did the renewed certificate arrive?",
};
/// Whether the certificate in force is not what the files hold.
pub static CERTIFICATE_STALE: Metric = Metric {
    name: "certificate_stale",
    unit: None,
    kind: Kind::Gauge,
    labels: &[CERTIFICATE],
    help: "1 while the files hold what cannot be used and what they held before is in force, else 0",
    question: "Is the certificate in force the one in the files?",
};
/// The certificate's end.
pub static EXPIRATION: Metric = Metric {
    name: "certificate_expiration_timestamp",
    unit: Some(Unit::Seconds),
    kind: Kind::Gauge,
    labels: &[],
    help: "When the serving certificate expires, in seconds since 1970-01-01 UTC",
    question: "Until when does the API server accept the certificate?",
};
/// The version.
pub static BUILD: Metric = Metric {
    name: "build",
    unit: None,
    kind: Kind::Info,
    labels: &[("version", "podwright's version")],
    help: "The version of podwright that runs; always 1",
    question: "Which version runs where?",
};

/// Every metric, in the order of the page.
pub static METRICS: [&Metric; 28] = [
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
    &BUILD,
    &CPU,
    &RESIDENT,
    &OPEN_FDS,
    &MAX_FDS,
    &START,
];

impl Metric {
    /// The name as a query has it, such as `podwright_requests_total`. A histogram's series have a suffix more.
    pub fn name(&self) -> String {
        let unit = self.unit.as_ref().map(|unit| format!("_{}", unit.as_str())).unwrap_or_default();
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        let prefix = if self.name.starts_with("process_") { String::new() } else { format!("{PREFIX}_") };
        format!("{prefix}{}{unit}{suffix}", self.name)
    }

    /// `seconds` or `bytes`, where it has a unit.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_ref().map(Unit::as_str)
    }

    pub(super) fn register(&self, registry: &mut Registry, metric: impl registry::Metric) {
        match self.unit.clone() {
            Some(unit) => registry.register_with_unit(self.name, self.help, unit, metric),
            None => registry.register(self.name, self.help, metric),
        }
    }

    /// The same, with a handle that counts for what is registered.
    pub(super) fn handle<M: registry::Metric + Clone>(&self, registry: &mut Registry, metric: M) -> M {
        self.register(registry, metric.clone());
        metric
    }
}
