//! A check's cluster and Namespace, and the steps that checks share: apply, wait, read.

use std::{
    io::Read,
    process::{Command, Stdio},
    time::Duration,
};

use xtask::{
    Error, bail,
    cluster::Cluster,
    lifeline::{self, Held},
    process::{self, Said},
    wait::eventually,
};

/// Long, for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Stage<'a> {
    pub(crate) cluster: &'a Cluster,
    namespace: &'a str,
}

impl<'a> Stage<'a> {
    /// A check in the Namespace `namespace`, which [`Stage::enter`] makes.
    pub(crate) fn new(cluster: &'a Cluster, namespace: &'a str) -> Self {
        Self { cluster, namespace }
    }

    pub(crate) fn enter(&self) -> Result<(), Error> {
        self.cluster.run(&["create", "namespace", self.namespace])?;
        // A controller makes it, and the API server refuses Pods before.
        eventually(PATIENCE, "there is no default ServiceAccount", || {
            Ok(self.kubectl(&["get", "serviceaccount", "default"]).is_ok())
        })
    }

    /// Deletes the Namespace, without waiting for its end.
    pub(crate) fn leave(&self) -> Result<(), Error> {
        self.cluster.run(&["delete", "namespace", self.namespace, "--wait=false"]).map(drop)
    }

    pub(crate) fn namespace(&self) -> &str {
        self.namespace
    }

    /// Runs `kubectl` in the check's Namespace and returns its standard output.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Result<String, Error> {
        self.cluster.run(&[arguments, &["-n", self.namespace]].concat())
    }

    /// Runs a command in a container of a Pod or a workload.
    pub(crate) fn exec(&self, of: &str, command: &[&str]) -> Result<String, Error> {
        self.cluster.run(&[&["exec", "-n", self.namespace, of, "--"], command].concat())
    }

    /// Applies manifests, given as text.
    pub(crate) fn apply(&self, manifests: &str) -> Result<Said, Error> {
        apply_text(self.cluster, manifests, &["-n", self.namespace])
    }

    /// Waits until a workload has rolled out.
    pub(crate) fn rolled_out(&self, workload: &str) -> Result<(), Error> {
        let timeout = format!("--timeout={}s", PATIENCE.as_secs());
        self.kubectl(&["rollout", "status", workload, &timeout]).map(drop)
    }

    /// A field of an object, by a JSONPath without its braces; empty if absent.
    pub(crate) fn field(&self, object: &str, path: &str) -> Result<String, Error> {
        self.kubectl(&["get", object, "-o", &format!("jsonpath={{{path}}}")])
    }

    /// A field of all Pods with a label, one item per Pod.
    pub(crate) fn of_pods(&self, selector: &str, path: &str) -> Result<Vec<String>, Error> {
        let template = format!("jsonpath={{range .items[*]}}{{{path}}}{{\"\\n\"}}{{end}}");
        let said = self.kubectl(&["get", "pods", "-l", selector, "-o", &template])?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Fails unless exactly `count` Pods have this label, all with podwright's status annotation.
    pub(crate) fn all_injected(&self, selector: &str, count: usize) -> Result<(), Error> {
        let accounts = self.of_pods(selector, r".metadata.annotations.podwright\.dev/status")?;
        match accounts.iter().filter(|account| account.starts_with('{')).count() {
            injected if injected == count && accounts.len() == count => Ok(()),
            injected => bail!("{injected} of {} Pods with {selector} are injected; expected {count}", accounts.len()),
        }
    }

    /// The URL of a Service, by its address: this cluster has no DNS.
    pub(crate) fn service_url(&self, service: &str) -> Result<String, Error> {
        Ok(format!("http://{}/", self.field(&format!("service/{service}"), ".spec.clusterIP")?))
    }

    /// Starts requests to a URL; the program counts answers with 200 and failures.
    pub(crate) fn load(&self, url: &str) -> Result<Counter, Error> {
        let mut command = self.cluster.program("load");
        command.arg(url);
        Counter::start(command)
    }
}

/// A program of the tests that counts during a check.
pub(crate) struct Counter {
    held: Held,
}

impl Counter {
    /// Starts a command from `Cluster::program` or `Cluster::caller`.
    pub(crate) fn start(mut command: Command) -> Result<Self, Error> {
        command.stdout(Stdio::piped());
        lifeline::spawn(command).map(|held| Self { held })
    }

    /// Ends the program, and returns the numbers in its first line and the other lines, which are reasons.
    pub(crate) fn end<const N: usize>(mut self) -> Result<([u64; N], String), Error> {
        self.held.signal("TERM")?;
        let mut said = String::new();
        if let Some(mut stdout) = self.held.stdout() {
            let read = stdout.read_to_string(&mut said);
            read.map_err(|reason| Error::new(format!("cannot read a counter's output: {reason}")))?;
        }
        let (first, reasons) = said.split_once('\n').unwrap_or((&said, ""));
        let numbers: Vec<u64> = first.split(' ').filter_map(|word| word.parse().ok()).collect();
        match <[u64; N]>::try_from(numbers) {
            Ok(numbers) => Ok((numbers, reasons.trim().to_owned())),
            Err(_) => bail!("a counter printed {said:?}; expected a line with {N} numbers"),
        }
    }
}

/// `kubectl apply -f -`
pub(crate) fn apply_text(cluster: &Cluster, manifests: &str, options: &[&str]) -> Result<Said, Error> {
    let mut kubectl = cluster.kubectl(&[&["apply", "-f", "-"], options].concat());
    process::finish("kubectl apply", &mut kubectl, manifests)
}
