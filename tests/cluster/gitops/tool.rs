//! The ways in which people and GitOps tools apply objects, and how each finds drift.

use serde_json::{Map, Value, json};
use xtask::control_plane::ControlPlane;

use crate::client::Client;
use crate::world::{feed, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// `kubectl apply` and `kubectl diff`.
    Kubectl,
    /// The same with `--server-side`.
    KubectlServerSide,
    /// Argo CD by default: `kubectl apply`. An object is out of sync if a field of Git has another value in the cluster.
    ArgoCd,
    /// Argo CD with `ServerSideApply=true` and `ServerSideDiff=true`.
    ArgoCdServerSide,
    /// Flux' kustomize-controller: server-side apply, and a dry run of it to find drift.
    Flux,
    /// Flux' helm-controller: Helm applies, and a dry run of server-side apply finds drift.
    FluxHelm,
}

impl Tool {
    /// The objects as this tool applies them, with its own marks.
    pub(super) fn mark(self, objects: &[Value]) -> Vec<Value> {
        let mut marked = objects.to_vec();
        for object in &mut marked {
            let name = object["metadata"]["name"].clone();
            match self {
                Self::Kubectl | Self::KubectlServerSide | Self::FluxHelm => {}
                Self::ArgoCd | Self::ArgoCdServerSide => {
                    let annotations = map(&mut object["metadata"]["annotations"]);
                    annotations.insert("argocd.argoproj.io/tracking-id".to_owned(), name);
                }
                Self::Flux => {
                    let labels = map(&mut object["metadata"]["labels"]);
                    labels.insert("kustomize.toolkit.fluxcd.io/name".to_owned(), json!("podwright"));
                    labels.insert("kustomize.toolkit.fluxcd.io/namespace".to_owned(), json!("flux-system"));
                }
            }
        }
        marked
    }

    pub(super) fn apply(self, cluster: Cluster<'_>, objects: &[Value]) {
        match self {
            Self::Kubectl | Self::ArgoCd => cluster.kubectl(&["apply"], objects),
            Self::KubectlServerSide => cluster.kubectl(&["apply", "--server-side"], objects),
            Self::ArgoCdServerSide | Self::Flux | Self::FluxHelm => {
                for object in objects {
                    cluster.apply(object, self.manager());
                }
            }
        }
    }

    /// Fails if the tool sees drift.
    pub(super) fn sees_no_drift(self, cluster: Cluster<'_>, objects: &[Value]) {
        match self {
            Self::Kubectl => cluster.kubectl(&["diff"], objects),
            Self::KubectlServerSide => cluster.kubectl(&["diff", "--server-side"], objects),
            Self::ArgoCd => {
                cluster.kubectl(&["diff"], objects);
                for object in objects {
                    holds(object, &cluster.live(object), &path(object));
                }
            }
            Self::ArgoCdServerSide | Self::Flux | Self::FluxHelm => {
                for object in objects {
                    let predicted = cluster.apply(object, &format!("{}&dryRun=All", self.manager()));
                    assert_eq!(compared(predicted), compared(cluster.live(object)), "{self:?}");
                }
            }
        }
    }

    /// The query of a server-side apply.
    fn manager(self) -> &'static str {
        match self {
            Self::Flux => "fieldManager=kustomize-controller",
            Self::FluxHelm => "fieldManager=helm-controller",
            _ => "fieldManager=argocd-controller",
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Cluster<'a> {
    pub(super) control_plane: &'a ControlPlane,
    pub(super) client: &'a Client,
}

impl Cluster<'_> {
    pub(super) fn live(self, object: &Value) -> Value {
        let answer = self.client.send(&format!("GET {}", path(object)), &Value::Null);
        assert_eq!(answer.status, 200, "{}: {}", path(object), answer.body);
        answer.body
    }

    pub(super) fn delete(self, object: &Value) {
        let answer = self.client.send(&format!("DELETE {}", path(object)), &Value::Null);
        assert_eq!(answer.status, 200, "{}: {}", path(object), answer.body);
    }

    /// A server-side apply that takes over fields of other managers, as both tools do.
    fn apply(self, object: &Value, query: &str) -> Value {
        let request = format!("PATCH {}?force=true&{query}", path(object));
        let answer = self.client.send_as(&request, "apply-patch+yaml", object);
        assert!(matches!(answer.status, 200 | 201), "{request}: {}", answer.body);
        answer.body
    }

    /// Runs kubectl with the objects as its input. `kubectl diff` exits with 1 for a difference.
    pub(super) fn kubectl(self, arguments: &[&str], objects: &[Value]) {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
        let output = feed(&mut self.control_plane.kubectl(&[arguments, &["-f", "-"]].concat()), &list);
        assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
}

/// The object's path in the API.
pub(super) fn path(object: &Value) -> String {
    let field = |value: &Value| value.as_str().expect("text").to_owned();
    let (version, kind) = (field(&object["apiVersion"]), field(&object["kind"]).to_lowercase());
    let root = if version.contains('/') { "apis" } else { "api" };
    let plural = kind.strip_suffix('y').map_or_else(|| format!("{kind}s"), |stem| format!("{stem}ies"));
    let metadata = &object["metadata"];
    let place = metadata["namespace"].as_str().map(|name| format!("namespaces/{name}/")).unwrap_or_default();
    format!("/{root}/{version}/{place}{plural}/{}", field(&metadata["name"]))
}

/// Fails unless the live value has each field of the value in Git, with the same value.
fn holds(wanted: &Value, live: &Value, place: &str) {
    match (wanted, live) {
        (Value::Object(wanted), Value::Object(_)) => {
            wanted.iter().for_each(|(key, wanted)| holds(wanted, &live[key], &format!("{place}.{key}")));
        }
        (Value::Array(wanted), Value::Array(present)) => {
            assert_eq!(wanted.len(), present.len(), "{place}");
            let pairs = wanted.iter().zip(present).enumerate();
            pairs.for_each(|(nth, (wanted, live))| holds(wanted, live, &format!("{place}[{nth}]")));
        }
        _ => assert_eq!(wanted, live, "{place}: Git, and the cluster"),
    }
}

/// The object without the records of its writers.
fn compared(mut object: Value) -> Value {
    map(&mut object["metadata"]).remove("managedFields");
    object
}

fn map(value: &mut Value) -> &mut Map<String, Value> {
    if value.is_null() {
        *value = json!({});
    }
    value.as_object_mut().expect("an object")
}
