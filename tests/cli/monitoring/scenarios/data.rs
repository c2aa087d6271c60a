//! The series of each scenario, one value each minute.

use super::Scenario;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        alert: "Down",
        series: &[
            ("podwright_ready{<a>}", "1x9 0x19 1x30"),
            ("podwright_ready{<b>}", "1x9 stale _x19 1x30"),
            ("podwright_ready{<c>}", "1x60"),
        ],
        fires: 20,
        labels: &["<a.job>"],
        ended: 40,
    },
    // Its last replica is gone.
    Scenario {
        alert: "Down",
        series: &[("podwright_ready{<a>}", "1x60"), ("podwright_ready{<c>}", "1x9 _x29 1x20")],
        fires: 30,
        labels: &["<c.job>"],
        ended: 50,
    },
    Scenario { alert: "Absent", series: &[("podwright_ready{<a>}", "_x19 1x20")], fires: 10, labels: &[""], ended: 30 },
    Scenario {
        alert: "NotReady",
        series: &[("podwright_ready{<a>}", "1x60"), ("podwright_ready{<b>}", "1x9 0x19 1x30")],
        fires: 20,
        labels: &["<b>"],
        ended: 40,
    },
    Scenario {
        alert: "Restarting",
        series: &[
            ("process_start_time_seconds{<a>}", "0x9 600x9 1200x9 1800x120"),
            ("podwright_build_info{<a>,version=\"0.1.0\"}", "1x150"),
            // Another program.
            ("process_start_time_seconds{job=\"other\",instance=\"192.0.2.9:80\"}", "0x9 600x9 1200x9 1800x120"),
            // One restart.
            ("process_start_time_seconds{<c>}", "0x9 600x140"),
            ("podwright_build_info{<c>,version=\"0.1.0\"}", "1x150"),
        ],
        fires: 40,
        labels: &["<a>"],
        ended: 75,
    },
    Scenario {
        alert: "CaBundleDiffers",
        series: &[
            ("podwright_certificate_trusted{<a>}", "1x9 0x29 1x20"),
            ("podwright_certificate_trusted{<c>}", "1x60"),
        ],
        fires: 30,
        labels: &["<a>"],
        ended: 50,
    },
    Scenario {
        alert: "NotTrusted",
        series: &[
            ("podwright_handshake_failures_total{<a>,reason=\"rejected\"}", "0x9 2x50"),
            ("podwright_handshake_failures_total{<a>,reason=\"disconnected\"}", "0+1x60"),
        ],
        fires: 15,
        labels: &["<a.pod>,reason=\"rejected\""],
        ended: 30,
    },
    Scenario {
        alert: "NotCalled",
        series: &[
            ("podwright_requests_total{<a>,route=\"pods\",outcome=\"patched\",status=\"200\"}", "5x90 6+1x60"),
            ("podwright_requests_total{<a>,route=\"workloads\",outcome=\"unchanged\",status=\"200\"}", "0+1x150"),
            ("podwright_requests_total{<c>,route=\"pods\",outcome=\"patched\",status=\"200\"}", "0+1x150"),
        ],
        fires: 70,
        labels: &["<a.job>"],
        ended: 100,
    },
    Scenario {
        alert: "Missed",
        series: &[
            ("up{job=\"apiserver\",instance=\"one\"}", "1x80"),
            (
                "apiserver_admission_webhook_fail_open_count{name=\"pods.podwright.dev\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
                "_x19 1x60",
            ),
            (
                "apiserver_admission_webhook_fail_open_count{name=\"web.profiles.podwright.dev\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
                "0x70",
            ),
            (
                "apiserver_admission_webhook_fail_open_count{name=\"pods.example.com\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
                "0+1x70",
            ),
        ],
        fires: 25,
        labels: &["name=\"pods.podwright.dev\""],
        ended: 50,
    },
    // A counter that exists, at two API servers.
    Scenario {
        alert: "Missed",
        series: &[
            (
                "apiserver_admission_webhook_fail_open_count{name=\"web.profiles.podwright.dev\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
                "4x29 6x40",
            ),
            (
                "apiserver_admission_webhook_fail_open_count{name=\"web.profiles.podwright.dev\",type=\"admit\",job=\"apiserver\",instance=\"two\"}",
                "1x29 2x40",
            ),
        ],
        fires: 35,
        labels: &["name=\"web.profiles.podwright.dev\""],
        ended: 60,
    },
    Scenario {
        alert: "Refused",
        series: &[
            ("up{job=\"apiserver\",instance=\"one\"}", "1x80"),
            (
                "apiserver_admission_webhook_rejection_count{name=\"namespaces.podwright.dev\",type=\"admit\",operation=\"CREATE\",error_type=\"calling_webhook_error\",rejection_code=\"0\",job=\"apiserver\",instance=\"one\"}",
                "_x19 3x60",
            ),
            // Denials are podwright's own answers.
            (
                "apiserver_admission_webhook_rejection_count{name=\"pods.podwright.dev\",type=\"admit\",operation=\"CREATE\",error_type=\"no_error\",rejection_code=\"400\",job=\"apiserver\",instance=\"one\"}",
                "0+1x70",
            ),
        ],
        fires: 25,
        labels: &["name=\"namespaces.podwright.dev\""],
        ended: 50,
    },
    Scenario {
        alert: "Crowded",
        series: &[
            ("podwright_connections{<a>,port=\"webhook\"}", "10x9 4000x19 10x30"),
            ("podwright_connections{<b>,port=\"webhook\"}", "10x60"),
        ],
        fires: 20,
        labels: &["<a>,port=\"webhook\""],
        ended: 40,
    },
    Scenario {
        alert: "Crowded",
        series: &[
            ("podwright_request_bodies_in_flight_bytes{<b>,part=\"rest\"}", "0x9 90000000x19 0x30"),
            ("podwright_request_bodies_in_flight_limit_bytes{<b>,part=\"rest\"}", "100663296x60"),
            ("podwright_request_bodies_in_flight_bytes{<a>,part=\"rest\"}", "0x60"),
            ("podwright_request_bodies_in_flight_limit_bytes{<a>,part=\"rest\"}", "100663296x60"),
        ],
        fires: 20,
        labels: &["<b>,part=\"rest\""],
        ended: 40,
    },
    Scenario {
        alert: "NotAccepting",
        series: &[("podwright_accept_errors_total{<a>,port=\"webhook\"}", "0x9 1+1x5 6x50")],
        fires: 14,
        labels: &["<a.pod>"],
        ended: 40,
    },
    Scenario {
        alert: "Failing",
        series: &[
            ("podwright_requests_total{<a>,route=\"pods\",outcome=\"refused\",status=\"503\"}", "0x9 3x50"),
            ("podwright_requests_total{<b>,route=\"pods\",outcome=\"patched\",status=\"200\"}", "0+1x60"),
        ],
        fires: 15,
        labels: &["<a.pod>,status=\"503\""],
        ended: 30,
    },
    Scenario {
        alert: "Misconfigured",
        series: &[
            ("podwright_requests_total{<a>,route=\"namespace\",outcome=\"refused\",status=\"404\"}", "0x9 3x50"),
            ("podwright_requests_total{<c>,route=\"namespace\",outcome=\"patched\",status=\"200\"}", "0+1x60"),
        ],
        fires: 15,
        labels: &["<a.job>,route=\"namespace\",status=\"404\""],
        ended: 30,
    },
    Scenario {
        alert: "Slow",
        series: &[
            ("podwright_request_duration_seconds_bucket{<a>,route=\"pods\",le=\"0.1\"}", "0x60"),
            ("podwright_request_duration_seconds_bucket{<a>,route=\"pods\",le=\"1.0\"}", "0+60x30 1800x40"),
            ("podwright_request_duration_seconds_bucket{<a>,route=\"pods\",le=\"+Inf\"}", "0+60x30 1800x40"),
            ("podwright_request_duration_seconds_bucket{<c>,route=\"pods\",le=\"0.1\"}", "0+60x60"),
            ("podwright_request_duration_seconds_bucket{<c>,route=\"pods\",le=\"+Inf\"}", "0+60x60"),
        ],
        fires: 20,
        labels: &["<a.job>"],
        ended: 45,
    },
    Scenario {
        alert: "Denying",
        series: &[
            ("podwright_requests_total{<a>,route=\"pods\",outcome=\"denied\",status=\"200\"}", "0x9 5+5x5 30x50"),
            ("podwright_requests_total{<c>,route=\"pods\",outcome=\"denied\",status=\"200\"}", "0x9 5x50"),
        ],
        fires: 16,
        labels: &["<a.job>"],
        ended: 40,
    },
    Scenario {
        alert: "ConfigurationStale",
        series: &[
            ("podwright_configuration_stale{<a>}", "0x9 1x19 0x30"),
            ("podwright_configuration_stale{<b>}", "0x60"),
        ],
        fires: 20,
        labels: &["<a>"],
        ended: 40,
    },
    // Two installations may differ.
    Scenario {
        alert: "ConfigurationsDiffer",
        series: &[
            ("podwright_configuration_hash{<a>}", "7x60"),
            ("podwright_configuration_hash{<b>}", "7x9 8x29 7x30"),
            ("podwright_configuration_hash{<c>}", "9x60"),
        ],
        fires: 30,
        labels: &["<a.job>"],
        ended: 50,
    },
    Scenario {
        alert: "CertificateStale",
        series: &[
            ("podwright_certificate_stale{<b>,certificate=\"serving\"}", "0x9 1x19 0x30"),
            ("podwright_certificate_stale{<b>,certificate=\"client_ca\"}", "0x60"),
        ],
        fires: 20,
        labels: &["<b>,certificate=\"serving\""],
        ended: 40,
    },
    Scenario {
        alert: "CertificateNotKept",
        series: &[
            ("podwright_certificate_writes_total{<a>,what=\"leaf\",result=\"failure\"}", "0x9 1+1x20 21x90"),
            ("podwright_certificate_writes_total{<a>,what=\"leaf\",result=\"conflict\"}", "0+1x120"),
        ],
        fires: 30,
        labels: &["<a.job>"],
        ended: 100,
    },
    // The tests' time begins in 1970.
    Scenario {
        alert: "CertificateExpires",
        series: &[
            ("podwright_certificate_expiration_timestamp_seconds{<a>}", "600000x9 2592000x30"),
            ("podwright_certificate_expiration_timestamp_seconds{<b>}", "2592000x40"),
        ],
        fires: 5,
        labels: &["<a>"],
        ended: 20,
    },
];

/// Three hours of two installations with traffic, a rollout and a port scan.
pub(super) const HEALTHY: &[(&str, &str)] = &[
    ("podwright_ready{<a>}", "1x180"),
    // A rollout: this replica stops, and another one of its name is ready three minutes later.
    ("podwright_ready{<b>}", "1x60 0x2 1x117"),
    ("podwright_ready{<c>}", "1x180"),
    ("podwright_build_info{<a>,version=\"0.1.0\"}", "1x180"),
    ("podwright_build_info{<c>,version=\"0.2.0\"}", "1x180"),
    ("process_start_time_seconds{<a>}", "0x180"),
    ("process_start_time_seconds{<c>}", "0x90 5400x90"),
    ("podwright_certificate_trusted{<a>}", "1x180"),
    ("podwright_handshake_failures_total{<a>,reason=\"rejected\"}", "0x180"),
    ("podwright_handshake_failures_total{<a>,reason=\"client_certificate\"}", "0x180"),
    ("podwright_handshake_failures_total{<a>,reason=\"disconnected\"}", "0+1x180"),
    ("podwright_requests_total{<a>,route=\"pods\",outcome=\"patched\",status=\"200\"}", "0+3x180"),
    ("podwright_requests_total{<a>,route=\"pods\",outcome=\"refused\",status=\"503\"}", "0x180"),
    ("podwright_requests_total{<a>,route=\"pods\",outcome=\"denied\",status=\"200\"}", "0x90 4x90"),
    ("podwright_requests_total{<a>,route=\"namespace\",outcome=\"refused\",status=\"404\"}", "0x180"),
    ("podwright_requests_total{<c>,route=\"namespace\",outcome=\"unchanged\",status=\"200\"}", "0+1x180"),
    ("podwright_request_duration_seconds_bucket{<a>,route=\"pods\",le=\"0.1\"}", "0+3x180"),
    ("podwright_request_duration_seconds_bucket{<a>,route=\"pods\",le=\"+Inf\"}", "0+3x180"),
    ("podwright_request_bodies_in_flight_bytes{<a>,part=\"rest\"}", "0x20 90000000x2 0x150"),
    ("podwright_request_bodies_in_flight_limit_bytes{<a>,part=\"rest\"}", "100663296x180"),
    ("podwright_connections{<a>,port=\"webhook\"}", "8x180"),
    ("podwright_accept_errors_total{<a>,port=\"webhook\"}", "0x180"),
    ("podwright_configuration_stale{<a>}", "0x180"),
    ("podwright_configuration_hash{<a>}", "7x60 8x119"),
    ("podwright_configuration_hash{<b>}", "7x62 8x117"),
    ("podwright_configuration_hash{<c>}", "9x180"),
    ("podwright_certificate_stale{<a>,certificate=\"serving\"}", "0x180"),
    ("podwright_certificate_writes_total{<a>,what=\"leaf\",result=\"success\"}", "0x90 1x90"),
    ("podwright_certificate_writes_total{<a>,what=\"leaf\",result=\"failure\"}", "0x90 2x90"),
    ("podwright_certificate_expiration_timestamp_seconds{<a>}", "2592000x180"),
    ("up{job=\"apiserver\",instance=\"one\"}", "1x180"),
    (
        "apiserver_admission_webhook_fail_open_count{name=\"pods.podwright.dev\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
        "2x180",
    ),
    (
        "apiserver_admission_webhook_fail_open_count{name=\"pods.example.com\",type=\"admit\",job=\"apiserver\",instance=\"one\"}",
        "0+1x180",
    ),
    (
        "apiserver_admission_webhook_rejection_count{name=\"pods.podwright.dev\",type=\"admit\",operation=\"CREATE\",error_type=\"calling_webhook_error\",rejection_code=\"0\",job=\"apiserver\",instance=\"one\"}",
        "5x180",
    ),
];
