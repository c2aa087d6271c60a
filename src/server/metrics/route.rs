//! The counters of each route, by outcome and status: all of them are there before the first request is.

use axum::http::StatusCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;

use super::{Counters, Histograms, Labels};
use crate::admission::AnswerKind;
use crate::server::request::router::{POD_ROUTE, WORKLOAD_ROUTE};

/// Seconds. A usual review takes tens of microseconds; one of megabytes, or whose client is slow, up to a second.
const DURATIONS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
/// Bytes: 1 KiB to the limit of 7 MiB.
const SIZES: [f64; 8] =
    [1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 3_145_728.0, crate::server::BODY_LIMIT as f64];

/// A path, with a word of ours for it.
#[derive(Clone, Copy)]
pub(in crate::server) enum Path {
    Pods,
    Namespace,
    Workloads,
    /// There is nothing.
    Other,
}

/// The counters of one route.
pub(super) struct OfRoute {
    patched: Counter,
    unchanged: Counter,
    denied: Counter,
    warned: Counter,
    oversized: Counter,
    pub(super) duration: Histogram,
    pub(super) body: Histogram,
}

impl Path {
    /// Of the webhook's port, as its routes have them.
    pub(in crate::server) fn of(path: &str) -> Self {
        let profile =
            |path: &str| path.strip_prefix("/mutate/").is_some_and(|name| !name.is_empty() && !name.contains('/'));
        match path {
            POD_ROUTE => Self::Pods,
            WORKLOAD_ROUTE => Self::Workloads,
            path if profile(path) => Self::Namespace,
            _ => Self::Other,
        }
    }

    /// The statuses of requests without a review: each is there with zero, because a counter that begins with one has not
    /// grown, and nobody would hear of the first failure.
    fn refusals(self) -> &'static [&'static str] {
        match self {
            Self::Pods | Self::Workloads => &["400", "405", "408", "413", "415", "500", "503", "504"],
            Self::Namespace => &["400", "404", "405", "408", "413", "415", "500", "503", "504"],
            Self::Other => &["404"],
        }
    }

    /// As the label `route` has it.
    pub(in crate::server) fn word(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Namespace => "namespace",
            Self::Workloads => "workloads",
            Self::Other => "other",
        }
    }
}

impl OfRoute {
    pub(super) fn new(path: Path, requests: &Counters<3>, (durations, bodies): (&Histograms, &Histograms)) -> Self {
        let answered = |outcome: AnswerKind| match path {
            // Would only stand there with zeros for ever.
            Path::Other => Counter::default(),
            _ => requests.get_or_create_owned(&labels(path, outcome.as_str(), "200")),
        };
        for status in path.refusals() {
            drop(requests.get_or_create_owned(&labels(path, "refused", status)));
        }
        let route = [("route", path.word())];
        Self {
            patched: answered(AnswerKind::Patched),
            unchanged: answered(AnswerKind::Unchanged),
            denied: answered(AnswerKind::Denied),
            warned: answered(AnswerKind::Warned),
            oversized: answered(AnswerKind::Oversized),
            duration: durations.get_or_create_owned(&route),
            body: bodies.get_or_create_owned(&route),
        }
    }

    pub(super) fn answered(&self, outcome: AnswerKind) -> &Counter {
        match outcome {
            AnswerKind::Patched => &self.patched,
            AnswerKind::Unchanged => &self.unchanged,
            AnswerKind::Denied => &self.denied,
            AnswerKind::Warned => &self.warned,
            AnswerKind::Oversized => &self.oversized,
        }
    }
}

/// For the time that requests take.
pub(super) fn durations() -> Histograms {
    Histograms::new_with_constructor(|| Histogram::new(DURATIONS))
}

/// For what their bodies measure.
pub(super) fn sizes() -> Histograms {
    Histograms::new_with_constructor(|| Histogram::new(SIZES))
}

pub(super) fn labels(path: Path, outcome: &'static str, status: &'static str) -> Labels<3> {
    [("route", path.word()), ("outcome", outcome), ("status", status)]
}

/// The statuses that are given anywhere in the server: so there are as many series as here, whatever is sent.
pub(super) fn word(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "400",
        404 => "404",
        405 => "405",
        408 => "408",
        413 => "413",
        415 => "415",
        429 => "429",
        431 => "431",
        500 => "500",
        503 => "503",
        504 => "504",
        _ => "other",
    }
}
