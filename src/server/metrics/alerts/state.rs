//! Alerts about the configuration and the certificates in use.

use super::{Alert, Severity};

pub(super) static CONFIGURATION_STALE: Alert = Alert {
    name: "ConfigurationStale",
    expression: "podwright_configuration_stale == 1",
    lasting: Some("5m"),
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} refused a new configuration.",
    description: "The replica refused a new version of the configuration file, and the previous one stays in use.",
    steps: &[
        "Read the reason in `/readyz?verbose` or the log.",
        "Correct the file, check it with `podwright config check`, and apply the ConfigMap again.",
    ],
};

pub(super) static CONFIGURATIONS_DIFFER: Alert = Alert {
    name: "ConfigurationsDiffer",
    expression: "max by (cluster, namespace, job) (podwright_configuration_hash)\n\
                 != min by (cluster, namespace, job) (podwright_configuration_hash)",
    lasting: Some("15m"),
    severity: Severity::Warning,
    summary: "Replicas of podwright in {{ $labels.namespace }} use different configurations.",
    description: "Replicas use different configurations, so the result for a Pod depends on the replica. A kubelet updates \
                  a changed ConfigMap within minutes.",
    steps: &[
        "Look for a replica that refused the new version: [PodwrightConfigurationStale](#podwrightconfigurationstale).",
        "Look for a `subPath` mount, which never changes.",
    ],
};

pub(super) static CERTIFICATE_STALE: Alert = Alert {
    name: "CertificateStale",
    expression: "podwright_certificate_stale == 1",
    lasting: Some("5m"),
    severity: Severity::Warning,
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} refused a new certificate ({{ $labels.certificate }}).",
    description: "The replica refused a new certificate, and the previous one stays in use until it expires.",
    steps: &["Read the reason in `/readyz?verbose` or the log.", "Correct the files before the previous one expires."],
};

pub(super) static CERTIFICATE_NOT_KEPT: Alert = Alert {
    name: "CertificateNotKept",
    expression: "sum by (cluster, namespace, job) (\n  \
                 increase(podwright_certificate_writes_total{result=\"failure\"}[1h])\n) > 10",
    lasting: None,
    severity: Severity::Warning,
    summary: "podwright in {{ $labels.namespace }} cannot renew its certificates.",
    description: "podwright cannot write the Secret or the caBundle, so it renews nothing. The certificates are valid for at \
                  least ten more days.",
    steps: &[
        "Read the API server's answer in the log, and run `podwright certs status`.",
        "If a permission is missing, apply the manifests or upgrade the release again.",
    ],
};

pub(super) static CERTIFICATE_EXPIRES: Alert = Alert {
    name: "CertificateExpires",
    expression: "podwright_certificate_expiration_timestamp_seconds - time() < 7 * 24 * 3600",
    lasting: None,
    severity: Severity::Critical,
    summary: "The certificate of {{ $labels.namespace }}/{{ $labels.pod }} expires in less than a week.",
    description: "The serving certificate expires in less than a week. After that, API servers refuse to call podwright.",
    steps: &[
        "With podwright's own certificates, see [PodwrightCertificateNotKept](#podwrightcertificatenotkept).",
        "With certificates from cert-manager or another source, find out why they are not renewed: `kubectl get \
         certificates --namespace podwright-system`.",
        "If your certificates are valid for less than a week, change the rule.",
    ],
};
