//! Readiness, requests, their bodies, and the settings of the reviewed Pods.

use super::metric::{BYTES, COUNTER, GAUGE, HISTOGRAM, Label, Metric, SECONDS};

const ROUTE: Label = ("route", "`pods` (`/mutate`), `namespace` (`/mutate/PROFILE`), `workloads` (`/check`), `other`");
const KEY: Label = ("key", "the annotation's key without `podwright.dev/`, as in [annotations.md](annotations.md)");
const KEY_OR_OTHER: Label = (
    "key",
    "the annotation's key without `podwright.dev/`; `other` for what is no key of ours, and for names of containers that are not there",
);
const PART: Label = (
    "part",
    "`first_64_kib` of each body, which is all of a usual one; `rest` of large ones, and untaken answers beyond 16 KiB of their connection. Each has its own limit",
);

pub(in crate::server) static READY: Metric = Metric {
    name: "ready",
    help: "1 while `/readyz` passes, else 0: while it stops, and when its certificate has expired",
    question: "Is it healthy?",
    ..GAUGE
};
pub(in crate::server) static REQUESTS: Metric = Metric {
    name: "requests",
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
    ..COUNTER
};
pub(in crate::server) static DURATION: Metric = Metric {
    name: "request_duration",
    unit: SECONDS,
    labels: &[ROUTE],
    help: "Time from a request's headers to its answer; the time in which the client sends the body is part of it",
    question: "Is it slow?",
    ..HISTOGRAM
};
pub(in crate::server) static IN_FLIGHT: Metric = Metric {
    name: "requests_in_flight",
    help: "Requests on the webhook's port whose headers have been read and that are not answered yet",
    question: "How much does it have to do at once?",
    ..GAUGE
};
pub(in crate::server) static BODY: Metric = Metric {
    name: "request_body",
    unit: BYTES,
    labels: &[ROUTE],
    help: "Size of the JSON request bodies that were read to their end; bodies above 7 MiB count in full",
    question: "How large are the reviews, and how near to the limit of 7 MiB?",
    ..HISTOGRAM
};
pub(in crate::server) static BODIES: Metric = Metric {
    name: "request_bodies_in_flight",
    unit: BYTES,
    labels: &[PART],
    help: "Bytes of request bodies that are held in memory until their requests are answered, and of large answers",
    question: "How much memory do the requests take?",
    ..GAUGE
};
pub(in crate::server) static BODIES_LIMIT: Metric = Metric {
    name: "request_bodies_in_flight_limit",
    unit: BYTES,
    labels: &[PART],
    help: "How many bytes of request bodies may be held in memory; a request that needs more, or whose answer does, is refused with 503",
    question: "How near is it to refusing requests for want of memory?",
    ..GAUGE
};
pub(in crate::server) static INJECTIONS: Metric = Metric {
    name: "injections",
    labels: &[KEY],
    help: "Settings that are in force in the reviewed Pods as they were asked for, or adjusted; one for each container and \
           variable, and again where the API server asks twice about a Pod",
    question: "Which features are used, and how much?",
    ..COUNTER
};
/// Settings with something to say about them.
pub static REASONS: Metric = Metric {
    name: "reasons",
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
    ..COUNTER
};
