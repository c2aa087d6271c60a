//! The containers' mounts, and their volumes.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// A volume of every kind that can be read-only or not, by name.
fn catalogue() -> Vec<(&'static str, Value)> {
    let labels = json!([{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]);
    vec![
        ("scratch", json!({"emptyDir": {}})),
        ("settings", json!({"configMap": {"name": "settings"}})),
        ("certificates", json!({"secret": {"secretName": "certificates"}})),
        ("bundle", json!({"projected": {"sources": [{"configMap": {"name": "settings"}}]}})),
        ("info", json!({"downwardAPI": {"items": labels}})),
        ("claim", json!({"persistentVolumeClaim": {"claimName": "claim"}})),
        ("claim-to-read", json!({"persistentVolumeClaim": {"claimName": "claim", "readOnly": true}})),
        ("archive", json!({"nfs": {"server": "nfs.example.com", "path": "/", "readOnly": true}})),
        ("model", json!({"image": {"reference": "registry.example.com/model:1"}})),
    ]
}

/// Volumes with podwright's name: podwright's own, the same as the API server returns it, and others.
fn of_our_name() -> Vec<Value> {
    let item = |file: &str, field: &str| json!({"path": file, "fieldRef": {"fieldPath": field}});
    let labels = item("labels", "metadata.labels");
    let ours = json!({"downwardAPI": {"items": [labels, item("annotations", "metadata.annotations")]}});
    let mut returned = ours.clone();
    returned["downwardAPI"]["defaultMode"] = json!(0o644);
    for item in returned["downwardAPI"]["items"].as_array_mut().into_iter().flatten() {
        item["fieldRef"]["apiVersion"] = json!("v1");
    }
    let mut secretive = ours.clone();
    secretive["downwardAPI"]["defaultMode"] = json!(0o400);
    vec![ours, returned, secretive, json!({"downwardAPI": {"items": [labels]}}), json!({"emptyDir": {}})]
}

/// The Pod's volumes, without those that are unused and do not have podwright's name.
#[derive(Clone, Debug)]
pub struct Volumes(Vec<Value>);

pub fn volumes() -> impl Strategy<Value = Volumes> {
    (weighted(0.15, select(of_our_name())), Just(catalogue()).prop_shuffle()).prop_map(|(ours, catalogue)| {
        let ours = ours.map(|source| ("downward-api-pod-info", source));
        let all = catalogue
            .into_iter()
            .chain(ours)
            .chain([("block", json!({"persistentVolumeClaim": {"claimName": "block"}}))]);
        Volumes(all.map(|(name, source)| named(name, source)).collect())
    })
}

fn named(name: &str, mut source: Value) -> Value {
    source["name"] = json!(name);
    source
}

impl Volumes {
    /// The volumes that these containers use, and the one with podwright's name.
    pub fn used_by(self, containers: &[Value]) -> Vec<Value> {
        let used = |volume: &Value| {
            let name = &volume["name"];
            let by = |list: &str| {
                containers.iter().any(|c| c[list].as_array().into_iter().flatten().any(|m| m["name"] == *name))
            };
            name == "downward-api-pod-info" || by("volumeMounts") || by("volumeDevices")
        };
        self.0.into_iter().filter(used).collect()
    }
}

/// The author's mount paths: at, above, below and beside the annotations' paths.
const PATHS: [&str; 9] = [
    "/etc/podinfo",
    "/etc",
    "/etc/podinfo/labels",
    "/data",
    "/data/info",
    "/tmp",
    "/var/log/app",
    "/srv/info/",
    "/srv//x/..",
];

/// `volumeMounts` and `volumeDevices`, possibly empty; paths are unique in a container.
pub fn mounts() -> impl Strategy<Value = (Option<Value>, Option<Value>)> {
    let source = select(catalogue().into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    let details = (source, weighted(0.3, any::<bool>()), weighted(0.15, Just("sub")), weighted(0.2, Just("/")));
    let mounts = (subsequence(PATHS.to_vec(), 0..3), vec(details, 3)).prop_map(|(paths, details)| {
        let mounts = paths.into_iter().zip(details).map(|(path, (source, read_only, sub_path, slash))| {
            let mut mount = json!({"name": source, "mountPath": format!("{path}{}", slash.unwrap_or_default())});
            if let Some(read_only) = read_only {
                mount["readOnly"] = json!(read_only);
            }
            if let Some(sub_path) = sub_path {
                mount["subPath"] = json!(sub_path);
            }
            mount
        });
        Value::Array(mounts.collect())
    });
    let devices = select(vec!["/dev/xvda", "/etc/podinfo/disk", "/var/device"]);
    let devices = devices.prop_map(|path| json!([{"name": "block", "devicePath": path}]));
    (weighted(0.4, mounts), weighted(0.08, devices))
}
