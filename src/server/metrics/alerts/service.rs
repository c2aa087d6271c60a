//! Alerts about reviews that podwright answers late, with an error, or with a denial.

use super::{Alert, Severity};

pub(super) static CROWDED: Alert = Alert {
    name: "Crowded",
    expression: "podwright_request_bodies_in_flight_bytes / podwright_request_bodies_in_flight_limit_bytes > 0.8\n\
                 or podwright_connections{port=\"webhook\"} / 4096 > 0.8",
    lasting: Some("5m"),
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is near one of its limits.",
    description: "The replica is near its memory limit for requests or its connection limit. At the limits it refuses \
                  requests, or new connections wait.",
    steps: &[
        "Run more replicas, or find the client that sends too many requests. The log names the address of a client at its limit.",
        "[Keep strangers out](install.md#keep-strangers-out).",
        "The alert assumes `--max-connections 4096`. If yours differs, change the rule.",
    ],
};

pub(super) static NOT_ACCEPTING: Alert = Alert {
    name: "NotAccepting",
    expression: "sum by (cluster, namespace, job, pod) (increase(podwright_accept_errors_total[15m])) > 0",
    lasting: None,
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} cannot accept connections.",
    description: "The replica cannot accept connections, most likely because it has no file descriptors left.",
    steps: &["Read the error in its log.", "Raise the node's limit of open files, or lower `--max-connections`."],
};

pub(super) static FAILING: Alert = Alert {
    name: "Failing",
    expression: "sum by (cluster, namespace, job, pod, status) (increase(podwright_requests_total{status=~\"5..\"}[10m])) > 0",
    lasting: None,
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} answers reviews with {{ $labels.status }}.",
    description: "podwright fails on reviews or refuses them for lack of memory, so the failurePolicy decides about these \
                  Pods.",
    steps: &[
        "With the status 500, read the error in its log, and report it.",
        "With 503 or 504, podwright is overloaded. Run more replicas.",
    ],
};

pub(super) static MISCONFIGURED: Alert = Alert {
    name: "Misconfigured",
    expression: "sum by (cluster, namespace, job, route, status) (\n  \
                 increase(podwright_requests_total{outcome=\"refused\",status=~\"4..\"}[10m])\n) > 0",
    lasting: None,
    severity: Severity::Warning,
    summary: "A client of podwright in {{ $labels.namespace }} gets the status {{ $labels.status }}.",
    description: "A client calls podwright wrongly: an unknown profile (404), another version of the API (400), a body \
                  that is too large and has no uid (413), or an incomplete body (408).",
    steps: &[
        "With the status 404, compare the webhook configuration's paths with the profiles: `podwright certs status`.",
        "With another status, set `RUST_LOG=debug` to see the requests, as in [operate.md](operate.md#log).",
    ],
};

pub(super) static SLOW: Alert = Alert {
    name: "Slow",
    expression: "histogram_quantile(0.99, sum by (cluster, namespace, job, le) (\n  \
                 rate(podwright_request_duration_seconds_bucket{route!=\"other\"}[5m])\n)) > 0.1",
    lasting: Some("5m"),
    severity: Severity::Warning,
    summary: "podwright in {{ $labels.namespace }} answers slowly.",
    description: "One review in a hundred takes more than 100 ms and delays the creation of its Pod.",
    steps: &[
        "Check that the container has no CPU limit, and that its node has CPU left.",
        "Run more replicas.",
        "The time includes the client's sending of the body. So a slow network or a busy API server can also be the cause.",
    ],
};

pub(super) static DENYING: Alert = Alert {
    name: "Denying",
    expression: "sum by (cluster, namespace, job) (increase(podwright_requests_total{outcome=\"denied\"}[15m])) > 10",
    lasting: None,
    severity: Severity::Warning,
    summary: "podwright in {{ $labels.namespace }} denies Pods.",
    description: "podwright denies Pods because of invalid annotations, so a rollout is likely stuck.",
    steps: &[
        "Find the Pods in podwright's log: `denied a Pod`.",
        "Read the reason in the events of their owners, and correct the annotation.",
    ],
};
