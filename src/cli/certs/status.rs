//! `podwright certs status`: what a cluster keeps, who trusts it, and what happens when.
//!
//! Read with the rights of whoever asks, and never changed. Never here: a key.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;

use super::super::{Error, WRONG, print};
use crate::cert::keeper::{Data, Found, due};
use crate::cert::{Certificate, Name, written};
use crate::cluster::{Cluster, Entry, Place};

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

/// What was read.
struct Kept {
    secret: String,
    data: Option<Data>,
    configurations: Vec<(String, Option<Vec<Entry>>)>,
    names: Vec<Name>,
    now: SystemTime,
}

/// What there is to say, and what of it is wrong.
#[derive(Default)]
struct Account {
    text: String,
    wrong: Vec<String>,
}

impl Status {
    /// Looks, and says what is there.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let Account { mut text, wrong } = runtime.block_on(self.look())?.account();
        for problem in &wrong {
            let _ = writeln!(text, "wrong: {problem}");
        }
        print(&text)?;
        Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WRONG) })
    }

    async fn look(self) -> Result<Kept, Error> {
        let name = format!("{}.{}.svc", self.service, self.namespace).parse::<Name>()?;
        let secret = format!("Secret {}/{}", self.namespace, self.tls_secret);
        let place = Place {
            namespace: Some(self.namespace),
            secret: self.tls_secret,
            configuration: self.webhook_configuration,
        };
        let cluster = match &self.kubeconfig {
            Some(path) => Cluster::from_kubeconfig(path, place).await?,
            None => Cluster::infer(place).await?,
        };
        let (data, configurations) = (cluster.secret().await?, cluster.configurations().await?);
        Ok(Kept { secret, data, configurations, names: vec![name], now: SystemTime::now() })
    }
}

impl Kept {
    fn account(&self) -> Account {
        let mut account = Account::default();
        let found = self.data.as_ref().map(|data| Found::read(data, &self.names, self.now));
        match &found {
            Some(found) => account.secret(&self.secret, found),
            None => account.wrong.push(format!(
                "{} is not there: podwright does not create it; apply manifests/secret.yaml",
                self.secret
            )),
        }
        for (name, entries) in &self.configurations {
            account.configuration(name, (entries.as_deref(), found.as_ref()), self.now);
        }
        found.iter().for_each(|found| account.schedule(found));
        account
    }
}

impl Account {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn secret(&mut self, name: &str, found: &Found) {
        self.line(name);
        match &found.ca {
            Ok(ca) => self.line(&format!("  the CA: {}", told(ca))),
            Err(why) => self.wrong.push(format!("{name}: {why}")),
        }
        match &found.leaf {
            Ok(leaf) => self.line(&format!("  the serving certificate, signed by it: {}", told(&leaf.certificate))),
            // Without a CA there is nothing else to say of what it would have signed.
            Err(why) if found.ca.is_ok() => self.wrong.push(format!("{name}: {why}")),
            Err(_) => {}
        }
        if let (Ok(_), Err(why)) = (&found.ca, found.signs()) {
            self.unsigning(name, &why, found);
        }
        match &found.next {
            Some(Ok(next)) => self.line(&format!("  the CA that is to follow: {}", told(next))),
            Some(Err(why)) => self.wrong.push(format!("{name}: {why}")),
            None => {}
        }
        for (ca, end) in &found.previous {
            self.line(&format!("  a CA that was, whose last certificate ends {}: {}", written(*end), told(ca)));
        }
    }

    /// Any replica that is there makes the CA that is to follow at once: where there is none, nobody does.
    fn unsigning(&mut self, name: &str, why: &str, found: &Found) {
        match &found.next {
            Some(Ok(_)) => self.line(&format!("  the CA cannot sign ({why}), so another one follows it")),
            _ => self.wrong.push(format!(
                "{name}: the CA cannot sign ({why}), and no CA is there that is to follow: no replica renews anything. \
                 Expected a ready one, which makes that CA within seconds; `kubectl get pods` and `kubectl logs` in its \
                 Namespace say why there is none"
            )),
        }
    }

    fn configuration(&mut self, name: &str, (entries, found): (Option<&[Entry]>, Option<&Found>), now: SystemTime) {
        self.line(name);
        let Some(entries) = entries else {
            self.wrong.push(format!("{name} is not there: nothing is sent to podwright by it"));
            return;
        };
        let leaf = found.and_then(|found| found.leaf.as_ref().ok());
        for Entry { name: entry, ca_bundle } in entries {
            let bundle = Certificate::all_of(ca_bundle);
            self.line(&format!("  {entry} trusts {}", trusted(&bundle, found)));
            // Where there is no such certificate, that is what is wrong, and not the bundle.
            let Some(leaf) = leaf else { continue };
            let verifies = |ca: &Certificate| ca.is_valid(now).is_ok() && leaf.certificate.is_signed_by(ca);
            if !bundle.iter().any(verifies) {
                self.wrong.push(format!("{name}: the caBundle of {entry} does not verify the serving certificate"));
            }
        }
    }

    fn schedule(&mut self, found: &Found) {
        let mut moments = Vec::new();
        if let Ok(leaf) = &found.leaf {
            moments.push((due(&leaf.certificate), "a new serving certificate is made"));
            moments.push((leaf.certificate.not_after(), "the serving certificate ends, where nothing was done before"));
        }
        match (&found.ca, &found.next) {
            (Ok(_), Some(Ok(_))) => {
                self.line("  now: the CA that is to follow signs as soon as every bundle has had it for ten seconds");
            }
            (Ok(ca), _) => moments.push((due(ca), "a CA is made that is to follow, and added to every bundle")),
            _ => {}
        }
        let left = "a CA that was leaves the bundles";
        moments.extend(found.previous.iter().map(|(_, end)| (*end, left)));
        moments.sort();
        self.line("What happens when");
        for (moment, what) in moments {
            self.line(&format!("  {}  {what}", written(moment)));
        }
    }
}

/// Its subject or names, and from when until when.
fn told(certificate: &Certificate) -> String {
    let names: Vec<String> = certificate.names().iter().map(ToString::to_string).collect();
    let names = if names.is_empty() { certificate.subject().to_owned() } else { names.join(", ") };
    format!("{names}; from {} until {}", written(certificate.not_before()), written(certificate.not_after()))
}

/// Which of those that are known a bundle has.
fn trusted(bundle: &[Certificate], found: Option<&Found>) -> String {
    let role = |ca: &Certificate| match found {
        Some(found) if found.ca.as_ref() == Ok(ca) => "the CA".to_owned(),
        Some(Found { next: Some(Ok(next)), .. }) if next == ca => "the CA that is to follow".to_owned(),
        Some(found) if found.previous.iter().any(|(previous, _)| previous == ca) => "a CA that was".to_owned(),
        _ => format!("another one ({}, until {})", ca.subject(), written(ca.not_after())),
    };
    let roles: Vec<String> = bundle.iter().map(role).collect();
    if roles.is_empty() { "nobody: its caBundle is empty".to_owned() } else { roles.join(", ") }
}
