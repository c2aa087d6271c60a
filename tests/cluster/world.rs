//! A control plane with podwright in it.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;
use xtask::webhook::Webhook;

use crate::client::Client;
use crate::pods::pod;
use crate::workloads::{Collection, kind, workload};

/// A control plane, its webhook, and a client. All of them end with this process.
pub struct World {
    pub control_plane: ControlPlane,
    pub webhook: Webhook,
    pub client: Client,
    _folder: Scratch,
}

/// The world that all tests share.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::start)
}

impl World {
    pub fn start() -> Self {
        Self::called_at("127.0.0.1", &[])
    }

    /// A world whose podwright has these further arguments.
    pub fn serving(arguments: &[&str]) -> Self {
        Self::called_at("127.0.0.1", arguments)
    }

    /// A world whose API server calls podwright as it calls a Service, by HTTP/1.1. For loopback addresses it may share
    /// one HTTP/2 connection (k8s.io/apiserver, `util/webhook`, `isLocalHost`).
    pub fn called_as_a_service() -> Self {
        Self::called_at("0.0.0.0", &[])
    }

    fn called_at(address: &str, arguments: &[&str]) -> Self {
        let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
        let folder = Scratch::new().expect("a folder for temporary files");
        let program = Path::new(env!("CARGO_BIN_EXE_podwright"));
        let webhook = Webhook::start(program, folder.path(), &[&["--dns", address], arguments].concat())
            .unwrap_or_else(|error| panic!("{error}"));
        let client = Client::new(&control_plane);
        let world = Self { control_plane, webhook, client, _folder: folder };
        world.install(&world.webhook.url().replace("127.0.0.1", address));
        world
    }

    /// Creates a namespace with its ServiceAccount.
    pub fn namespace(&self, name: &str) {
        self.control_plane.create_namespace(name).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Labels a namespace, and waits until the webhooks heed the labels.
    pub fn label(&self, namespace: &str, label: &str) {
        let told = self.kubectl(&["label", "namespace", namespace, label]);
        assert!(told.status.success(), "{}", text(&told.stderr));
    }

    pub fn kubectl(&self, arguments: &[&str]) -> Output {
        without_hint(self.control_plane.kubectl(arguments).output().expect("kubectl starts"))
    }

    /// Runs `kubectl apply` on a JSON manifest, with these further arguments.
    pub fn apply(&self, manifest: &Value, arguments: &[&str]) -> Output {
        let mut command = self.control_plane.kubectl(&[&["apply", "-f", "-"], arguments].concat());
        without_hint(feed(&mut command, &manifest.to_string()))
    }

    /// The audit events of requests that created the Pod of this name.
    pub fn audit_of(&self, pod: &str) -> Vec<Value> {
        let log = std::fs::read_to_string(self.control_plane.audit_log()).expect("an audit log");
        let events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_pod = |event: &Value| event["requestObject"]["metadata"]["name"] == pod && event["verb"] == "create";
        events.filter(of_pod).collect()
    }

    fn install(&self, url: &str) {
        let ca_file = self.webhook.ca_file().to_str().expect("a path in UTF-8");
        let install = ["install", "--webhook-url", url, "--ca-file", ca_file];
        let printed = Command::new(env!("CARGO_BIN_EXE_podwright")).args(install).output().expect("podwright starts");
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        let applied = feed(&mut self.control_plane.kubectl(&["apply", "-f", "-"]), &text(&printed.stdout));
        assert!(applied.status.success(), "{}", text(&applied.stderr));
        self.wait_until_in_force();
    }

    /// Each configuration takes effect after about a second.
    fn wait_until_in_force(&self) {
        let pod = pod("canary", &[("podwright.dev/downward-env", "POD_NAME")]);
        self.wait_until("Pods", || {
            !self.client.dry_run("default", &pod).pod()["spec"]["containers"][0]["env"].is_null()
        });
        let bad = workload(kind("Deployment"), "canary", &[("podwright.dev/inject", "perhaps")]);
        let create = format!("POST {}?dryRun=All", Collection::of(kind("Deployment")).path("default"));
        self.wait_until("workloads", || !self.client.send(&create, &bad).warnings.is_empty());
    }

    fn wait_until(&self, what: &str, in_force: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !in_force() {
            let log = self.webhook.log();
            assert!(Instant::now() < deadline, "the webhook for {what} is not in force after 30 s\n{log}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Runs a command with this standard input.
pub fn feed(command: &mut Command, input: &str) -> Output {
    use std::io::Write as _;
    use std::process::Stdio;

    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Removes the hint, which must end podwright's warnings, from kubectl's output.
fn without_hint(output: Output) -> Output {
    const HINT: &str = "Warning: podwright: to explain a code in brackets, run `podwright explain CODE` or see \
                        https://podwright.dev/reasons\n";
    let told = text(&output.stderr);
    let have_codes = told.lines().any(|line| line.starts_with("Warning: podwright") && line.ends_with(']'));
    assert_eq!(told.matches(HINT).count(), usize::from(have_codes), "{told}");
    Output { stderr: told.replace(HINT, "").into_bytes(), ..output }
}
