//! An API server with a client certificate, configured by docs/certificates.md word for word, and one without.

use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;
use xtask::webhook::Webhook;

use crate::client::Client;
use crate::pods::pod;
use crate::world::{feed, text};

const PROGRAM: &str = env!("CARGO_BIN_EXE_podwright");
const PAGE: &str = include_str!("../../docs/certificates.md");
/// The folder of the page's files.
const FOLDER: &str = "/etc/kubernetes";
/// The host name of the webhook.
const HOST: &str = "podwright.podwright-system.svc";

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_api_server_shows_the_certificate_that_its_kubeconfig_names_for_the_webhook() {
    let folder = Scratch::new().expect("a folder");
    let clients = folder.path().join("clients.crt");
    write_certificates(&folder);
    let asks = ["--client-ca-file", clients.to_str().expect("UTF-8")];
    let webhook = Webhook::start(Path::new(PROGRAM), folder.path(), &asks).expect("podwright starts");

    let host = webhook.url().trim_start_matches("https://");
    let own = folder.path().to_str().expect("UTF-8");
    let [admission, kubeconfig] = shown().map(|file| file.replace(FOLDER, own).replace(HOST, host));
    assert!(admission.contains(&format!("{own}/webhooks.yaml")), "{admission}");
    folder.write("webhooks.yaml", &kubeconfig).expect("written");
    let admission = folder.write("admission.yaml", &admission).expect("written");

    let flag = format!("--admission-control-config-file={}", admission.display());
    let known = ControlPlane::start_with_flags(&[flag]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(injects(&known, &webhook), Ok(()), "{}", webhook.log());

    let unknown = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    let refused = injects(&unknown, &webhook).expect_err("an API server without a certificate is let in");
    assert!(refused.contains("certificate required"), "{refused}");
}

/// The two files on the page: the AdmissionConfiguration and its kubeconfig.
fn shown() -> [String; 2] {
    let section = PAGE.split("\n## Client certificates\n").nth(1).expect("a section on clients");
    let mut blocks = section.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    let files = [blocks.next().expect("a file"), blocks.next().expect("another one")];
    assert!(files[0].contains("kind: AdmissionConfiguration") && files[1].contains("kind: Config\n"), "{files:?}");
    files
}

/// Writes the CA for podwright, and a client certificate and key at the page's paths.
fn write_certificates(folder: &Scratch) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    folder.write("clients.crt", &params.self_signed(&key).unwrap().pem()).expect("written");
    let authority = Issuer::new(params, key);

    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    std::fs::create_dir(folder.path().join("pki")).expect("made");
    folder.write("pki/webhooks.crt", &params.signed_by(&key, &authority).unwrap().pem()).expect("written");
    folder.write("pki/webhooks.key", &key.serialize_pem()).expect("written");
}

/// Whether a Pod that opts in is injected under `failurePolicy: Fail`; otherwise the refusal.
fn injects(control_plane: &ControlPlane, webhook: &Webhook) -> Result<(), String> {
    let mut install = Command::new(PROGRAM);
    install.args(["install", "--webhook-url", webhook.url(), "--ca-file"]).arg(webhook.ca_file());
    let printed = text(&install.output().expect("podwright starts").stdout);
    let strict = printed.replace("failurePolicy: Ignore", "failurePolicy: Fail");
    let applied = feed(&mut control_plane.kubectl(&["apply", "-f", "-"]), &strict);
    assert!(applied.status.success(), "{}", text(&applied.stderr));

    let client = Client::new(control_plane);
    let asks = pod("canary", &[("podwright.dev/downward-env", "POD_NAME")]);
    // The API server heeds a new webhook after a moment; then it refuses or injects.
    for _ in 0..300 {
        let answer = client.dry_run("default", &asks);
        match answer.status {
            201 if answer.body["spec"]["containers"][0]["env"].is_array() => return Ok(()),
            201 => std::thread::sleep(std::time::Duration::from_millis(100)),
            _ => return Err(answer.message().to_owned()),
        }
    }
    panic!("the webhook is not called")
}
