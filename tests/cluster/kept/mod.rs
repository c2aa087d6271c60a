//! Self-managed certificates on a real API server, with the exact rights of manifests/rbac.yaml and under the
//! manifests' admission policy.
//!
//! Each test has a control plane of its own, because the configurations share one name and damage would affect other
//! tests.

mod entries;
mod healing;
mod replica;
mod rotation;
mod status;
mod versions;

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;

use crate::client::Client;
use crate::pods::pod;
use crate::policy;
use crate::world::{feed, text};
use replica::Replica;

const PATIENCE: Duration = Duration::from_secs(40);

/// A control plane with podwright's Secret and rights, and nothing else yet.
pub struct Place {
    pub control_plane: ControlPlane,
    pub client: Client,
    pub folder: Scratch,
    /// One test at a time: four starting control planes would be too slow for certificates that live for seconds.
    _turn: MutexGuard<'static, ()>,
}

impl Place {
    pub fn new() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
        let client = Client::new(&control_plane);
        let place = Self { control_plane, client, folder: Scratch::new().expect("a folder"), _turn: turn };
        place.run(&["create", "namespace", "podwright-system"]);
        place.run(&["create", "serviceaccount", "podwright", "-n", "podwright-system"]);
        place.apply(policy::MANIFEST);
        place.apply(include_str!("../../../manifests/rbac.yaml"));
        place.apply(include_str!("../../../manifests/secret.yaml"));
        policy::write_kubeconfig(&place.control_plane, &place.folder);
        policy::wait_until_in_force(&Client::of(&place.kubeconfig()));
        place
    }

    /// A kubeconfig of podwright's ServiceAccount.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub fn run(&self, arguments: &[&str]) -> String {
        self.control_plane.run(arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn apply(&self, yaml: &str) {
        let applied = feed(&mut self.control_plane.kubectl(&["apply", "-f", "-"]), yaml);
        assert!(applied.status.success(), "{}", text(&applied.stderr));
    }

    /// Starts a replica on this port.
    pub fn replica(&self, name: &str, arguments: &[&str]) -> Replica {
        Replica::start(self, name, arguments)
    }

    /// Applies the webhook configurations with this address, this failurePolicy and no caBundle.
    pub fn install(&self, url: &str, failure_policy: &str) {
        self.apply(&self.configurations(url, failure_policy));
    }

    pub fn configurations(&self, url: &str, failure_policy: &str) -> String {
        let ca = self.control_plane.ca_file();
        let install = ["install", "--webhook-url", url, "--ca-file", ca.to_str().expect("UTF-8")];
        let printed = Command::new(env!("CARGO_BIN_EXE_podwright")).args(install).output().expect("podwright starts");
        let yaml = text(&printed.stdout).replace("failurePolicy: Ignore", &format!("failurePolicy: {failure_policy}"));
        // The test has no time limit: a slow call is not refused.
        let yaml = yaml.replace("timeoutSeconds: 3", "timeoutSeconds: 30");
        // The value is on lines of its own below the key.
        let bundle = |line: &str| line.trim_start().starts_with("caBundle:") || line.trim_start().starts_with("LS0t");
        yaml.lines().filter(|line| !bundle(line)).map(|line| format!("{line}\n")).collect()
    }

    /// The Secret's data, encoded.
    pub fn secret(&self) -> Value {
        let answer = self.client.send("GET /api/v1/namespaces/podwright-system/secrets/podwright-tls", &Value::Null);
        answer.body["data"].clone()
    }

    /// Changes the Secret as another client would.
    pub fn patch_secret(&self, data: &Value) {
        let patch = json!({ "data": data });
        let answer = self.client.send("PATCH /api/v1/namespaces/podwright-system/secrets/podwright-tls", &patch);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Whether a Pod that opts in is injected; otherwise the reason.
    pub fn injects(&self) -> Result<(), String> {
        let pod = pod("canary", &[("podwright.dev/downward-env", "POD_NAME")]);
        let answer = self.client.dry_run("default", &pod);
        match answer.status {
            200 | 201 if answer.body["spec"]["containers"][0]["env"].is_array() => Ok(()),
            200 | 201 => Err("admitted, and not injected".to_owned()),
            status => Err(format!("{status}: {}", answer.message())),
        }
    }
}

/// Waits until `look` succeeds; panics with its last answer otherwise.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return found,
            Err(why) => assert!(Instant::now() < deadline, "{what}: still not after {PATIENCE:?}: {why}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
