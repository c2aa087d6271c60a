//! One cluster with a Pod in each state, in the namespace `shop`.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::pods::pod;
use crate::world::World;

/// A configuration in which the profile `web` differs from the built-in one, and `default` does not.
const CONFIGURATION: &str = "apiVersion: podwright.dev/v1alpha1
kind: Configuration
profiles:
  web:
    extends: default
    downwardVolume: false
    readinessProbe: http:/ready period=7s
    livenessProbe: http:/healthz delay=10s
    limits: {memory: 256Mi}
";

/// The world with all Pods.
pub(super) fn cast() -> &'static World {
    static CAST: OnceLock<World> = OnceLock::new();
    CAST.get_or_init(|| {
        let mut world = World::start();
        configure(&world, CONFIGURATION);
        world.namespace("shop");
        create(&world, "shop", pod("early", &[]));
        wait_for_the_next_second();
        world.label("shop", "podwright.dev/inject=enabled");
        until_injected(&world);
        create(&world, "shop", pod("fresh", &[]));
        create(&world, "shop", with_port("old", &[("podwright.dev/profile", "web")]));
        create(&world, "shop", pod("out", &[("podwright.dev/inject", "false")]));
        let mut mirror = pod("mirror", &[("kubernetes.io/config.mirror", "x")]);
        mirror["spec"]["nodeName"] = json!("node-1");
        create(&world, "shop", mirror);
        create(
            &world,
            "shop",
            owned("stranger", &json!({"apiVersion": "db.io/v1", "kind": "Postgres", "name": "orders"})),
        );
        let webhook = world.webhook.process();
        webhook.signal("KILL").and_then(|()| webhook.wait(Duration::from_secs(30))).expect("it ends");
        create(&world, "shop", pod("away", &[]));
        create(&world, "shop", pod("ended", &[]));
        let ended = json!({"status": {"phase": "Succeeded"}});
        world.client.send("PATCH /api/v1/namespaces/shop/pods/ended/status", &ended).pod();
        world
    })
}

/// Writes podwright's ConfigMap.
pub(super) fn configure(world: &World, configuration: &str) {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "podwright-system"}});
    world.client.send("POST /api/v1/namespaces", &namespace);
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "podwright"},
        "data": {"configuration.yaml": configuration}});
    world.client.send("POST /api/v1/namespaces/podwright-system/configmaps", &map).pod();
}

pub(super) fn create(world: &World, namespace: &str, pod: Value) -> Value {
    world.client.create(namespace, &pod).pod()
}

/// A Pod with a port named `http`.
pub(super) fn with_port(name: &str, annotations: &[(&str, &str)]) -> Value {
    let mut pod = pod(name, annotations);
    pod["spec"]["containers"][0]["ports"] = json!([{"name": "http", "containerPort": 8080}]);
    pod
}

/// A Pod of this controller.
pub fn owned(name: &str, owner: &Value) -> Value {
    let mut pod = pod(name, &[]);
    let mut owner = owner.clone();
    owner["uid"] = json!("705ab4f5-6393-11e8-b7cc-42010a800002");
    owner["controller"] = json!(true);
    pod["metadata"]["ownerReferences"] = json!([owner]);
    pod
}

/// Times in the API have whole seconds.
fn wait_for_the_next_second() {
    let second = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = second();
    while second() == now {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn until_injected(world: &World) {
    let created = || world.client.dry_run("shop", &pod("canary", &[])).pod();
    while created()["metadata"]["annotations"]["podwright.dev/status"].is_null() {
        std::thread::sleep(Duration::from_millis(50));
    }
}
