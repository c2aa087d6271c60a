//! What a check stands on: the cluster, a Namespace of its own, and a few words for what all checks do: apply, wait, look.
//! Never decides whether a check holds.

use std::{
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use super::counter::Counter;
use xtask::{
    Error, bail,
    cluster::Cluster,
    process::{self, Said},
};

const POLL: Duration = Duration::from_millis(200);
/// Images are there and nodes are idle, so this is for a machine that does other things as well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The cluster, and where in it a check works.
pub(crate) struct Stage<'a> {
    pub(crate) cluster: &'a Cluster,
    namespace: &'a str,
}

impl<'a> Stage<'a> {
    /// In a Namespace called `namespace`, which [`Stage::enter`] makes.
    pub(crate) fn new(cluster: &'a Cluster, namespace: &'a str) -> Self {
        Self { cluster, namespace }
    }

    /// Makes the Namespace.
    pub(crate) fn enter(&self) -> Result<(), Error> {
        self.cluster.run(&["create", "namespace", self.namespace])?;
        // A controller makes it; Pods are refused before.
        eventually(PATIENCE, "there is no default ServiceAccount", || {
            Ok(self.kubectl(&["get", "serviceaccount", "default"]).is_ok())
        })
    }

    /// Takes the Namespace away, without waiting until all in it has ended.
    pub(crate) fn leave(&self) -> Result<(), Error> {
        self.cluster.run(&["delete", "namespace", self.namespace, "--wait=false"]).map(drop)
    }

    pub(crate) fn namespace(&self) -> &str {
        self.namespace
    }

    /// `kubectl` in the check's Namespace: its standard output.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Result<String, Error> {
        self.cluster.run(&[arguments, &["-n", self.namespace]].concat())
    }

    /// Runs a command in a container: `of` is a Pod or a workload.
    pub(crate) fn exec(&self, of: &str, command: &[&str]) -> Result<String, Error> {
        self.cluster.run(&[&["exec", "-n", self.namespace, of, "--"], command].concat())
    }

    /// `kubectl apply` of manifests, given as text.
    pub(crate) fn apply(&self, manifests: &str) -> Result<Said, Error> {
        apply_text(self.cluster, manifests, &["-n", self.namespace])
    }

    /// Waits until a workload has rolled out.
    pub(crate) fn rolled_out(&self, workload: &str) -> Result<(), Error> {
        let timeout = format!("--timeout={}s", PATIENCE.as_secs());
        self.kubectl(&["rollout", "status", workload, &timeout]).map(drop)
    }

    /// A field of an object, by a JSONPath without its braces; empty where there is none.
    pub(crate) fn field(&self, object: &str, path: &str) -> Result<String, Error> {
        self.kubectl(&["get", object, "-o", &format!("jsonpath={{{path}}}")])
    }

    /// A field of all Pods with a label, one item for each Pod.
    pub(crate) fn of_pods(&self, selector: &str, path: &str) -> Result<Vec<String>, Error> {
        let template = format!("jsonpath={{range .items[*]}}{{{path}}}{{\"\\n\"}}{{end}}");
        let said = self.kubectl(&["get", "pods", "-l", selector, "-o", &template])?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Fails where one of the Pods with a label has no account of podwright's, or there are not `count` of them.
    pub(crate) fn all_fitted(&self, selector: &str, count: usize) -> Result<(), Error> {
        let accounts = self.of_pods(selector, r".metadata.annotations.podwright\.dev/status")?;
        match accounts.iter().filter(|account| account.starts_with('{')).count() {
            fitted if fitted == count && accounts.len() == count => Ok(()),
            fitted => bail!("{fitted} of {} Pods with {selector} are fitted; expected {count}", accounts.len()),
        }
    }

    /// The URL of a Service, by its address: there are no names in this cluster.
    pub(crate) fn service_url(&self, service: &str) -> Result<String, Error> {
        Ok(format!("http://{}/", self.field(&format!("service/{service}"), ".spec.clusterIP")?))
    }

    /// Requests to a URL, from now until [`Load::end`].
    pub(crate) fn load(&self, url: &str) -> Result<Load, Error> {
        let mut command = self.cluster.held_in_network(&self.cluster.program("load"));
        command.arg(url);
        Counter::start(command).map(|counter| Load { counter })
    }

    /// One of the tests' own programs that ask the API server for `path`, with the rights of an administrator.
    pub(crate) fn caller(&self, program: &str, path: &str) -> Command {
        let mut command = self.cluster.held_in_network(&self.cluster.program(program));
        command.args(["--url", &format!("{}{path}", self.cluster.url()), "--token", self.cluster.token()]);
        command.arg("--ca-file").arg(self.cluster.ca_file());
        command
    }
}

/// A load generator that runs.
pub(crate) struct Load {
    counter: Counter,
}

/// What became of a load's requests.
pub(crate) struct Tally {
    pub(crate) ok: u64,
    pub(crate) failed: u64,
    /// How many failed for which reason, a line each.
    pub(crate) reasons: String,
}

impl Load {
    /// Ends it, and says how its requests fared.
    pub(crate) fn end(self) -> Result<Tally, Error> {
        let ([ok, failed], reasons) = self.counter.end()?;
        Ok(Tally { ok, failed, reasons })
    }
}

/// `kubectl apply -f -`
pub(crate) fn apply_text(cluster: &Cluster, manifests: &str, options: &[&str]) -> Result<Said, Error> {
    let mut kubectl = cluster.kubectl(&[&["apply", "-f", "-"], options].concat());
    process::finish("kubectl apply", &mut kubectl, manifests)
}

/// Asks until the answer is yes: an error that begins with `otherwise` where it never is, with the last error if any.
pub(crate) fn eventually(
    patience: Duration,
    otherwise: &str,
    mut holds: impl FnMut() -> Result<bool, Error>,
) -> Result<(), Error> {
    let deadline = Instant::now() + patience;
    loop {
        let last = match holds() {
            Ok(true) => return Ok(()),
            Ok(false) => String::new(),
            Err(error) => format!("; last: {error}"),
        };
        if Instant::now() > deadline {
            bail!("{otherwise} after {} s{last}", patience.as_secs());
        }
        sleep(POLL);
    }
}
