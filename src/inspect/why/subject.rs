//! The object to explain, with its top owner and its Namespace.

use serde_json::{Value, json};

use super::error::WhyError;
use super::kind::Resource;
use crate::annotation::STATUS;
use crate::cluster::ClusterReader;
use crate::inject::Root;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::pod::{LivePod, OwnerReference};
use crate::inspect::read::object;
use crate::inspect::workload::{Controller, WorkloadName};
use crate::workload::{TemplateObject, owner_of_pods, template_in};

/// The most owners above a Pod. Kubernetes has two.
const OWNERS: usize = 4;

/// The object to explain.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its Namespace.
    pub namespace: String,
    /// The Namespace object, for its labels and annotations.
    pub namespace_object: Known<Value>,
    /// The Pod, the workload or the Namespace alone.
    pub target: Target,
}

/// The kinds of subjects.
#[derive(Clone, Debug)]
pub enum Target {
    /// A Pod as JSON, and its top owner.
    Pod(String, Option<Workload>),
    /// A workload.
    Workload(Workload),
    /// The Namespace.
    Namespace,
}

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name.
    pub name: WorkloadName,
    /// The object.
    pub object: Known<Value>,
}

impl Subject {
    /// Reads the object of this kind and name, and its owners.
    ///
    /// # Errors
    /// If it does not exist, cannot be read, or has no Pods.
    pub async fn read(reader: &ClusterReader, namespace: &str, kind: &str, name: &str) -> Result<Self, WhyError> {
        let resource = Resource::find(reader, kind).await?;
        let namespace = if resource.kind == "Namespace" { name } else { namespace };
        let title = format!("{} {namespace}/{name}", resource.kind);
        let target = match resource.kind.as_str() {
            "Namespace" => Target::Namespace,
            "Pod" => Target::pod(reader, namespace, name).await?,
            _ => match object::<Value>(reader, &resource.path(namespace, name), title.clone()).await {
                Known::Unseen(unseen) => return Err(WhyError::Unseen(unseen)),
                Known::Seen(read) => {
                    let name = WorkloadName::new(resource.group.as_str(), resource.kind.as_str(), name);
                    let own = Workload { name, object: Known::Seen(read) };
                    own.root().ok_or(WhyError::NoTemplate(title))?;
                    Target::Workload(above(reader, namespace, own).await)
                }
            },
        };
        let path = format!("/api/v1/namespaces/{namespace}");
        let namespace_object = object(reader, &path, format!("Namespace {namespace}")).await;
        match (&target, &namespace_object) {
            (Target::Namespace, Known::Unseen(unseen @ Unseen::Absent(_))) => Err(WhyError::Unseen(unseen.clone())),
            _ => Ok(Self { namespace: namespace.to_owned(), namespace_object, target }),
        }
    }

    /// Returns the top owner, if it is known; the workload itself for a workload.
    pub fn workload(&self) -> Option<&Workload> {
        match &self.target {
            Target::Pod(_, owner) => owner.as_ref(),
            Target::Workload(workload) => Some(workload),
            Target::Namespace => None,
        }
    }

    /// Returns the Pod that asks for podwright, as JSON: the live one, or one from the template.
    ///
    /// # Errors
    /// None is known: the template was found before.
    pub fn asking_pod(&self) -> Result<String, WhyError> {
        match &self.target {
            Target::Pod(json, _) => Ok(json.clone()),
            Target::Workload(workload) => {
                let pod = workload.template_pod(&self.namespace);
                Ok(pod.ok_or_else(|| WhyError::NoTemplate(workload.name.to_string()))?.to_string())
            }
            Target::Namespace => Ok(canary(&self.namespace).to_string()),
        }
    }

    /// Returns the name for a heading, such as `Pod shop/web-1, deployment.apps/web`.
    pub fn title(&self) -> String {
        let namespace = &self.namespace;
        match &self.target {
            Target::Namespace => format!("Namespace {namespace}"),
            Target::Workload(workload) => format!("{} in Namespace {namespace}", workload.name),
            Target::Pod(json, owner) => {
                let name = LivePod::parse(json).map(|pod| pod.name().to_owned()).unwrap_or_default();
                let of = owner.as_ref().map(|owner| format!(" of {}", owner.name)).unwrap_or_default();
                format!("pod/{name}{of} in Namespace {namespace}")
            }
        }
    }
}

impl Target {
    async fn pod(reader: &ClusterReader, namespace: &str, name: &str) -> Result<Self, WhyError> {
        let title = format!("Pod {namespace}/{name}");
        let json = match reader.object(&format!("/api/v1/namespaces/{namespace}/pods/{name}")).await {
            Ok(Some(json)) => json,
            Ok(None) => return Err(WhyError::Unseen(Unseen::Absent(title))),
            Err(failure) => return Err(WhyError::Unseen(Unseen::from_failure(title, failure))),
        };
        let pod = LivePod::parse(&json).map_err(|error| WhyError::NotAPod(title, error.to_string()))?;
        let owner = match pod.owner() {
            Some(owner) if owner.kind != "Node" => Some(top(reader, namespace, owner).await),
            _ => None,
        };
        Ok(Self::Pod(json, owner))
    }
}

/// Reads an owner and climbs to the top.
async fn top(reader: &ClusterReader, namespace: &str, owner: &OwnerReference<'_>) -> Workload {
    let name = WorkloadName::of_reference(owner);
    let object = match Resource::of_owner(reader, owner).await {
        Known::Seen(resource) => {
            let title = format!("{} {namespace}/{}", owner.kind, owner.name);
            object(reader, &resource.path(namespace, &owner.name), title).await
        }
        Known::Unseen(unseen) => Known::Unseen(unseen),
    };
    above(reader, namespace, Workload { name, object }).await
}

/// Climbs to the top owner of a workload.
async fn above(reader: &ClusterReader, namespace: &str, mut workload: Workload) -> Workload {
    for _ in 0..OWNERS {
        let Some(json) = workload.object.seen().map(Value::to_string) else { break };
        let Some(owner) = Controller::parse(&json).ok().and_then(|own| own.owner_reference().cloned().map(owned))
        else {
            break;
        };
        let resource = match Resource::of_owner(reader, &owner).await {
            Known::Seen(resource) => resource,
            Known::Unseen(_) => break,
        };
        let title = format!("{} {namespace}/{}", owner.kind, owner.name);
        let above: Known<Value> = object(reader, &resource.path(namespace, &owner.name), title).await;
        let above = Workload { name: WorkloadName::of_reference(&owner), object: above };
        // An operator's own object has no template; then the workload below it is the one to explain.
        if above.object.seen().is_some() && above.root().is_none() {
            break;
        }
        workload = above;
    }
    workload
}

fn owned(owner: OwnerReference<'_>) -> OwnerReference<'static> {
    let OwnerReference { api_version, kind, name, controller } = owner;
    let [api_version, kind, name] = [api_version, kind, name].map(|text| text.into_owned().into());
    OwnerReference { api_version, kind, name, controller }
}

impl Workload {
    /// Returns the place of the Pod template.
    pub fn root(&self) -> Option<Root> {
        template_in(&self.name.group, &self.name.kind, self.object.seen()?)
    }

    /// Returns a Pod as the workload's controller would create it.
    pub fn template_pod(&self, namespace: &str) -> Option<Value> {
        let object = self.object.seen()?;
        let template = object.pointer(self.root()?.pointer())?;
        let member = |name: &str| template.get("metadata").and_then(|metadata| metadata.get(name)).cloned();
        let mut metadata = json!({"generateName": format!("{}-", self.name.name), "namespace": namespace});
        for field in ["labels", "annotations"] {
            if let (Some(value), Some(members)) = (member(field), metadata.as_object_mut()) {
                members.insert(field.to_owned(), value);
            }
        }
        if let (Some(owner), Some(members)) = (self.pods_owner(object), metadata.as_object_mut()) {
            members.insert("ownerReferences".to_owned(), json!([owner]));
        }
        Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec")?}))
    }

    /// Returns a reference to the controller of the Pods, for which podwright has rules.
    fn pods_owner(&self, object: &Value) -> Option<Value> {
        let (group, kind, name) = (&*self.name.group, &*self.name.kind, &*self.name.name);
        let owner = owner_of_pods(TemplateObject { group, kind, name })?;
        let (group, kind) = (owner.group.as_ref(), owner.kind.as_ref());
        let own = (group, kind) == (self.name.group.as_str(), self.name.kind.as_str());
        let api = object.get("apiVersion").and_then(Value::as_str).filter(|_| own).map(str::to_owned);
        let api = api.unwrap_or_else(|| if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") });
        let uid = object.get("metadata").and_then(|metadata| metadata.get("uid")).cloned().unwrap_or_default();
        Some(json!({"apiVersion": api, "kind": kind, "name": self.name.name, "uid": uid, "controller": true}))
    }
}

/// Returns a Pod that passes every Pod Security Standard, to ask for a Namespace.
fn canary(namespace: &str) -> Value {
    let container = json!({
        "name": "canary", "image": "registry.example.com/canary:1", "ports": [{"containerPort": 8080}],
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
    });
    let spec = json!({
        "containers": [container],
        "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    });
    let metadata = json!({"generateName": "podwright-canary-", "namespace": namespace});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
}

/// Returns a live Pod as its author or its controller sent it, without the API server's fields. podwright's settings stay.
pub(super) fn as_sent(mut pod: Value) -> Value {
    let name = pod.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Value::as_str);
    let generated = name.map(|name| format!("{name}-"));
    if let Some(metadata) = pod.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|field, _| {
            matches!(field.as_str(), "namespace" | "labels" | "annotations" | "generateName" | "ownerReferences")
        });
        if let Some(generated) = generated {
            metadata.insert("generateName".to_owned(), Value::from(generated));
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove(STATUS);
        }
        for owner in metadata.get_mut("ownerReferences").and_then(Value::as_array_mut).into_iter().flatten() {
            owner.as_object_mut().map(|owner| owner.remove("blockOwnerDeletion"));
        }
    }
    if let Some(members) = pod.as_object_mut() {
        members.remove("status");
        members.insert("apiVersion".to_owned(), Value::from("v1"));
        members.insert("kind".to_owned(), Value::from("Pod"));
    }
    if let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) {
        ["nodeName", "ephemeralContainers"].iter().for_each(|field| drop(spec.remove(*field)));
        without_token(spec);
    }
    pod
}

/// Removes the volume with the ServiceAccount's token, which the API server adds.
fn without_token(spec: &mut serde_json::Map<String, Value>) {
    let is_token = |volume: &Value, field: &str| {
        volume.get(field).and_then(Value::as_str).is_some_and(|name| name.starts_with("kube-api-access-"))
    };
    if let Some(volumes) = spec.get_mut("volumes").and_then(Value::as_array_mut) {
        volumes.retain(|volume| !is_token(volume, "name"));
    }
    for list in ["containers", "initContainers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(mounts) = container.get_mut("volumeMounts").and_then(Value::as_array_mut) {
                mounts.retain(|mount| !is_token(mount, "name"));
            }
        }
    }
}
