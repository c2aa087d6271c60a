//! The rows about connections, the configuration and certificates, and resources.

use super::{LINES, Panel, Row};
use crate::server::metrics::table::{
    ACCEPT_ERRORS, ACCEPTED, BODIES, BODIES_LIMIT, CERTIFICATE_RELOADS, CERTIFICATE_STALE, CONNECTIONS as OPEN, CPU,
    ENDED, EXPIRATION, HANDSHAKE_FAILURES, MAX_FDS, OPEN_FDS, RELOADS, RENEWALS, RESIDENT, START,
};

pub(super) static CONNECTIONS: Row = Row {
    title: "Connections",
    panels: &[
        Panel {
            title: "Open connections",
            note: "The limit of the port `webhook` is 4096, or `--max-connections`",
            about: &[&OPEN],
            queries: &[("podwright_connections{$target}", "{{namespace}}/{{pod}} {{port}}")],
            ..LINES
        },
        Panel {
            title: "Accepted connections",
            unit: "cps",
            about: &[&ACCEPTED],
            queries: &[(
                "sum by (port) (rate(podwright_connections_accepted_total{$target}[$__rate_interval]))",
                "{{port}}",
            )],
            ..LINES
        },
        Panel {
            title: "Ended connections of the webhook's port, by reason",
            unit: "cps",
            about: &[&ENDED],
            queries: &[(
                "sum by (reason) (rate(podwright_connections_ended_total{$target,port=\"webhook\"}[$__rate_interval]))",
                "{{reason}}",
            )],
            ..LINES
        },
        Panel {
            title: "Failed TLS handshakes, by reason",
            unit: "cps",
            note: "`rejected` most likely means that the caBundle is not the CA of the serving certificate",
            about: &[&HANDSHAKE_FAILURES],
            queries: &[(
                "sum by (reason) (rate(podwright_handshake_failures_total{$target}[$__rate_interval]))",
                "{{reason}}",
            )],
            ..LINES
        },
        Panel {
            title: "Connections that could not be accepted",
            unit: "cps",
            about: &[&ACCEPT_ERRORS],
            queries: &[(
                "sum by (namespace, pod) (rate(podwright_accept_errors_total{$target}[$__rate_interval]))",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
    ],
};

pub(super) static STATE: Row = Row {
    title: "Configuration and certificates",
    panels: &[
        Panel {
            title: "New configurations within an hour",
            about: &[&RELOADS],
            queries: &[(
                "sum by (result) (increase(podwright_configuration_reloads_total{$target}[1h]))",
                "{{result}}",
            )],
            ..LINES
        },
        Panel {
            title: "Days until the certificate expires",
            unit: "d",
            about: &[&EXPIRATION],
            queries: &[(
                "(podwright_certificate_expiration_timestamp_seconds{$target} - time()) / 86400",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
        Panel {
            title: "New certificates within a day",
            note: "Only for certificates in files",
            about: &[&CERTIFICATE_RELOADS],
            queries: &[(
                "sum by (certificate, result) (increase(podwright_certificate_reloads_total{$target}[1d]))",
                "{{certificate}}: {{result}}",
            )],
            ..LINES
        },
        Panel {
            title: "Refused certificates",
            about: &[&CERTIFICATE_STALE],
            queries: &[("podwright_certificate_stale{$target}", "{{namespace}}/{{pod}} {{certificate}}")],
            ..LINES
        },
        Panel {
            title: "Writes of certificates within a day",
            about: &[&RENEWALS],
            queries: &[(
                "sum by (what, result) (increase(podwright_certificate_writes_total{$target}[1d]))",
                "{{what}}: {{result}}",
            )],
            ..LINES
        },
    ],
};

pub(super) static RESOURCES: Row = Row {
    title: "Resources",
    panels: &[
        Panel {
            title: "CPU (cores)",
            about: &[&CPU],
            queries: &[(
                "rate(process_cpu_seconds_total{$target}[$__rate_interval]) and on (cluster, namespace, job, pod, instance) podwright_build_info",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
        Panel {
            title: "Memory",
            unit: "bytes",
            about: &[&RESIDENT],
            queries: &[(
                "process_resident_memory_bytes{$target} and on (cluster, namespace, job, pod, instance) podwright_build_info",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
        Panel {
            title: "Used share of the memory for requests",
            unit: "percentunit",
            about: &[&BODIES, &BODIES_LIMIT],
            queries: &[(
                "podwright_request_bodies_in_flight_bytes{$target} / podwright_request_bodies_in_flight_limit_bytes",
                "{{namespace}}/{{pod}} {{part}}",
            )],
            ..LINES
        },
        Panel {
            title: "Used share of the file descriptors",
            unit: "percentunit",
            about: &[&OPEN_FDS, &MAX_FDS],
            queries: &[(
                "process_open_fds{$target} / process_max_fds and on (cluster, namespace, job, pod, instance) podwright_build_info",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
        Panel {
            title: "Uptime",
            unit: "s",
            about: &[&START],
            queries: &[(
                "time() - process_start_time_seconds{$target} and on (cluster, namespace, job, pod, instance) podwright_build_info",
                "{{namespace}}/{{pod}}",
            )],
            ..LINES
        },
    ],
};
