//! The rows from health to reasons.

use super::{Bad, LINES, NUMBER, Panel, PanelKind, Row, TABLE};
use crate::server::metrics::table::{
    BODY, BUILD, DURATION, EVENTS, EXPIRATION, HASH, IN_FLIGHT, INJECTIONS as INJECTED, READY, REASONS as REASON,
    REQUESTS, STALE, TRUSTED,
};

pub(super) static HEALTH: Row = Row {
    title: "Health",
    panels: &[
        Panel {
            title: "Ready replicas",
            bad: Bad::Below(1),
            about: &[&READY],
            queries: &[("sum(podwright_ready{$target})", "ready")],
            ..NUMBER
        },
        Panel {
            title: "Firing alerts",
            bad: Bad::From(1),
            note: "podwright's alerts that fire, with those of all installations. docs/metrics.md has the steps for each",
            queries: &[("count(ALERTS{alertname=~\"Podwright.+\",alertstate=\"firing\"}) or vector(0)", "alerts")],
            ..NUMBER
        },
        Panel {
            title: "Certificate expires in",
            unit: "s",
            bad: Bad::Below(7 * 24 * 3600),
            about: &[&EXPIRATION],
            queries: &[("min(podwright_certificate_expiration_timestamp_seconds{$target}) - time()", "expires in")],
            ..NUMBER
        },
        Panel {
            title: "caBundle verifies it",
            bad: Bad::Below(1),
            about: &[&TRUSTED],
            queries: &[("min(podwright_certificate_trusted{$target})", "trusted")],
            ..NUMBER
        },
        Panel {
            title: "Refused configuration",
            bad: Bad::From(1),
            about: &[&STALE],
            queries: &[("max(podwright_configuration_stale{$target})", "stale")],
            ..NUMBER
        },
        Panel {
            title: "Configurations in use",
            bad: Bad::From(2),
            note: "More than one for longer than a few minutes means that a replica has another file",
            about: &[&HASH],
            queries: &[(
                "count(count_values(\"configuration\", podwright_configuration_hash{$target}))",
                "configurations",
            )],
            ..NUMBER
        },
        Panel {
            title: "Ready by Pod",
            about: &[&READY],
            queries: &[("podwright_ready{$target}", "{{namespace}}/{{pod}}")],
            ..LINES
        },
        Panel {
            title: "Pods and versions",
            about: &[&BUILD],
            queries: &[("group by (cluster, namespace, pod, version) (podwright_build_info{$target})", "")],
            ..TABLE
        },
    ],
};

pub(super) static TRAFFIC: Row = Row {
    title: "Traffic",
    panels: &[
        Panel {
            title: "Requests by route",
            unit: "reqps",
            about: &[&REQUESTS],
            queries: &[("sum by (route) (rate(podwright_requests_total{$target}[$__rate_interval]))", "{{route}}")],
            ..LINES
        },
        Panel {
            title: "Requests by outcome",
            unit: "reqps",
            about: &[&REQUESTS],
            queries: &[("sum by (outcome) (rate(podwright_requests_total{$target}[$__rate_interval]))", "{{outcome}}")],
            ..LINES
        },
        Panel {
            title: "Refused requests by status",
            unit: "reqps",
            note: "The failurePolicy decides about these Pods",
            about: &[&REQUESTS],
            queries: &[(
                "sum by (route, status) (rate(podwright_requests_total{$target,outcome=\"refused\"}[$__rate_interval]))",
                "{{status}} {{route}}",
            )],
            ..LINES
        },
        Panel {
            title: "Denied Pods within an hour",
            note: "The Pods have invalid annotations; the events of their owners have the reason",
            about: &[&REQUESTS],
            queries: &[(
                "sum by (namespace) (increase(podwright_requests_total{$target,outcome=\"denied\"}[1h]))",
                "{{namespace}}",
            )],
            ..LINES
        },
        Panel {
            title: "Requests in flight by Pod",
            about: &[&IN_FLIGHT],
            queries: &[("podwright_requests_in_flight{$target}", "{{namespace}}/{{pod}}")],
            ..LINES
        },
        Panel {
            title: "Pods without an answer, within 15 minutes",
            note: "API servers created these Pods without podwright (missed) or, with `strict`, refused them. Prometheus \
                   must scrape the API servers",
            queries: &[
                (
                    "sum by (name) (increase(apiserver_admission_webhook_fail_open_count{cluster=~\"$cluster\",name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\"}[15m]))",
                    "missed: {{name}}",
                ),
                (
                    "sum by (name) (increase(apiserver_admission_webhook_rejection_count{cluster=~\"$cluster\",name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\",error_type=\"calling_webhook_error\"}[15m]))",
                    "refused: {{name}}",
                ),
            ],
            ..LINES
        },
    ],
};

pub(super) static LATENCY: Row = Row {
    title: "Latency",
    panels: &[
        Panel {
            title: "Response times",
            kind: PanelKind::Heatmap,
            unit: "s",
            about: &[&DURATION],
            queries: &[(
                "sum by (le) (increase(podwright_request_duration_seconds_bucket{$target,route!=\"other\"}[$__rate_interval]))",
                "{{le}}",
            )],
            ..LINES
        },
        Panel {
            title: "Response time, by quantile",
            unit: "s",
            about: &[&DURATION],
            queries: &[
                (
                    "histogram_quantile(0.5, sum by (le) (rate(podwright_request_duration_seconds_bucket{$target,route!=\"other\"}[$__rate_interval])))",
                    "50 %",
                ),
                (
                    "histogram_quantile(0.9, sum by (le) (rate(podwright_request_duration_seconds_bucket{$target,route!=\"other\"}[$__rate_interval])))",
                    "90 %",
                ),
                (
                    "histogram_quantile(0.99, sum by (le) (rate(podwright_request_duration_seconds_bucket{$target,route!=\"other\"}[$__rate_interval])))",
                    "99 %",
                ),
            ],
            ..LINES
        },
        Panel {
            title: "99 % of response times, by Pod",
            unit: "s",
            about: &[&DURATION],
            queries: &[(
                "histogram_quantile(0.99, sum by (namespace, pod, le) (rate(podwright_request_duration_seconds_bucket{$target,route!=\"other\"}[$__rate_interval])))",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
        Panel {
            title: "Size of a review",
            unit: "bytes",
            about: &[&BODY],
            queries: &[
                (
                    "histogram_quantile(0.5, sum by (le) (rate(podwright_request_body_bytes_bucket{$target}[$__rate_interval])))",
                    "50 %",
                ),
                (
                    "histogram_quantile(0.99, sum by (le) (rate(podwright_request_body_bytes_bucket{$target}[$__rate_interval])))",
                    "99 %",
                ),
            ],
            ..LINES
        },
    ],
};

pub(super) static INJECTIONS: Row = Row {
    title: "Injections",
    panels: &[
        Panel {
            title: "Injected settings by key",
            unit: "cps",
            about: &[&INJECTED],
            queries: &[("sum by (key) (rate(podwright_injections_total{$target}[$__rate_interval]))", "{{key}}")],
            ..LINES
        },
        Panel {
            title: "Injected settings of this time range",
            about: &[&INJECTED],
            queries: &[("sum by (key) (increase(podwright_injections_total{$target}[$__range])) > 0", "")],
            ..TABLE
        },
    ],
};

pub(super) static REASONS: Row = Row {
    title: "Reasons",
    panels: &[
        Panel {
            title: "Settings with a reason, by outcome",
            unit: "cps",
            about: &[&REASON],
            queries: &[("sum by (outcome) (rate(podwright_reasons_total{$target}[$__rate_interval]))", "{{outcome}}")],
            ..LINES
        },
        Panel {
            title: "Most frequent reasons of this time range",
            note: "`podwright explain CODE` explains a reason",
            about: &[&REASON],
            queries: &[(
                "topk(20, sum by (key, outcome, reason) (increase(podwright_reasons_total{$target}[$__range])) > 0)",
                "",
            )],
            ..TABLE
        },
        Panel {
            title: "Events within an hour, by result",
            note: "Only with the component `events`",
            about: &[&EVENTS],
            queries: &[("sum by (result) (increase(podwright_events_total{$target}[1h]))", "{{result}}")],
            ..LINES
        },
    ],
};
