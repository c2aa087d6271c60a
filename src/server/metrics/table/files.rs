//! The configuration and the certificates, from files or a cluster.

use super::metric::{COUNTER, GAUGE, Label, Metric, SECONDS};

const CERTIFICATE: Label = (
    "certificate",
    "`serving` (`--tls-cert-file` and `--tls-private-key-file`, as a pair), `client_ca` (`--client-ca-file`)",
);

pub(in crate::server) static RELOADS: Metric = Metric {
    name: "configuration_reloads",
    labels: &[("result", "`success` (in force now), `failure` (refused; the version before it stays in force)")],
    help: "New versions of the configuration file that were seen since the start, by whether they could be used",
    question: "Did my change of the configuration arrive?",
    ..COUNTER
};
pub(in crate::server) static STALE: Metric = Metric {
    name: "configuration_stale",
    help: "1 while the configuration file cannot be used and an earlier version of it is in force, else 0",
    question: "Is the configuration in force the one in the file?",
    ..GAUGE
};
pub(in crate::server) static HASH: Metric = Metric {
    name: "configuration_hash",
    help: "The first twelve digits of the SHA-256 of the configuration file that is in force, as a number; 0 for the built-in one",
    question: "Is the same configuration in force on all replicas, and is it mine?",
    ..GAUGE
};
pub(in crate::server) static CERTIFICATE_RELOADS: Metric = Metric {
    name: "certificate_reloads",
    labels: &[
        CERTIFICATE,
        (
            "result",
            "`success` (in force for every new connection), `failure` (refused; the one before it stays in force)",
        ),
    ],
    help: "New certificates that were seen in their files since the start, by whether they could be used",
    question: "Did the renewed certificate arrive?",
    ..COUNTER
};
pub(in crate::server) static CERTIFICATE_STALE: Metric = Metric {
    name: "certificate_stale",
    labels: &[CERTIFICATE],
    help: "1 while the files hold what cannot be used and what they held before is in force, else 0",
    question: "Is the certificate in force the one in the files?",
    ..GAUGE
};
/// Writes of the Secret and the caBundle.
pub static RENEWALS: Metric = Metric {
    name: "certificate_writes",
    labels: &[
        (
            "what",
            "`begin` (a CA and a certificate, where there was no CA), `leaf` (a certificate), `next_ca` (a CA that is to \
             follow), `ca` (that one signs from now on), `tidy` (what is of no use any more goes), `restore` (the Secret as it \
             was), `ca_bundle` (a webhook configuration)",
        ),
        ("result", "`success`, `conflict` (another replica was faster), `failure` (not reached, or not allowed)"),
    ],
    help: "Writes of this replica to the Secret and the caBundle, with --tls-secret",
    question: "Are the certificates renewed, and may they be written?",
    ..COUNTER
};
/// The acceptance of the certificate by API servers.
pub static TRUSTED: Metric = Metric {
    name: "certificate_trusted",
    help: "1 while the serving certificate verifies under the caBundle of every webhook configuration, else 0; with --tls-secret alone",
    question: "Does the API server accept the certificate?",
    ..GAUGE
};
pub(in crate::server) static EXPIRATION: Metric = Metric {
    name: "certificate_expiration_timestamp",
    unit: SECONDS,
    help: "When the serving certificate expires, in seconds since 1970-01-01 UTC",
    question: "Until when does the API server accept the certificate?",
    ..GAUGE
};
