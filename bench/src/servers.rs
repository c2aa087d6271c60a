//! The servers side by side: podwright as shipped, and a bare server for the cost of the same stack without podwright,
//! with the Pod unparsed or read into types. All have certificates of one kind.

use std::any::Any;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::Error;
use xtask::lifeline;
use xtask::scratch::Scratch;
use xtask::webhook::Webhook;

use crate::ask;
use crate::load::Target;

/// The place of the request's uid in the answer.
const UID: &str = "UID";

/// The API server's review for the Pod of `pod.json`, 4.3 kB.
pub(crate) const REVIEW: &str = include_str!("../review.json");

/// The addresses in the certificates.
const ADDRESSES: [&str; 2] = [LOOPBACK, ANY];
const LOOPBACK: &str = "127.0.0.1";
const ANY: &str = "0.0.0.0";

/// A server under load.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) pid: u32,
    /// The CA of its certificate.
    pub(crate) ca: PathBuf,
    /// Ends the process when it is dropped.
    _running: Box<dyn Any>,
}

impl Server {
    /// An address by which the API server calls this server as it calls a Service, by HTTP/1.1: for loopback addresses
    /// it may choose HTTP/2 (k8s.io/apiserver, `util/webhook`, `isLocalHost`). The unspecified address leads to this
    /// machine.
    pub(crate) fn called_as_a_service(&self) -> String {
        self.url.replace(LOOPBACK, ANY)
    }

    /// This body, sent to the webhook's path for Pods.
    pub(crate) fn target(&self, body: &Path) -> Target {
        Target { url: format!("{}/mutate", self.url), body: body.to_owned(), token: None }
    }
}

/// Starts podwright.
pub(crate) fn podwright(name: &str, program: &Path, folder: &Path) -> Result<Server, Error> {
    let mut webhook = Webhook::start(program, folder, &names())?;
    let (url, ca, pid) = (webhook.url().to_owned(), webhook.ca_file().to_owned(), webhook.process().pid());
    Ok(Server { name: name.to_owned(), url, pid, ca, _running: Box::new(webhook) })
}

/// The bare server's treatment of the Pod: its name as a contender, and its name on the command line.
#[derive(Clone, Copy)]
pub(crate) enum Bare {
    Unparsed,
    Typed,
}

impl Bare {
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Unparsed => ["bare", "unparsed"],
            Self::Typed => ["typed", "typed"],
        }
    }
}

/// Starts the bare server with podwright's own answer.
pub(crate) fn bare(how: Bare, program: &Path, podwright: (&Path, &Server)) -> Result<Server, Error> {
    let (podwright, server) = podwright;
    let [name, how] = how.words();
    let scratch = Scratch::new()?;
    let folder = scratch.path();
    let answer = ask::ask(server, REVIEW)?;
    let (_, uid) = REVIEW.split_once("\"uid\":\"").unwrap_or_default();
    let (uid, _) = uid.split_once('"').unwrap_or_default();
    let answer = scratch.write("answer.json", &answer.replacen(uid, UID, 1))?;
    pair(podwright, folder)?;
    let mut command = lifeline::command(program);
    command.arg(how).arg(answer).arg(folder.join("tls.crt")).arg(folder.join("tls.key")).stdout(Stdio::piped());
    let mut held = lifeline::spawn(command)?;
    let mut url = String::new();
    if let Some(stdout) = held.stdout() {
        BufReader::new(stdout).read_line(&mut url).map_err(Error::at("read the address of", program))?;
    }
    let url = url.trim_end().to_owned();
    let (name, ca, pid) = (name.to_owned(), folder.join("ca.crt"), held.pid());
    Ok(Server { name, url, pid, ca, _running: Box::new((held, scratch)) })
}

fn names() -> Vec<&'static str> {
    ADDRESSES.iter().flat_map(|address| ["--dns", address]).collect()
}

fn pair(podwright: &Path, folder: &Path) -> Result<(), Error> {
    let output = Command::new(podwright).args(["certs", "--out"]).arg(folder).args(names()).output();
    let output = output.map_err(Error::at("run", podwright))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Error::new(format!("`podwright certs` failed: {}", String::from_utf8_lossy(&output.stderr)))),
    }
}
