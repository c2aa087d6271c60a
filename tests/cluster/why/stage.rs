//! A world with a configuration that has a profile without an entry, in the ConfigMap and in the replica.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use xtask::scratch::Scratch;

use super::{Answer, ask};
use crate::kept::eventually;
use crate::pods::pod;
use crate::workloads::{Collection, kind, workload};
use crate::world::World;

/// `batch` has no entry in the manifests.
pub(super) const CONFIGURATION: &str = "apiVersion: podwright.dev/v1alpha1
kind: Configuration
profiles:
  batch: {extends: default, readinessProbe: false}
  web: {extends: default}
";

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) folder: Scratch,
}

/// The stage that most tests share; each has its own Namespace.
pub(super) fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(Stage::new)
}

/// Waits, because times in the API have whole seconds.
pub(super) fn wait_for_the_next_second() {
    let second = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = second();
    while second() == now {
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Stage {
    pub(super) fn new() -> Self {
        let folder = Scratch::new().expect("a folder");
        let file = folder.write("configuration.yaml", CONFIGURATION).expect("written");
        let world = World::serving(&["--config", file.to_str().expect("UTF-8"), "--reload-interval", "1s"]);
        std::fs::copy(world.webhook.ca_file(), folder.path().join("ca.crt")).expect("copied");
        let stage = Self { world, folder };
        stage.world.client.send("POST /api/v1/namespaces", &json!({"metadata": {"name": "podwright-system"}}));
        stage.configure(CONFIGURATION);
        stage
    }

    /// Writes the ConfigMap and the replica's file.
    pub(super) fn configure(&self, configuration: &str) {
        std::fs::write(self.folder.path().join("configuration.yaml"), configuration).expect("written");
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"configuration.yaml": configuration},
            "metadata": {"name": "podwright", "namespace": "podwright-system"}});
        let applied = self.world.apply(&map, &[]);
        assert!(applied.status.success(), "{}", crate::world::text(&applied.stderr));
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn why(&self, object: &str, namespace: &str) -> Answer {
        ask(&self.world.control_plane, &["why", object, "-n", namespace])
    }

    /// Creates a Namespace with labels and annotations.
    pub(super) fn namespace(&self, name: &str, metadata: Value) {
        self.world.namespace(name);
        let patch = json!({ "metadata": metadata });
        assert_eq!(self.world.client.send(&format!("PATCH /api/v1/namespaces/{name}"), &patch).status, 200);
    }

    /// Waits until the API server heeds the labels of a Namespace.
    pub(super) fn until_injected(&self, namespace: &str) {
        eventually("a Pod is injected", || {
            let made = self.world.client.dry_run(namespace, &pod("canary", &[])).pod();
            let status = &made["metadata"]["annotations"]["podwright.dev/status"];
            if status.is_string() { Ok(()) } else { Err(made.to_string()) }
        });
    }

    /// Creates a workload without controllers.
    pub(super) fn workload(&self, namespace: &str, of: &str, name: &str, change: impl Fn(&mut Value)) {
        let kind = kind(of);
        let mut object = workload(kind, name, &[]);
        change(&mut object);
        let made = self.world.client.send(&format!("POST {}", Collection::of(kind).path(namespace)), &object);
        assert_eq!(made.status, 201, "{}", made.body);
    }

    pub(super) fn create(&self, namespace: &str, pod: &Value) -> Value {
        self.world.client.create(namespace, pod).pod()
    }
}
