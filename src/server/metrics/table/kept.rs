//! Of the certificates that a cluster keeps.

use super::{Kind, Metric};

/// What was written.
pub static RENEWALS: Metric = Metric {
    name: "certificate_writes",
    unit: None,
    kind: Kind::Counter,
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
};
/// Whether the API server accepts what is served.
pub static TRUSTED: Metric = Metric {
    name: "certificate_trusted",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "1 while the serving certificate verifies under the caBundle of every webhook configuration, else 0; with --tls-secret alone",
    question: "Does the API server accept the certificate?",
};
