//! Alerts about reviews that never reach podwright.

use super::{Alert, Severity};

pub(super) static DOWN: Alert = Alert {
    name: "Down",
    expression: "sum by (cluster, namespace, job) (podwright_ready) == 0\n\
                 or (\n  group by (cluster, namespace, job) (present_over_time(podwright_ready[6h]))\n  \
                 unless group by (cluster, namespace, job) (podwright_ready)\n)",
    lasting: Some("5m"),
    severity: Severity::Critical,
    summary: "No replica of podwright is ready in {{ $labels.namespace }}.",
    description: "No replica is ready, or none answers Prometheus any more. API servers create opted-in Pods without \
                  podwright or, with `strict`, refuse them.",
    steps: &[
        "See the replicas: `kubectl get pods --namespace podwright-system`. If there are none, look at the events of \
         the Deployment's ReplicaSet.",
        "For replicas that run and are not ready, see [PodwrightNotReady](#podwrightnotready).",
        "If all replicas are ready, Prometheus does not reach them. Check the PodMonitor, its labels and the network \
         policy.",
        "If you removed podwright, the alert ends after six hours.",
    ],
};

pub(super) static ABSENT: Alert = Alert {
    name: "Absent",
    expression: "absent(podwright_ready) unless on () present_over_time(podwright_ready[6h])",
    lasting: Some("5m"),
    severity: Severity::Critical,
    summary: "Prometheus has no data from podwright.",
    description: "Prometheus has not scraped podwright for six hours, so no other alert of podwright can fire.",
    steps: &[
        "See the replicas: `kubectl get pods --namespace podwright-system`.",
        "See the targets of Prometheus. If there is none for podwright, check that your Prometheus selects the \
         PodMonitor by its labels, as in [operate.md](operate.md#labels-that-prometheus-selects).",
        "If podwright's target is down, check the network policy.",
    ],
};

pub(super) static NOT_READY: Alert = Alert {
    name: "NotReady",
    expression: "podwright_ready == 0",
    lasting: Some("5m"),
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is not ready.",
    description: "The replica is not ready, so API servers do not call it. A rollout takes less than five minutes.",
    steps: &[
        "Open `/readyz?verbose` on the replica's admin port to see the failing check, as in \
         [operate.md](operate.md#health).",
        "If the check is `certificate`, run `podwright certs status`.",
    ],
};

pub(super) static RESTARTING: Alert = Alert {
    name: "Restarting",
    expression: "changes(process_start_time_seconds[1h]) > 2\n\
                 and on (cluster, namespace, job, pod, instance) podwright_build_info",
    lasting: None,
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} restarts again and again.",
    description: "The replica has restarted three times within an hour.",
    steps: &[
        "Run `kubectl describe pod` to see how it ended. `OOMKilled` means that the memory limit is too low.",
        "Read the log of the previous container: `kubectl logs --previous`.",
    ],
};

pub(super) static CA_BUNDLE_DIFFERS: Alert = Alert {
    name: "CaBundleDiffers",
    expression: "podwright_certificate_trusted == 0",
    lasting: Some("10m"),
    severity: Severity::Critical,
    summary: "The caBundle does not verify the certificate of {{ $labels.namespace }}/{{ $labels.pod }}.",
    description: "The caBundle of a webhook configuration does not verify the replica's serving certificate, so API servers \
                  cannot call it.",
    steps: &[
        "Run `podwright certs status`. It names the webhook configuration and the difference.",
        "Find the tool that writes the `caBundle`, such as a GitOps controller, and let it ignore the field.",
        "If nothing else writes it, read podwright's log for an answer of the API server.",
    ],
};

pub(super) static NOT_TRUSTED: Alert = Alert {
    name: "NotTrusted",
    expression: "sum by (cluster, namespace, job, pod, reason) (\n  \
                 increase(podwright_handshake_failures_total{reason=~\"rejected|client_certificate\"}[10m])\n) > 0",
    lasting: None,
    severity: Severity::Warning,
    summary: "TLS handshakes with {{ $labels.namespace }}/{{ $labels.pod }} fail: {{ $labels.reason }}.",
    description: "TLS handshakes fail because of a certificate. If the client is an API server, its reviews do not reach \
                  podwright.",
    steps: &[
        "With the reason `rejected`, check that the `caBundle` of the webhook configuration has the CA of the serving \
         certificate: `podwright certs status`.",
        "With `client_certificate`, compare the client's certificate with `--client-ca-file`.",
        "The log names the address of each client.",
    ],
};

pub(super) static NOT_CALLED: Alert = Alert {
    name: "NotCalled",
    expression: "sum by (cluster, namespace, job) (increase(podwright_requests_total{route=~\"pods|namespace\"}[1h])) == 0\n\
                 and sum by (cluster, namespace, job) (podwright_requests_total offset 1h) >= 0",
    lasting: None,
    severity: Severity::Info,
    summary: "podwright in {{ $labels.namespace }} has received no review for an hour.",
    description: "podwright has run for an hour and received no review. If opted-in Pods were created in that time, \
                  podwright injected nothing.",
    steps: &[
        "Create a Pod that opted in, as a test: `kubectl run test --image=registry.k8s.io/pause:3.10 \
         --annotations=podwright.dev/inject=true --dry-run=server --output=yaml`.",
        "If it has no annotation `podwright.dev/status`, check the webhook configuration, its Service, and the network in \
         between. See [troubleshoot.md](troubleshoot.md).",
    ],
};

// A counter of an API server has no series before its first count, so `increase` misses that one. The part with `unless`
// adds it, but only if Prometheus knew the API server before: otherwise old counts would fire as Prometheus starts.
pub(super) static MISSED: Alert = Alert {
    name: "Missed",
    expression: "sum by (cluster, name) (\n  \
                 (\n    apiserver_admission_webhook_fail_open_count{name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\"}\n    \
                 unless apiserver_admission_webhook_fail_open_count offset 15m\n    \
                 and on (cluster, job, instance) up offset 15m\n  )\n  \
                 or increase(apiserver_admission_webhook_fail_open_count{name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\"}[15m])\n) > 0",
    lasting: None,
    severity: Severity::Warning,
    summary: "Pods were created without podwright: {{ $labels.name }} did not answer.",
    description: "API servers got no answer from podwright and created opted-in Pods without it. This alert works only if \
                  Prometheus scrapes the API servers.",
    steps: &[
        "List the Pods with `podwright inventory -A`, and restart their workloads ([inventory.md](inventory.md#bring-the-pods-up-to-date)).",
        "Find the reason in the API server's log, in the line with the webhook's name and `failing open`.",
    ],
};

pub(super) static REFUSED: Alert = Alert {
    name: "Refused",
    expression: "sum by (cluster, name) (\n  \
                 (\n    apiserver_admission_webhook_rejection_count{name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\",error_type=\"calling_webhook_error\"}\n    \
                 unless apiserver_admission_webhook_rejection_count offset 15m\n    \
                 and on (cluster, job, instance) up offset 15m\n  )\n  \
                 or increase(apiserver_admission_webhook_rejection_count{name=~\"(pods|namespaces|[^.]+[.]profiles)[.]podwright[.]dev\",error_type=\"calling_webhook_error\"}[15m])\n) > 0",
    lasting: None,
    severity: Severity::Critical,
    summary: "Pods are refused: {{ $labels.name }} does not answer.",
    description: "API servers got no answer from podwright and, with `strict`, refused opted-in Pods. Their controllers try \
                  again. This alert works only if Prometheus scrapes the API servers.",
    steps: &[
        "Read the reason in the events of the Pods' owners: `failed calling webhook`.",
        "If podwright cannot be repaired at once, [switch it off](operate.md#switch-podwright-off-at-once).",
    ],
};
