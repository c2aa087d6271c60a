//! The workloads of `tests/corpus`, which come from other projects, each as the Pod that its controller would create.

use std::fs;
use std::path::{Path, PathBuf};

use podwright_core::workload::{TemplateObject, owner_of_pods};
use serde_json::{Value, json};

/// A workload's Pod and its origin.
pub struct Workload {
    /// `argo-cd.yaml`
    pub file: String,
    /// `Deployment/argocd-server`
    pub name: String,
    /// The template's metadata and spec, with a name.
    pub pod: Value,
}

/// The annotations with which a workload opts in to everything.
pub const ASKING: [(&str, &str); 2] = [("podwright.dev/inject", "true"), ("podwright.dev/profile", "web")];

/// The corpus' folder. Two packages share this file: the repository's root, and one a folder below it.
pub fn folder() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("tests/corpus"));
    folders.into_iter().find(|folder| folder.is_dir()).expect("tests/corpus is there")
}

/// Every workload of the corpus, in the order of the files and of their documents.
pub fn all() -> Vec<Workload> {
    let entries = fs::read_dir(folder()).expect("tests/corpus is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let workloads: Vec<Workload> = files.iter().flat_map(|file| of_file(file)).collect();
    assert!(workloads.len() >= 20, "only {} workloads were found", workloads.len());
    workloads
}

fn of_file(path: &Path) -> Vec<Workload> {
    let file = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
    let text = fs::read_to_string(path).expect("readable");
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    documents.iter().map(|document| of_document(file, document)).collect()
}

fn of_document(file: &str, document: &Value) -> Workload {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let name = text("/metadata/name");
    let template = &document["spec"]["template"];
    assert!(template["spec"]["containers"].is_array(), "{file}: {} {name} has no Pod template", text("/kind"));
    let mut metadata = template["metadata"].clone();
    metadata["name"] = json!(name);
    metadata["ownerReferences"] = owner(document);
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]});
    Workload { file: file.to_owned(), name: format!("{}/{name}", text("/kind")), pod }
}

/// The owner reference that the controller writes into its Pods.
fn owner(document: &Value) -> Value {
    let [version, kind] = ["apiVersion", "kind"].map(|field| document[field].as_str().expect("a kind"));
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let owner = owner_of_pods(TemplateObject { group, kind, name: "chart" }).expect("an owner");
    let version = if owner.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", owner.group) };
    let uid = "4b0b2c3e-0000-4000-8000-000000000000";
    json!([{"apiVersion": version, "kind": owner.kind, "name": "owner", "uid": uid, "controller": true}])
}

impl Workload {
    /// The Pod with this additional annotation.
    pub fn asking(&self, (key, value): (&str, &str)) -> Value {
        let mut pod = self.pod.clone();
        pod["metadata"]["annotations"][key] = json!(value);
        pod
    }
}
