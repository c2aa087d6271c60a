//! A control plane for Helm. The test does the kubelet's work and runs podwright as the chart's Deployment says.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;
use xtask::helm::Helm;
use xtask::lifeline::{self, Held};
use xtask::scratch::Scratch;

use crate::client::Client;
use crate::kept::eventually;
use crate::pods::pod;
use crate::world::text;

/// The release's Namespace: not the manifests'.
pub(crate) const NAMESPACE: &str = "platform";

pub(crate) struct Place {
    /// podwright's Namespace.
    pub(crate) namespace: &'static str,
    pub(crate) control_plane: ControlPlane,
    pub(crate) client: Client,
    pub(crate) folder: Scratch,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with_namespace(NAMESPACE)
    }

    pub(crate) fn with_namespace(namespace: &'static str) -> Self {
        // An API server calls a Service at its endpoints' addresses, so that no kube-proxy is needed.
        let flags = ["--enable-aggregator-routing=true".to_owned()];
        let control_plane = ControlPlane::start_with_flags(&flags).unwrap_or_else(|error| panic!("{error}"));
        let client = Client::new(&control_plane);
        let place = Self { namespace, control_plane, client, folder: Scratch::new().expect("a folder") };
        for namespace in [namespace, "shop"] {
            place.control_plane.create_namespace(namespace).unwrap_or_else(|error| panic!("{error}"));
        }
        place
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.control_plane.run(arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Helm, in the release's Namespace.
    pub(crate) fn helm_command(&self, version: Helm, arguments: &[&str]) -> Command {
        let mut command = Command::new(version.program().unwrap_or_else(|error| panic!("{error}")));
        command.args(arguments).args(["--namespace", self.namespace]);
        command.arg("--kubeconfig").arg(self.control_plane.kubeconfig());
        command.env("HOME", self.folder.path()).env_remove("KUBECONFIG");
        for folder in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(folder, self.folder.path().join(folder));
        }
        command
    }

    pub(crate) fn helm_output(&self, version: Helm, arguments: &[&str]) -> Output {
        self.helm_command(version, arguments).output().expect("Helm starts")
    }

    pub(crate) fn helm(&self, version: Helm, arguments: &[&str]) -> String {
        let output = self.helm_output(version, arguments);
        assert!(output.status.success(), "helm {arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.client.send(&format!("GET {path}"), &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// The names of all objects of all kinds, but for records of what happened.
    pub(crate) fn objects(&self) -> Vec<String> {
        let kinds = self.run(&["api-resources", "--verbs=list", "--output=name"]);
        let kept = |kind: &&str| !kind.starts_with("events") && !kind.starts_with("leases.");
        let kinds = kinds.lines().filter(kept).collect::<Vec<_>>().join(",");
        let format = "jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{\"\\n\"}{end}";
        let mut names: Vec<String> =
            self.run(&["get", &kinds, "--all-namespaces", "--output", format]).lines().map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Runs podwright with the Deployment's arguments, the ConfigMap's file and the ServiceAccount's rights, and makes it the
    /// Service's endpoint.
    pub(crate) fn run_podwright(&self) -> Held {
        let namespace = self.namespace;
        let deployment = self.get(&format!("/apis/apps/v1/namespaces/{namespace}/deployments/podwright"));
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        let map = self.get(&format!("/api/v1/namespaces/{namespace}/configmaps/podwright"));
        let file = map["data"]["configuration.yaml"].as_str().expect("the file");
        let file = self.folder.write("configuration.yaml", file).expect("written");
        let arguments = container["args"].as_array().expect("arguments").iter().filter_map(Value::as_str);
        let arguments: Vec<String> = arguments
            .map(|argument| argument.replace("/etc/podwright/configuration.yaml", file.to_str().expect("UTF-8")))
            .collect();
        let log = self.folder.path().join("podwright.log");
        let mut command = lifeline::command(Path::new(env!("CARGO_BIN_EXE_podwright")));
        command.args(&arguments).args(["--bind=0.0.0.0:0", "--admin-bind=127.0.0.1:0"]);
        command.env("KUBECONFIG", self.kubeconfig()).env_remove("RUST_LOG");
        let podwright = lifeline::spawn(command_with_log(command, &log)).expect("podwright starts");
        self.add_endpoint(port(&log));
        podwright
    }

    /// A kubeconfig with a token of the chart's ServiceAccount and with its Namespace, as a Pod has both.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        let token = self.run(&["create", "token", "podwright", "--namespace", self.namespace]);
        let admin = std::fs::read_to_string(self.control_plane.kubeconfig()).expect("a kubeconfig");
        let context = format!("{{namespace: {}, cluster: ", self.namespace);
        let own = admin.replace(self.control_plane.token(), token.trim()).replace("{cluster: ", &context);
        self.folder.write("account", &own).expect("written")
    }

    /// Makes this port the Service's endpoint, in both forms: API servers before 1.33 read Endpoints.
    fn add_endpoint(&self, port: u16) {
        let ports = json!([{"name": "webhook", "port": port, "protocol": "TCP"}]);
        let slice = json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "podwright", "labels": {"kubernetes.io/service-name": "podwright"}},
            "addressType": "IPv4", "endpoints": [{"addresses": [address()], "conditions": {"ready": true}}],
            "ports": ports,
        });
        let endpoints = json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "podwright"},
            "subsets": [{"addresses": [{"ip": address()}], "ports": ports}]});
        for (group, kind, object) in
            [("apis/discovery.k8s.io", "endpointslices", slice), ("api", "endpoints", endpoints)]
        {
            let answer = self.client.send(&format!("POST /{group}/v1/namespaces/{}/{kind}", self.namespace), &object);
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
    }

    pub(crate) fn remove_endpoint(&self) {
        // The API server deletes the Endpoints with the Service.
        self.run(&[
            "delete",
            "--ignore-not-found",
            "endpointslice,endpoints",
            "podwright",
            "--namespace",
            self.namespace,
        ]);
    }

    /// Waits until a Pod of the Namespace `shop` gets this profile.
    pub(crate) fn is_injected_by(&self, profile: &str) {
        eventually("a Pod is injected", || {
            let answer = self.client.dry_run("shop", &pod("canary", &[]));
            let status = answer.body["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap_or("{}");
            let status: Value = serde_json::from_str(status).expect("JSON");
            let log = std::fs::read_to_string(self.folder.path().join("podwright.log")).unwrap_or_default();
            if status["profile"] == profile { Ok(()) } else { Err(format!("{}\n{log}", answer.body)) }
        });
    }
}

fn command_with_log(mut command: Command, log: &Path) -> Command {
    command.stderr(std::fs::File::create(log).expect("a log"));
    command
}

/// An address of this machine outside the loopback interface, because endpoints may not use that. The test sends
/// nothing.
fn address() -> String {
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    socket.connect("192.0.2.1:9").expect("a route: endpoints need an address beside the loopback interface's");
    socket.local_addr().expect("an address").ip().to_string()
}

/// The webhook's port, once it is in the log.
fn port(log: &Path) -> u16 {
    eventually("podwright listens", || {
        let log = std::fs::read_to_string(log).expect("a log");
        let lines = log.split_inclusive('\n').filter(|line| line.contains("listening") && line.ends_with('\n'));
        let found = lines.filter_map(|line| line.split_once("https://127.0.0.1:")).next();
        let (_, rest) = found.ok_or_else(|| log.clone())?;
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        port.parse().map_err(|_| rest.to_owned())
    })
}
