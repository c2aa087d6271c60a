//! Rules for alerts.
//!
//! A rule on a counter has a window that is longer than the time between two evaluations, and no `for`: a single event would leave
//! the window before it had lasted. A rule on a gauge has `for`, and no window.

/// A rule for Prometheus.
pub struct Alert {
    /// The name without `Podwright`.
    pub name: &'static str,
    /// PromQL.
    pub expression: &'static str,
    /// The time for which the expression must hold, for gauges.
    pub lasting: Option<&'static str>,
    /// The meaning, and the remedy.
    pub meaning: &'static str,
}

/// Metrics of API servers. They alone know the Pods that they created, or refused, without an answer.
pub const OF_API_SERVERS: [&str; 2] =
    ["apiserver_admission_webhook_fail_open_count", "apiserver_admission_webhook_rejection_count"];

/// All alerts.
pub static ALERTS: [Alert; 17] = [
    Alert {
        name: "NotReady",
        expression: "min(podwright_ready) == 0 or absent(podwright_ready)",
        lasting: Some("5m"),
        meaning: "A replica is not ready: API servers do not call it; or there is none that answers Prometheus. \
                  `/readyz?verbose` on its admin port says which check fails. A rollout takes less than five minutes.",
    },
    Alert {
        name: "Restarting",
        expression: "max(changes(process_start_time_seconds[1h]) and on (job, instance) podwright_build_info) > 2",
        lasting: None,
        meaning: "A replica has begun anew three times within an hour. `kubectl describe pod` says how it ended: is the memory limit \
                  too low?",
    },
    Alert {
        name: "NotTrusted",
        expression: "sum(increase(podwright_handshake_failures_total{reason=~\"rejected|client_certificate\"}[10m])) > 0",
        lasting: None,
        meaning: "Connections fail for a certificate: the caBundle of the webhook configuration is not the CA of the one that is \
                  served, or a client has none that is let in. No Pod reaches podwright by such a connection.",
    },
    Alert {
        name: "NotCalled",
        expression: "sum(increase(podwright_requests_total{route=~\"pods|namespace\"}[1h])) == 0 \
                     and sum(podwright_requests_total offset 1h) >= 0",
        lasting: None,
        meaning: "Nothing was asked for an hour, and podwright has been there for that long. In a cluster where Pods are created \
                  all the time, nothing is injected: look at the webhook configuration, its Service, and the network in between.",
    },
    Alert {
        name: "Missed",
        // The counter has no series before the first failure: `unless` finds a series that is new.
        expression: "sum by (name) ((apiserver_admission_webhook_fail_open_count{name=~\"(pods|namespaces)[.]podwright[.]dev\"} unless \
                     apiserver_admission_webhook_fail_open_count offset 15m) or \
                     increase(apiserver_admission_webhook_fail_open_count{name=~\"(pods|namespaces)[.]podwright[.]dev\"}[15m])) > 0",
        lasting: None,
        meaning: "API servers had no answer and went on without one: Pods that asked for podwright were created as they are. \
                  docs/troubleshoot.md finds them. Where Prometheus does not ask the API servers, it never alerts.",
    },
    Alert {
        name: "Refused",
        expression: "sum by (name) ((apiserver_admission_webhook_rejection_count{name=~\"(pods|namespaces)[.]podwright[.]dev\",\
                     error_type=\"calling_webhook_error\"} unless apiserver_admission_webhook_rejection_count offset 15m) or \
                     increase(apiserver_admission_webhook_rejection_count{name=~\"(pods|namespaces)[.]podwright[.]dev\",\
                     error_type=\"calling_webhook_error\"}[15m])) > 0",
        lasting: None,
        meaning: "The same with `strict`: API servers had no answer and refused Pods that asked for podwright. Their controllers \
                  try again.",
    },
    Alert {
        name: "Crowded",
        expression: "max(podwright_request_bodies_in_flight_bytes / podwright_request_bodies_in_flight_limit_bytes) > 0.8 or \
                     max(podwright_connections{port=\"webhook\"}) / 4096 > 0.8",
        lasting: Some("5m"),
        meaning: "Requests are about to be refused for want of memory, or connections are about to wait: run more replicas, or \
                  find out who asks so much.",
    },
    Alert {
        name: "NotAccepting",
        expression: "sum(increase(podwright_accept_errors_total[15m])) > 0",
        lasting: None,
        meaning: "Connections could not be accepted, most likely for want of file descriptors. The log has the error.",
    },
    Alert {
        name: "Failing",
        expression: "sum(increase(podwright_requests_total{status=~\"5..\"}[10m])) > 0",
        lasting: None,
        meaning: "Reviews are not answered, by podwright's fault or for want of room; the failurePolicy decides about those Pods. \
                  The log says which.",
    },
    Alert {
        name: "Misconfigured",
        expression: "sum by (route, status) (increase(podwright_requests_total{outcome=\"refused\",status=~\"4..\"}[10m])) > 0",
        lasting: None,
        meaning: "Something calls podwright wrongly: an unknown profile (404), another version of the API (400), a body that is too \
                  large and has no uid (413), or a body that does not arrive (408).",
    },
    Alert {
        name: "Slow",
        expression: "histogram_quantile(0.99, sum by (le) (rate(podwright_request_duration_seconds_bucket{route!=\"other\"}[5m]))) > \
                     0.1",
        lasting: Some("5m"),
        meaning: "One review in a hundred takes more than 100 ms, which the creation of a Pod waits for. Is the CPU limit too low?",
    },
    Alert {
        name: "Denying",
        expression: "sum(increase(podwright_requests_total{outcome=\"denied\"}[15m])) > 10",
        lasting: None,
        meaning: "Pods are denied for their annotations: a rollout is likely to be stuck. The events of their owners say why.",
    },
    Alert {
        name: "ConfigurationStale",
        expression: "max(podwright_configuration_stale) == 1",
        lasting: Some("5m"),
        meaning: "A change of the configuration was refused. `/readyz?verbose` and the log have the first line that is wrong.",
    },
    Alert {
        name: "ConfigurationsDiffer",
        expression: "max(podwright_configuration_hash) != min(podwright_configuration_hash)",
        lasting: Some("15m"),
        meaning: "Replicas have different configurations in force, so that it is chance which one a Pod meets. Kubelets bring a \
                  changed ConfigMap within minutes; a replica that refused it is stale; a `subPath` mount never changes.",
    },
    Alert {
        name: "CertificateStale",
        expression: "max by (certificate) (podwright_certificate_stale) == 1",
        lasting: Some("5m"),
        meaning: "A new certificate was refused, and the one before it stays in force to its end. `/readyz?verbose` and the log say \
                  why.",
    },
    Alert {
        name: "CertificateNotKept",
        expression: "sum(increase(podwright_certificate_writes_total{result=\"failure\"}[1h])) > 10",
        lasting: None,
        meaning: "The Secret or the caBundle cannot be written: nothing is renewed, and there are ten days at least until that \
                  hurts. The log has the API server's answer; `podwright certs status` shows the rest.",
    },
    Alert {
        name: "CertificateExpires",
        expression: "min(podwright_certificate_expiration_timestamp_seconds) - time() < 7 * 24 * 3600",
        lasting: None,
        meaning: "In less than a week the API server will refuse to talk to podwright.",
    },
];
