//! `podwright certs status`: the certificates of a cluster, the bundles that trust them, and the schedule of their renewal.
//!
//! Reads with the user's own rights, and never writes. Never here: a key.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;

use crate::cert::rotation::{SecretData, StoredCertificates, renewal_time};
use crate::cert::{Certificate, Name, written};
use crate::cli::error::{Error, WRONG};
use crate::cli::io::output::print;
use crate::cluster::{Cluster, ConfigurationWebhooks, ObjectNames, Webhook};

/// Show the certificates that a cluster keeps, who trusts them, and what happens when
///
/// The exit code is 1 where something is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # In the cluster that kubectl talks to
  podwright certs status

  # In another one
  podwright certs status --kubeconfig ~/.kube/production")]
pub(super) struct Status {
    /// The cluster and who asks, as kubectl reads it [default: KUBECONFIG, ~/.kube/config, the Pod's own]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// The namespace of the Secret and the Service
    #[arg(long, value_name = "NAME", default_value = "podwright-system")]
    namespace: String,

    /// The Secret
    #[arg(long, value_name = "NAME", default_value = "podwright-tls")]
    tls_secret: String,

    /// The Service that the API server calls
    #[arg(long, value_name = "NAME", default_value = "podwright")]
    service: String,

    /// The webhook configurations, mutating and validating
    #[arg(long, value_name = "NAME", default_value = "00-podwright")]
    webhook_configuration: String,
}

/// The objects that the command read.
struct ClusterObjects {
    secret: String,
    data: Option<SecretData>,
    configurations: Vec<ConfigurationWebhooks>,
    names: Vec<Name>,
    now: SystemTime,
}

/// The text to print, and the problems that follow it.
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
            let _ = writeln!(text, "wrong: {problem}");
        }
        print(&text)?;
        Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WRONG) })
    }

    async fn read(self) -> Result<ClusterObjects, Error> {
        let name = format!("{}.{}.svc", self.service, self.namespace).parse::<Name>()?;
        let secret = format!("Secret {}/{}", self.namespace, self.tls_secret);
        let names = ObjectNames {
            namespace: Some(self.namespace),
            secret: self.tls_secret,
            configuration: self.webhook_configuration,
        };
        let cluster = match &self.kubeconfig {
            Some(path) => Cluster::from_kubeconfig(path, names).await?,
            None => Cluster::infer(names).await?,
        };
        let (data, configurations) = (cluster.secret().await?, cluster.configurations().await?);
        Ok(ClusterObjects { secret, data, configurations, names: vec![name], now: SystemTime::now() })
    }
}

impl ClusterObjects {
    fn report(&self) -> StatusReport {
        let mut report = StatusReport::default();
        let stored = self.data.as_ref().map(|data| StoredCertificates::read(data, &self.names, self.now));
        match &stored {
            Some(stored) => report.secret(&self.secret, stored),
            None => report.problems.push(format!(
                "{} is not there: podwright does not create it; apply manifests/secret.yaml",
                self.secret
            )),
        }
        for configuration in &self.configurations {
            report.configuration(configuration, stored.as_ref(), self.now);
        }
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
            Ok(ca) => self.line(&format!("  the CA: {}", described(ca))),
            Err(problem) => self.problems.push(format!("{name}: {problem}")),
        }
        match &stored.serving {
            Ok(serving) => {
                self.line(&format!("  the serving certificate, signed by it: {}", described(&serving.certificate)));
            }
            // Without a CA there is nothing else to say of a certificate that it would have signed.
            Err(problem) if stored.ca.is_ok() => self.problems.push(format!("{name}: {problem}")),
            Err(_) => {}
        }
        self.signer(name, stored);
        match &stored.next_ca {
            Some(Ok(next)) => self.line(&format!("  the CA that is to follow: {}", described(next))),
            Some(Err(problem)) => self.problems.push(format!("{name}: {problem}")),
            None => {}
        }
        for previous in &stored.previous {
            let (end, ca) = (written(previous.needed_until), described(&previous.certificate));
            self.line(&format!("  a CA that was, whose last certificate ends {end}: {ca}"));
        }
    }

    /// Any replica creates the next CA at once where the CA cannot sign. Without one, no replica is running.
    fn signer(&mut self, name: &str, stored: &StoredCertificates) {
        let (Ok(_), Err(problem)) = (&stored.ca, stored.check_signer()) else { return };
        match &stored.next_ca {
            Some(Ok(_)) => self.line(&format!("  the CA cannot sign ({problem}), so another one follows it")),
            _ => self.problems.push(format!(
                "{name}: the CA cannot sign ({problem}), and no CA is there that is to follow: no replica renews anything. \
                 Expected a ready one, which makes that CA within seconds; `kubectl get pods` and `kubectl logs` in its \
                 Namespace say why there is none"
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
            self.problems.push(format!("{name} is not there: nothing is sent to podwright by it"));
            return;
        };
        let serving = stored.and_then(|stored| stored.serving.as_ref().ok());
        for Webhook { name: webhook, ca_bundle } in webhooks {
            let bundle = Certificate::all_of(ca_bundle);
            self.line(&format!("  {webhook} trusts {}", roles(&bundle, stored)));
            // Without a serving certificate, the problem is that one and not the bundle.
            let Some(serving) = serving else { continue };
            let verifies = |ca: &Certificate| ca.is_valid(now) && serving.certificate.is_signed_by(ca);
            if !bundle.iter().any(verifies) {
                self.problems
                    .push(format!("{name}: the caBundle of {webhook} does not verify the serving certificate"));
            }
        }
    }

    fn schedule(&mut self, stored: &StoredCertificates) {
        let mut moments = Vec::new();
        if let Ok(serving) = &stored.serving {
            let certificate = &serving.certificate;
            moments.push((renewal_time(certificate), "a new serving certificate is made"));
            moments.push((certificate.not_after(), "the serving certificate ends, where nothing was done before"));
        }
        match (&stored.ca, &stored.next_ca) {
            (Ok(_), Some(Ok(_))) => {
                self.line("  now: the CA that is to follow signs as soon as every bundle has had it for ten seconds");
            }
            (Ok(ca), _) => {
                moments.push((renewal_time(ca), "a CA is made that is to follow, and added to every bundle"));
            }
            _ => {}
        }
        let left = "a CA that was leaves the bundles";
        moments.extend(stored.previous.iter().map(|previous| (previous.needed_until, left)));
        moments.sort();
        self.line("What happens when");
        for (moment, what) in moments {
            self.line(&format!("  {}  {what}", written(moment)));
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
        Some(stored) if stored.ca.as_ref() == Ok(ca) => "the CA".to_owned(),
        Some(StoredCertificates { next_ca: Some(Ok(next)), .. }) if next == ca => "the CA that is to follow".to_owned(),
        Some(stored) if stored.previous.iter().any(|previous| previous.certificate == *ca) => {
            "a CA that was".to_owned()
        }
        _ => format!("another one ({}, until {})", ca.subject(), written(ca.not_after())),
    };
    let roles: Vec<String> = bundle.iter().map(role).collect();
    if roles.is_empty() { "nobody: its caBundle is empty".to_owned() } else { roles.join(", ") }
}
