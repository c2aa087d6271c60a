//! The admission policy of the manifests. RBAC allows podwright's ServiceAccount everything here, so each refusal is
//! the policy's.

mod attempts;
mod schema;

use std::sync::OnceLock;

use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;

use crate::client::{Answer, Client};
use crate::kept::eventually;
use crate::world::{feed, text};

pub const MANIFEST: &str = include_str!("../../../manifests/validatingadmissionpolicy.yaml");
/// The first words of a refusal by this policy.
const REFUSED: &str = "ValidatingAdmissionPolicy 'podwright' with binding 'podwright' denied request: ";
const SECRET: &str = "/api/v1/namespaces/podwright-system/secrets/podwright-tls";
const GROUP: &str = "/apis/admissionregistration.k8s.io/v1";
const EVENTS: &str = "/apis/events.k8s.io/v1/namespaces/default";
const KINDS: [&str; 2] = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];

/// The path of podwright's webhook configuration of this kind.
fn configuration(kind: &str) -> String {
    format!("{GROUP}/{kind}/00-podwright")
}

/// Whether the policy refused the request.
pub fn is_refusal(answer: &Answer) -> bool {
    answer.status == 403 && answer.message().contains(REFUSED)
}

/// Writes a kubeconfig with a token of podwright's ServiceAccount into this folder.
pub fn write_kubeconfig(control_plane: &ControlPlane, folder: &Scratch) {
    let create = ["create", "token", "podwright", "-n", "podwright-system", "--duration", "1h"];
    let token = control_plane.run(&create).unwrap_or_else(|error| panic!("{error}"));
    let admin = std::fs::read_to_string(control_plane.kubeconfig()).expect("a kubeconfig");
    let own = admin.replace(control_plane.token(), token.trim());
    assert_ne!(own, admin);
    folder.write("kubeconfig", &own).expect("written");
}

/// Waits until the API server heeds the policy. RBAC allows the account this write, which is never kept.
pub fn wait_until_in_force(account: &Client) {
    let label = json!({"metadata": {"labels": {"in-force": "no"}}});
    eventually("the policy is in force", || {
        let answer = account.send(&format!("PATCH {SECRET}?dryRun=All"), &label);
        if is_refusal(&answer) { Ok(()) } else { Err(format!("{}: {}", answer.status, answer.message())) }
    });
}

/// A control plane with the parts of podwright that the policy concerns.
struct Bound {
    control_plane: ControlPlane,
    admin: Client,
    /// A client with every right by RBAC.
    account: Client,
    _folder: Scratch,
}

/// The control plane that the tests share. A test must leave podwright's objects as it found them.
fn bound() -> &'static Bound {
    static BOUND: OnceLock<Bound> = OnceLock::new();
    BOUND.get_or_init(Bound::start)
}

impl Bound {
    fn start() -> Self {
        let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
        for manifest in [
            include_str!("../../../manifests/namespace.yaml"),
            include_str!("../../../manifests/serviceaccount.yaml"),
            MANIFEST,
            include_str!("../../../manifests/secret.yaml"),
            include_str!("../../../manifests/mutatingwebhookconfiguration.yaml"),
            include_str!("../../../manifests/validatingwebhookconfiguration.yaml"),
        ] {
            let applied = feed(&mut control_plane.kubectl(&["apply", "-f", "-"]), manifest);
            assert!(applied.status.success(), "{}", text(&applied.stderr));
        }
        let everything = ["--clusterrole=cluster-admin", "--serviceaccount=podwright-system:podwright"];
        let bind = [&["create", "clusterrolebinding", "everything"], &everything[..]].concat();
        control_plane.run(&bind).unwrap_or_else(|error| panic!("{error}"));
        let folder = Scratch::new().expect("a folder");
        write_kubeconfig(&control_plane, &folder);
        let account = Client::of(&folder.path().join("kubeconfig"));
        let bound = Self { admin: Client::new(&control_plane), account, control_plane, _folder: folder };
        wait_until_in_force(&bound.account);
        bound.fill();
        bound
    }

    /// Gives every field a value, so that a test can change it.
    fn fill(&self) {
        let selector = json!({
            "matchLabels": {"a": "b"},
            "matchExpressions": [{"key": "c", "operator": "NotIn", "values": ["d"]}],
        });
        for kind in KINDS {
            let mut object = self.read(&configuration(kind));
            object["metadata"]["annotations"] = json!({"a": "b"});
            object["metadata"]["finalizers"] = json!(["example.com/one", "example.com/two"]);
            object["metadata"]["generateName"] = json!("one-");
            object["metadata"]["ownerReferences"] = json!([{
                "apiVersion": "v1", "kind": "Namespace", "name": "one", "uid": "one", "controller": false, "blockOwnerDeletion": false,
            }]);
            for webhook in object["webhooks"].as_array_mut().expect("webhooks") {
                webhook["objectSelector"] = selector.clone();
                webhook["namespaceSelector"]["matchLabels"] = json!({"a": "b"});
                webhook["clientConfig"]["caBundle"] = json!(self.bundle());
            }
            let answer = self.admin.send(&format!("PUT {}", configuration(kind)), &object);
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        let secret = json!({"data": {"tls.crt": "YQ==", "foreign": "YQ=="}, "metadata": {"annotations": {"a": "b"}}});
        assert_eq!(self.admin.send(&format!("PATCH {SECRET}"), &secret).status, 200);
    }

    fn read(&self, path: &str) -> Value {
        let answer = self.admin.send(&format!("GET {path}"), &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// podwright's objects, without the fields that the API server writes on every change.
    fn objects(&self) -> Vec<Value> {
        let paths = [configuration(KINDS[0]), configuration(KINDS[1]), SECRET.to_owned()];
        let mut objects = paths.map(|path| self.read(&path));
        for object in &mut objects {
            let metadata = object["metadata"].as_object_mut().expect("metadata");
            for field in ["generation", "managedFields", "resourceVersion"] {
                metadata.remove(field);
            }
        }
        objects.into()
    }

    /// A certificate in the form of `caBundle`.
    fn bundle(&self) -> String {
        encoded(&std::fs::read(self.control_plane.ca_file()).expect("a certificate"))
    }

    /// Two certificates: a bundle that differs from the previous one.
    fn other_bundle(&self) -> String {
        encoded(&std::fs::read(self.control_plane.ca_file()).expect("a certificate").repeat(2))
    }

    fn may(&self, request: &str, content_type: &str, body: &Value) {
        let answer = self.account.send_as(request, content_type, body);
        assert!(matches!(answer.status, 200 | 201), "{request} {content_type}: {}", answer.body);
    }
}

fn encoded(bytes: &[u8]) -> String {
    let value = serde_json::to_value(k8s_openapi::ByteString(bytes.to_vec())).expect("JSON");
    value.as_str().expect("text").to_owned()
}

/// The JSON pointer to this webhook's bundle.
fn pointer(index: usize) -> String {
    format!("/webhooks/{index}/clientConfig/caBundle")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_rotation_is_allowed_with_every_kind_of_patch() {
    let bound = bound();
    for kind in KINDS {
        let request = format!("PATCH {}?dryRun=All", configuration(kind));
        let whole = bound.read(&configuration(kind));
        let bundle = bound.other_bundle();
        let names = whole["webhooks"].as_array().expect("webhooks").iter().map(|webhook| webhook["name"].clone());
        let partial: Vec<Value> =
            names.map(|name| json!({"name": name, "clientConfig": {"caBundle": bundle}})).collect();
        let replaced = |index| json!({"op": "replace", "path": pointer(index), "value": bundle});
        let mut rotated = whole.clone();
        for webhook in rotated["webhooks"].as_array_mut().expect("webhooks") {
            webhook["clientConfig"]["caBundle"] = json!(bundle);
        }
        bound.may(&request, "json-patch+json", &(0..partial.len()).map(replaced).collect());
        bound.may(&request, "json-patch+json", &json!([replaced(0)]));
        bound.may(&request, "strategic-merge-patch+json", &json!({"webhooks": partial}));
        bound.may(&request, "merge-patch+json", &json!({"webhooks": rotated["webhooks"]}));
        bound.may(&format!("PUT {}?dryRun=All", configuration(kind)), "json", &rotated);
        bound.may(&format!("PUT {}?dryRun=All", configuration(kind)), "json", &whole);
        let applied = json!({
            "apiVersion": whole["apiVersion"], "kind": whole["kind"], "metadata": {"name": "00-podwright"}, "webhooks": partial,
        });
        let apply = format!("{request}&fieldManager=other&force=true");
        bound.may(&apply, "apply-patch+yaml", &applied);
    }
    let request = format!("PATCH {SECRET}?dryRun=All");
    let all = podwright::cert::secret_keys::ALL.iter().map(|key| ((*key).to_owned(), json!("Yg=="))).collect();
    bound.may(&request, "merge-patch+json", &json!({"data": Value::Object(all)}));
    bound.may(&request, "merge-patch+json", &json!({"data": {"tls.crt": null}}));
    bound.may(&request, "merge-patch+json", &json!({"stringData": {"next-ca.key": "b"}}));
    bound.may(&request, "json-patch+json", &json!([{"op": "remove", "path": "/data/tls.crt"}]));
}

/// An event as podwright creates it.
fn event(name: &str) -> Value {
    json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": name, "namespace": "default"},
        "eventTime": "2026-01-01T00:00:00.000000Z", "reportingController": "podwright", "reportingInstance": "one",
        "action": "Inject", "reason": "Injected", "type": "Normal", "note": "one",
        "regarding": {"apiVersion": "apps/v1", "kind": "ReplicaSet", "namespace": "default", "name": "one", "uid": "one"},
    })
}

/// Kubernetes itself refuses other changes of an event.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_event_of_podwright_is_allowed_and_its_count() {
    let bound = bound();
    bound.may(&format!("POST {EVENTS}/events"), "json", &event("own"));
    let series = json!({"series": {"count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"}});
    let own = format!("PATCH {EVENTS}/events/own");
    bound.may(&own, "merge-patch+json", &series);
    assert_eq!(bound.account.send(&own, &json!({"note": "other"})).status, 422);
    let mut foreign = event("foreign");
    foreign["reportingController"] = json!("kubelet");
    assert_eq!(bound.admin.send(&format!("POST {EVENTS}/events"), &foreign).status, 201);
    let answer = bound.account.send(&format!("PATCH {EVENTS}/events/foreign"), &series);
    assert!(is_refusal(&answer), "{}: {}", answer.status, answer.body);
    assert!(is_refusal(&bound.account.send(&format!("DELETE {EVENTS}/events/own"), &Value::Null)));
}

/// A configuration with an entry for each of many profiles stays below the cost limit of an expression. It has its own
/// control plane, because other tests expect podwright's own webhooks.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_rotation_is_allowed_with_two_hundred_webhooks() {
    let bound = Bound::start();
    let path = configuration(KINDS[0]);
    let mut object = bound.read(&path);
    let first = object["webhooks"][0].clone();
    let webhook = |number| {
        let mut webhook = first.clone();
        webhook["name"] = json!(format!("profile-{number}.podwright.dev"));
        webhook
    };
    object["webhooks"] = (0..200).map(webhook).collect();
    assert_eq!(bound.admin.send(&format!("PUT {path}"), &object).status, 200);
    let replaced = |index| json!({"op": "replace", "path": pointer(index), "value": bound.other_bundle()});
    bound.may(&format!("PATCH {path}"), "json-patch+json", &(0..200).map(replaced).collect());
}

/// A tenant's ServiceAccount that is also called podwright, in another Namespace, and an operator.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn nobody_else_is_concerned() {
    let bound = bound();
    bound.admin.create_service_account("default", "podwright");
    let bystander = ["--as=system:serviceaccount:default:podwright", "create", "configmap", "one", "--dry-run=server"];
    let role = ["create", "clusterrolebinding", "bystander", "--clusterrole=cluster-admin"];
    bound.control_plane.run(&[&role[..], &["--serviceaccount=default:podwright"]].concat()).unwrap();
    bound.control_plane.run(&bystander).unwrap();
    let change = json!({"metadata": {"labels": {"other": "yes"}}});
    for path in [configuration(KINDS[0]), configuration(KINDS[1]), SECRET.to_owned()] {
        let answer = bound.admin.send(&format!("PATCH {path}?dryRun=All"), &change);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let policy = bound.read(&format!("{GROUP}/validatingadmissionpolicies/podwright"));
    assert_eq!(policy["spec"]["failurePolicy"], "Fail");
    assert_eq!(policy["spec"]["matchConditions"].as_array().map(Vec::len), Some(1), "{policy}");
}
