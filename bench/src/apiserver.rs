//! The cost of an admission through a real API server: the same Pod, created as a dry run in namespaces that differ
//! only in their webhook or policy, in turn.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xtask::Error;
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;

use crate::alone::Effort;
use crate::figures::turns;
use crate::load::{Target, Wrk};
use crate::policy;
use crate::servers::Server;

/// The mutator of the Pod, and its namespace.
pub(crate) const VARIANTS: [&str; 4] = ["nobody", "policy", "bare", "podwright"];
/// Numbers of connections at once.
pub(crate) const CONNECTIONS: [u32; 2] = [1, 8];

const LABEL: &str = "kubernetes.io/metadata.name";
const PATIENCE: Duration = Duration::from_secs(60);
/// The Pod as an author's controller sends it.
pub(crate) const POD: &str = include_str!("../pod.json");

/// Median latencies of all rounds, in microseconds.
pub(crate) struct Series {
    pub(crate) variant: &'static str,
    pub(crate) connections: u32,
    pub(crate) median: Vec<f64>,
}

/// An API server with the policy, and with a webhook for each of the two servers.
pub(crate) struct World<'a> {
    control_plane: ControlPlane,
    scratch: &'a Scratch,
}

impl<'a> World<'a> {
    /// Starts it without an audit log, because writing each patch there costs more than the webhook itself.
    pub(crate) fn start(scratch: &'a Scratch, [bare, podwright]: [&Server; 2], patch: &Value) -> Result<Self, Error> {
        let world = Self { control_plane: ControlPlane::start_without_audit()?, scratch };
        for variant in VARIANTS {
            world.control_plane.create_namespace(variant)?;
        }
        let policy = policy::of(patch, (LABEL, "policy")).map_err(|error| Error::new(format!("the patch: {error}")))?;
        world.apply("policy.json", &policy)?;
        for (server, namespace) in [(bare, "bare"), (podwright, "podwright")] {
            world.apply(&format!("{namespace}.json"), &world.webhook(server, namespace)?)?;
        }
        world.wait_until_all_do_the_same()?;
        Ok(world)
    }

    /// Loads every namespace in turn.
    pub(crate) fn measure(&self, wrk: &Wrk, effort: Effort) -> Result<Vec<Series>, Error> {
        let body = self.scratch.write("pod.json", POD)?;
        let mut all = Vec::new();
        for connections in CONNECTIONS {
            let mut rows = VARIANTS.map(|variant| Series { variant, connections, median: Vec::new() });
            for round in 0..effort.rounds {
                eprintln!(
                    "through the API server, {connections} connections, round {} of {}",
                    round + 1,
                    effort.rounds
                );
                for nth in turns(round, VARIANTS.len()) {
                    let Some(row) = rows.get_mut(nth) else { continue };
                    let url = format!("{}/api/v1/namespaces/{}/pods?dryRun=All", self.control_plane.url(), row.variant);
                    let token = Some(self.control_plane.token().to_owned());
                    let target = Target { url, body: body.clone(), token };
                    row.median.push(wrk.run(&target, connections, effort.seconds)?.median);
                }
            }
            all.extend(rows);
        }
        Ok(all)
    }

    /// The shipped configuration, conditions included, for one namespace.
    fn webhook(&self, server: &Server, namespace: &str) -> Result<String, Error> {
        let ca = std::fs::read(&server.ca).map_err(Error::at("read", &server.ca))?;
        let called =
            json!({"url": format!("{}/mutate", server.called_as_a_service()), "caBundle": k8s_openapi::ByteString(ca)});
        let changes = json!([
            {"op": "replace", "path": "/metadata/name", "value": namespace},
            {"op": "replace", "path": "/webhooks/0/clientConfig", "value": called},
            {"op": "add", "path": "/webhooks/0/namespaceSelector", "value": {"matchLabels": {LABEL: namespace}}},
            // A measurement that skips some Pods is worthless.
            {"op": "add", "path": "/webhooks/0/failurePolicy", "value": "Fail"},
            {"op": "remove", "path": "/webhooks/1"},
        ])
        .to_string();
        let shipped = include_str!("../../manifests/mutatingwebhookconfiguration.yaml");
        let file = self.scratch.write("shipped.yaml", shipped)?.display().to_string();
        self.control_plane.run(&["patch", "--local", "-f", &file, "--type=json", "-p", &changes, "-o", "json"])
    }

    fn apply(&self, name: &str, manifest: &str) -> Result<(), Error> {
        let file = self.scratch.write(name, manifest)?;
        self.control_plane.run(&["apply", "-f", &file.display().to_string()]).map(drop)
    }

    /// Waits until the three mutators produce the same Pod; otherwise one would do less work.
    fn wait_until_all_do_the_same(&self) -> Result<(), Error> {
        let file = self.scratch.write("pod.json", POD)?.display().to_string();
        let begun = Instant::now();
        loop {
            let pods = VARIANTS.map(|variant| self.created(variant, &file));
            let [nobody, policy, bare, podwright] = &pods;
            if policy.is_ok() && policy == bare && bare == podwright && nobody != podwright {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::new(format!("policy, bare server and podwright do not come to one Pod: {pods:#?}")));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The Pod without generated parts: its metadata except the annotations, and the token's volume.
    fn created(&self, namespace: &str, file: &str) -> Result<Value, String> {
        let mut kubectl =
            self.control_plane.kubectl(&["create", "--dry-run=server", "-o", "json", "-n", namespace, "-f", file]);
        let output = kubectl.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        let mut pod: Value =
            serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
        for list in ["/spec/volumes", "/spec/containers/0/volumeMounts"] {
            if let Some(entries) = pod.pointer_mut(list).and_then(Value::as_array_mut) {
                entries.retain(|entry| !is_the_tokens(entry));
            }
        }
        let [annotations, spec] = ["/metadata/annotations", "/spec"].map(|part| pod.pointer(part).cloned());
        Ok(json!({"annotations": annotations, "spec": spec}))
    }
}

fn is_the_tokens(entry: &Value) -> bool {
    entry.get("name").and_then(Value::as_str).is_some_and(|name| name.starts_with("kube-api-access-"))
}
