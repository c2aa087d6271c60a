//! podwright as the manifests install it, with one process in place of two Pods, and without controllers: the test writes the
//! objects that they would write. The API server calls the Service, and reaches the admin port through its proxy.

use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use xtask::lifeline::{self, Held};

use super::{Answer, ask};
use crate::kept::{Place, eventually};

const SYSTEM: &str = "/api/v1/namespaces/podwright-system";

pub(super) struct Installation {
    pub(super) place: Place,
    _replica: Held,
    log: PathBuf,
}

impl Installation {
    pub(super) fn new() -> Self {
        let place = Place::new();
        place.apply(include_str!("../../../manifests/configmap.yaml"));
        place.apply(include_str!("../../../manifests/deployment.yaml"));
        let map = place.client.send(&format!("GET {SYSTEM}/configmaps/podwright"), &Value::Null).pod();
        let file = place.folder.path().join("configuration.yaml");
        std::fs::write(&file, map["data"]["configuration.yaml"].as_str().expect("a file")).expect("written");
        let log = place.folder.path().join("replica.log");
        let replica = start(&place, &file, &log);
        let installation = Self { place, _replica: replica, log };
        let [webhook, admin] = ["https://127.0.0.1:", "http://127.0.0.1:"].map(|start| installation.port(start));
        installation.write_service(webhook);
        installation.write_pods(admin);
        for yaml in [
            include_str!("../../../manifests/mutatingwebhookconfiguration.yaml"),
            include_str!("../../../manifests/validatingwebhookconfiguration.yaml"),
        ] {
            installation
                .place
                .apply(&yaml.replace("        path: /", &format!("        port: {webhook}\n        path: /")));
        }
        installation
    }

    pub(super) fn check(&self, arguments: &[&str]) -> Answer {
        ask(&self.place.control_plane, &[&["check"], arguments].concat())
    }

    pub(super) fn why(&self, object: &str) -> Answer {
        ask(&self.place.control_plane, &["why", object])
    }

    pub(super) fn path(&self) -> &Path {
        self.place.folder.path()
    }

    /// Waits until `check` finds no fault.
    pub(super) fn is_healthy(&self) -> Answer {
        eventually("podwright is healthy", || {
            let answer = self.check(&[]);
            if answer.code == Some(0) { Ok(answer) } else { Err(format!("{}\n{}", answer.shown, self.log())) }
        })
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    fn port(&self, start: &str) -> u16 {
        eventually("a port in the log", || {
            let log = self.log();
            let line = log.lines().find_map(|line| line.contains("listening").then(|| line.split_once(start))?);
            let digits: String = line.ok_or(log.clone())?.1.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().map_err(|_| log.clone())
        })
    }

    /// Writes a Service that resolves to this machine, and its endpoints.
    fn write_service(&self, port: u16) {
        let service = json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "podwright", "namespace": "podwright-system"},
            "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"name": "webhook", "port": port}]}});
        self.place.client.send(&format!("POST {SYSTEM}/services"), &service).pod();
        self.set_endpoints(true);
    }

    /// Writes the endpoints as the EndpointSlice controller does.
    pub(super) fn set_endpoints(&self, ready: bool) {
        let slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": "podwright-1", "namespace": "podwright-system",
                "labels": {"kubernetes.io/service-name": "podwright"}},
            "ports": [{"name": "webhook", "port": 8443}],
            "endpoints": [{"addresses": ["192.0.2.7"], "conditions": {"ready": ready}}]});
        self.place.apply(&slice.to_string());
    }

    /// Writes two Pods with the address of this machine, and the Deployment's status.
    fn write_pods(&self, admin: u16) {
        let address = own_address();
        for name in ["podwright-1", "podwright-2"] {
            let container = json!({"name": "podwright", "image": "podwright:0.1.0",
                "ports": [{"name": "admin", "containerPort": admin}]});
            let pod = json!({"metadata": {"name": name, "labels": {"app.kubernetes.io/name": "podwright"}},
                "spec": {"serviceAccountName": "podwright", "containers": [container]}});
            self.place.client.send(&format!("POST {SYSTEM}/pods"), &pod).pod();
            let status = json!({"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
                "conditions": [{"type": "Ready", "status": "True"}]}});
            self.place.client.send(&format!("PATCH {SYSTEM}/pods/{name}/status"), &status).pod();
        }
        let status = json!({"status": {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2}});
        let path = "PATCH /apis/apps/v1/namespaces/podwright-system/deployments/podwright/status";
        self.place.client.send(path, &status).pod();
    }
}

fn start(place: &Place, configuration: &Path, log: &Path) -> Held {
    let mut command = lifeline::command(Path::new(env!("CARGO_BIN_EXE_podwright")));
    command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "0.0.0.0:0", "--lame-duck", "0s"]);
    command.args(["--tls-secret", "podwright-system/podwright-tls", "--reload-interval", "1s", "--config"]);
    command.arg(configuration).env("KUBECONFIG", place.kubeconfig()).env_remove("RUST_LOG");
    lifeline::spawn({
        command.stderr(std::fs::File::create(log).expect("a log"));
        command
    })
    .expect("podwright starts")
}

/// An address of this machine that is not loopback, because the API server's proxy refuses those.
fn own_address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    socket.connect("192.0.2.1:9").expect("a route");
    socket.local_addr().expect("an address").ip()
}
