//! The trust of API servers in podwright's certificate: an entry's `caBundle` against the served certificate.

use std::time::SystemTime;

use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;

use super::deployment::Installed;
use super::handshake::{Handshake, handshake};
use super::replicas::replicas;
use crate::cert::rotation::{SecretData, StoredCertificates};
use crate::cert::{Certificate, Name, written};
use crate::cluster::ClusterReader;
use crate::inspect::command::quoted;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::object;
use crate::inspect::webhook::Entry;

const STEP: &str = "trust";
const PAGE: &str = "docs/diagnose.md#trust";
/// The key of the Secret with the certificate.
const SERVING: &str = "tls.crt";
/// The metric of a replica that compares the bundles with its certificate.
const TRUSTED: &str = "podwright_certificate_trusted";

/// Checks that the `caBundle` of an entry verifies the certificate that podwright serves.
pub async fn trust(reader: &ClusterReader, installed: &Installed, entry: &Entry) -> Finding {
    let check = TrustCheck { reader, installed, entry, now: SystemTime::now() };
    let bundle = entry.webhook.client_config.ca_bundle.as_ref().map(|bytes| bytes.0.as_slice()).unwrap_or_default();
    match &entry.webhook.client_config.url {
        Some(url) => match handshake(url, bundle).await {
            Handshake::Trusted => {
                Finding::passed(STEP, format!("the caBundle of {} verifies the certificate at {url}", entry.name))
            }
            Handshake::Untrusted(reason) => {
                let text = format!("the caBundle of {} does not verify the certificate at {url}: {reason}", entry.name);
                Finding::failed(STEP, text, check.bundle_mend().await)
            }
            Handshake::Unreachable(reason) => {
                check.by_secret(bundle).await.detail(format!("{url} cannot be reached from here: {reason}"))
            }
        },
        None => check.by_secret(bundle).await,
    }
}

struct TrustCheck<'c> {
    reader: &'c ClusterReader,
    installed: &'c Installed,
    entry: &'c Entry,
    now: SystemTime,
}

impl TrustCheck<'_> {
    async fn by_secret(&self, bundle: &[u8]) -> Finding {
        let (name, certificates) = (&self.entry.name, Certificate::all_of(bundle));
        if !certificates.iter().any(|ca| ca.is_valid(self.now)) {
            let text = match certificates.first() {
                None => format!("the caBundle of {name} has no certificate, so the API server trusts no webhook there"),
                Some(ca) => format!("the caBundle of {name} expired at {}", written(ca.not_after())),
            };
            return Finding::failed(STEP, text, self.bundle_mend().await);
        }
        let secret = self.secret().await;
        let stored = match &secret {
            Known::Seen(data) => StoredCertificates::read(data, &self.names(), self.now),
            // A webhook at a URL may have its certificate elsewhere.
            Known::Unseen(unseen @ Unseen::Absent(_)) if self.entry.service.is_none() => {
                return Finding::unknown(STEP, unseen);
            }
            Known::Unseen(unseen @ Unseen::Absent(_)) => {
                return Finding::failed(STEP, unseen.to_string(), self.installed.reinstall());
            }
            Known::Unseen(unseen) => return self.by_replicas(unseen).await,
        };
        match stored.serving {
            Err(_) if !self.installed.manages_certificates() => self.by_file(secret.seen(), &certificates),
            Err(problem) => {
                let text = format!("{} has no usable certificate: {problem}", self.title());
                Finding::failed(STEP, text, self.restart())
            }
            Ok(serving) => {
                let until = written(serving.certificate.not_after());
                let verifies = |ca: &Certificate| ca.is_valid(self.now) && serving.certificate.is_signed_by(ca);
                match certificates.iter().any(verifies) {
                    true => Finding::passed(
                        STEP,
                        format!(
                            "the caBundle of {name} verifies the serving certificate, which is valid until {until}"
                        ),
                    ),
                    false => {
                        let text = format!(
                            "the caBundle of {name} does not verify the serving certificate in {}",
                            self.title()
                        );
                        Finding::failed(STEP, text, self.bundle_mend().await)
                    }
                }
            }
        }
    }

    /// Compares the bundle with a certificate in files, whose Secret may lack the CA. Intermediates follow the certificate.
    fn by_file(&self, data: Option<&SecretData>, bundle: &[Certificate]) -> Finding {
        let name = &self.entry.name;
        let chain = data.and_then(|data| data.get(SERVING)).map(|pem| Certificate::all_of(pem)).unwrap_or_default();
        let Some((leaf, intermediates)) = chain.split_first() else {
            let mend = Mend::told("Write the certificate into the Secret.").page("docs/certificates.md");
            return Finding::failed(STEP, format!("{} has no certificate in {SERVING}", self.title()), mend);
        };
        let until = written(leaf.not_after());
        if !leaf.is_valid(self.now) {
            let mend = Mend::told("Renew the certificate in the Secret.").page("docs/certificates.md#renewal");
            return Finding::failed(STEP, format!("the certificate in {} is valid until {until}", self.title()), mend);
        }
        let trusted = |certificate: &Certificate| bundle.iter().any(|ca| certificate.is_signed_by(ca));
        if trusted(leaf) || intermediates.iter().any(trusted) {
            return Finding::passed(
                STEP,
                format!("the caBundle of {name} verifies the certificate, which is valid until {until}"),
            );
        }
        let text = format!("the caBundle of {name} does not verify the certificate in {}", self.title());
        let mend =
            Mend::told("Write the CA of the certificate into each caBundle (cert-manager's cainjector does so).");
        Finding::failed(STEP, text, mend.page("docs/certificates.md#certificates-in-files"))
    }

    /// Asks the replicas in place of an unseen Secret.
    async fn by_replicas(&self, unseen: &Unseen) -> Finding {
        let Known::Seen(replicas) = replicas(self.reader, self.installed).await else {
            return Finding::unknown(STEP, unseen);
        };
        let told = replicas.iter().filter_map(|it| Some((it.name.as_str(), it.metrics.seen()?.number(TRUSTED)?)));
        let told: Vec<(&str, f64)> = told.collect();
        match told.iter().find(|(_, trusted)| *trusted != 1.0) {
            _ if told.is_empty() => Finding::unknown(STEP, unseen),
            None => Finding::passed(STEP, "every replica reports that each caBundle verifies its certificate"),
            Some((name, _)) => {
                let text = format!("the replica {name} reports that a caBundle does not verify its certificate");
                Finding::failed(STEP, text, self.bundle_mend().await)
            }
        }
    }

    async fn secret(&self) -> Known<SecretData> {
        let Installed { namespace, names, .. } = self.installed;
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{}", names.tls_secret);
        match object::<Secret>(self.reader, &path, self.title()).await {
            Known::Seen(secret) => {
                Known::Seen(secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect())
            }
            Known::Unseen(unseen) => Known::Unseen(unseen),
        }
    }

    fn title(&self) -> String {
        format!("Secret {}/{}", self.installed.namespace, self.installed.names.tls_secret)
    }

    /// Returns the name that API servers verify.
    fn names(&self) -> Vec<Name> {
        let service = self.entry.service.as_ref();
        let name = service.and_then(|it| format!("{}.{}.svc", it.name, it.namespace).parse().ok());
        name.into_iter().collect()
    }

    fn restart(&self) -> Mend {
        let Installed { namespace, .. } = self.installed;
        let command = format!("kubectl rollout restart deployment/{} -n {namespace}", self.installed.name());
        Mend::by(command)
            .text("A ready replica issues a certificate within seconds, if it has the right. Restart the replicas:")
            .page(PAGE)
    }

    /// Returns the command that writes the Secret's CA into every entry of the configuration.
    async fn bundle_mend(&self) -> Mend {
        if self.entry.service.is_none() && self.secret().await.seen().is_none() {
            let url = self.entry.webhook.client_config.url.as_deref().unwrap_or_default();
            let base = quoted(url.split("/mutate").next().unwrap_or(url));
            let command = format!(
                "{} --webhook-url {base} --ca-file ca.crt | kubectl apply -f -",
                self.installed.install_command()
            );
            return Mend::by(command).text("Install the CA of the certificate that the webhook serves:").page(PAGE);
        }
        let Installed { namespace, names, .. } = self.installed;
        let configuration = &names.places.webhook_configuration;
        let path = format!("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{configuration}");
        let read = object::<MutatingWebhookConfiguration>(self.reader, &path, configuration.as_str()).await;
        let count = read.seen().and_then(|it| it.webhooks.as_ref()).map_or(1, Vec::len);
        let operation =
            |at: usize| format!(r#"{{"op":"add","path":"/webhooks/{at}/clientConfig/caBundle","value":"'"$CA"'"}}"#);
        let operations: Vec<String> = (0..count).map(operation).collect();
        let mut mend = Mend::by(format!(
            r"CA=$(kubectl get secret {} -n {namespace} -o jsonpath='{{.data.ca\.crt}}')",
            names.tls_secret
        ));
        mend.commands.push(format!(
            "kubectl patch mutatingwebhookconfiguration {configuration} --type json -p '[{}]'",
            operations.join(",")
        ));
        let text = "podwright repairs this within seconds if a replica is ready and has the right. By hand:";
        mend.text(text).page(PAGE)
    }
}
