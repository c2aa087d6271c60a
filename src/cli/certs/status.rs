//! `podwright certs status`: the certificates of a cluster, the bundles that trust them, and the renewal schedule.
//!
//! Reads with the user's own rights and never writes. Never here: a key.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use clap_complete::engine::ArgValueCandidates;

use super::entries::{Entries, FILE};
use crate::cert::rotation::{SecretData, StoredCertificates, renewal_time};
use crate::cert::{Certificate, Name, written};
use crate::cli::error::{Error, WRONG};
use crate::cli::io::candidates::contexts;
use crate::cli::io::output::print;
use crate::cluster::{Cluster, ClusterChoice, ConfigurationWebhooks, Error as ClusterError, ObjectNames, Webhook};

/// Show a cluster's certificates, trust bundles and renewal schedule
///
/// Reads the Secret, the webhook configurations and the ConfigMap with your rights. Never prints a key. Also compares the webhook
/// entries with the profiles of the configuration; it does not read Namespaces.
///
/// Exit codes: 0 all certificates are valid and trusted, and each entry's profile exists; 1 there is a problem.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Check the current cluster of kubectl
  podwright certs status

  # Check another cluster
  podwright certs status --context production
  podwright certs status --kubeconfig ~/.kube/production")]
pub(super) struct Status {
    /// kubeconfig file [default: KUBECONFIG, then ~/.kube/config, then the Pod's ServiceAccount]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig file [default: its current context]
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(contexts))]
    context: Option<String>,

    /// Namespace of the Secret and the Service
    #[arg(long, value_name = "NAME", default_value = "podwright-system")]
    namespace: String,

    /// Secret with the certificates
    #[arg(long, value_name = "NAME", default_value = "podwright-tls")]
    tls_secret: String,

    /// Service that the API server calls
    #[arg(long, value_name = "NAME", default_value = "podwright")]
    service: String,

    /// Name of the mutating and the validating webhook configuration
    #[arg(long, value_name = "NAME", default_value = "00-podwright")]
    webhook_configuration: String,

    /// ConfigMap with the configuration file
    #[arg(long, value_name = "NAME", default_value = "podwright")]
    config_map: String,
}

/// The objects that the command reads.
struct ClusterObjects {
    secret: String,
    data: Option<SecretData>,
    configurations: Vec<ConfigurationWebhooks>,
    /// Namespace and name of the ConfigMap.
    config_map: String,
    /// The configuration file in it.
    file: Result<Option<String>, ClusterError>,
    names: Vec<Name>,
    now: SystemTime,
}

/// The text to print, and the problems after it.
#[derive(Default)]
struct StatusReport {
    text: String,
    problems: Vec<String>,
}

impl Status {
    /// Reads the cluster's objects and prints their state.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let StatusReport { mut text, problems } = runtime.block_on(self.read())?.report();
        for problem in &problems {
            let _ = writeln!(text, "problem: {problem}");
        }
        print(&text)?;
        Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WRONG) })
    }

    async fn read(self) -> Result<ClusterObjects, Error> {
        let names = ObjectNames {
            namespace: Some(self.namespace),
            secret: self.tls_secret,
            configuration: self.webhook_configuration,
        };
        let choice = ClusterChoice { kubeconfig: self.kubeconfig, context: self.context, ..ClusterChoice::default() };
        ClusterObjects::read(choice, names, (&self.service, &self.config_map)).await
    }
}

/// Returns the problems of an installation's certificates for `podwright check`; nothing if the user may not read them.
pub(in crate::cli) async fn problems(choice: ClusterChoice, names: ObjectNames, service: &str) -> Option<Vec<String>> {
    let mut objects = ClusterObjects::read(choice, names, (service, "podwright")).await.ok()?;
    // `check` compares the entries with the profiles itself, also of another ConfigMap.
    objects.file = Ok(None);
    Some(objects.report().problems)
}

impl ClusterObjects {
    async fn read(
        choice: ClusterChoice,
        names: ObjectNames,
        (service, config_map): (&str, &str),
    ) -> Result<Self, Error> {
        let namespace = names.namespace.clone().unwrap_or_default();
        let name = format!("{service}.{namespace}.svc").parse::<Name>()?;
        let secret = format!("Secret {namespace}/{}", names.secret);
        let cluster = Cluster::choose(choice, names).await?;
        let (data, configurations) = (cluster.secret().await?, cluster.configurations().await?);
        let file = cluster.config_map_field(config_map, FILE).await;
        let config_map = format!("{}/{config_map}", cluster.namespace());
        let (names, now) = (vec![name], SystemTime::now());
        Ok(Self { secret, data, configurations, config_map, file, names, now })
    }

    fn report(&self) -> StatusReport {
        let mut report = StatusReport::default();
        let stored = self.data.as_ref().map(|data| StoredCertificates::read(data, &self.names, self.now));
        match &stored {
            Some(stored) => report.secret(&self.secret, stored),
            None => report.problems.push(format!(
                "{} does not exist, and podwright does not create it; apply podwright's manifests or chart again, which contain it without data",
                self.secret
            )),
        }
        for configuration in &self.configurations {
            report.configuration(configuration, stored.as_ref(), self.now);
        }
        let Self { config_map, file, configurations, .. } = self;
        let entries = Entries { config_map, file, configurations }.report();
        entries.lines.iter().for_each(|line| report.line(line));
        report.problems.extend(entries.problems);
        stored.iter().for_each(|stored| report.schedule(stored));
        report
    }
}

impl StatusReport {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn secret(&mut self, name: &str, stored: &StoredCertificates) {
        self.line(name);
        match &stored.ca {
            Ok(ca) => self.line(&format!("  CA: {}", described(ca))),
            Err(problem) => self.problems.push(format!("{name}: {problem}")),
        }
        match &stored.serving {
            Ok(serving) => {
                self.line(&format!("  serving certificate: {}", described(&serving.certificate)));
            }
            // Without a usable CA, only the CA's problem counts.
            Err(problem) if stored.ca.is_ok() => self.problems.push(format!("{name}: {problem}")),
            Err(_) => {}
        }
        self.signer(name, stored);
        match &stored.next_ca {
            Some(Ok(next)) => self.line(&format!("  next CA: {}", described(next))),
            Some(Err(problem)) => self.problems.push(format!("{name}: {problem}")),
            None => {}
        }
        for previous in &stored.previous {
            let (end, ca) = (written(previous.needed_until), described(&previous.certificate));
            self.line(&format!("  previous CA, needed until {end}: {ca}"));
        }
    }

    /// If the CA cannot sign, any replica creates the next CA at once. So a missing next CA means that no replica is running.
    fn signer(&mut self, name: &str, stored: &StoredCertificates) {
        let (Ok(_), Err(problem)) = (&stored.ca, stored.check_signer()) else { return };
        match &stored.next_ca {
            Some(Ok(_)) => self.line(&format!("  the CA cannot sign ({problem}); the next CA will replace it")),
            _ => self.problems.push(format!(
                "{name}: the CA cannot sign ({problem}) and there is no next CA, so no replica is renewing certificates. A \
                 ready replica creates the next CA within seconds; check `kubectl get pods` and `kubectl logs` in its \
                 Namespace"
            )),
        }
    }

    fn configuration(
        &mut self,
        ConfigurationWebhooks { configuration: name, webhooks }: &ConfigurationWebhooks,
        stored: Option<&StoredCertificates>,
        now: SystemTime,
    ) {
        self.line(name);
        let Some(webhooks) = webhooks else {
            self.problems.push(format!(
                "{name} does not exist, so the API server sends nothing to podwright through it; apply the manifests"
            ));
            return;
        };
        let serving = stored.and_then(|stored| stored.serving.as_ref().ok());
        for Webhook { name: webhook, ca_bundle, .. } in webhooks {
            let bundle = Certificate::all_of(ca_bundle);
            self.line(&format!("  {webhook} trusts: {}", roles(&bundle, stored)));
            // Without a serving certificate, report only that problem.
            let Some(serving) = serving else { continue };
            let verifies = |ca: &Certificate| ca.is_valid(now) && serving.certificate.is_signed_by(ca);
            if !bundle.iter().any(verifies) {
                self.problems
                    .push(format!("{name}: the caBundle of {webhook} does not verify the serving certificate, so the API server cannot call it"));
            }
        }
    }

    fn schedule(&mut self, stored: &StoredCertificates) {
        let mut moments = Vec::new();
        if let Ok(serving) = &stored.serving {
            let certificate = &serving.certificate;
            moments.push((renewal_time(certificate), "podwright issues a new serving certificate"));
            moments.push((certificate.not_after(), "the current serving certificate expires, if not renewed before"));
        }
        match (&stored.ca, &stored.next_ca) {
            (Ok(_), Some(Ok(_))) => {
                self.line("  now: the next CA becomes the CA after it has been in every bundle for ten seconds");
            }
            (Ok(ca), _) => {
                moments.push((renewal_time(ca), "podwright creates the next CA and adds it to every bundle"));
            }
            _ => {}
        }
        let left = "podwright removes a previous CA from every bundle";
        moments.extend(stored.previous.iter().map(|previous| (previous.needed_until, left)));
        moments.sort();
        self.line("Schedule");
        for (moment, event) in moments {
            self.line(&format!("  {}  {event}", written(moment)));
        }
    }
}

/// Describes a certificate by its names or its subject, and its validity.
fn described(certificate: &Certificate) -> String {
    let names: Vec<String> = certificate.names().iter().map(ToString::to_string).collect();
    let names = if names.is_empty() { certificate.subject().to_owned() } else { names.join(", ") };
    format!("{names}; from {} until {}", written(certificate.not_before()), written(certificate.not_after()))
}

/// Lists the roles of the CAs in a bundle.
fn roles(bundle: &[Certificate], stored: Option<&StoredCertificates>) -> String {
    let role = |ca: &Certificate| match stored {
        Some(stored) if stored.ca.as_ref() == Ok(ca) => "CA".to_owned(),
        Some(StoredCertificates { next_ca: Some(Ok(next)), .. }) if next == ca => "next CA".to_owned(),
        Some(stored) if stored.previous.iter().any(|previous| previous.certificate == *ca) => "previous CA".to_owned(),
        _ => format!("unknown CA ({}, until {})", ca.subject(), written(ca.not_after())),
    };
    let roles: Vec<String> = bundle.iter().map(role).collect();
    if roles.is_empty() { "nothing (its caBundle is empty)".to_owned() } else { roles.join(", ") }
}
