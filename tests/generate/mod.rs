//! Pods as authors write them, with annotations that are mostly right. All are valid for the API server: so what it refuses
//! later is our doing.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A Pod.
pub fn pod() -> impl Strategy<Value = Value> {
    (annotations(), vec(container(), 1..4), vec(init_container(), 0..3), spec()).prop_map(
        |(annotations, containers, inits, mut spec)| {
            let named = |containers: Vec<Value>, prefix: &str| -> Vec<Value> {
                containers
                    .into_iter()
                    .enumerate()
                    .map(|(n, container)| name(container, &format!("{prefix}{n}")))
                    .collect()
            };
            spec.insert("containers".to_owned(), json!(named(containers, "app-")));
            if !inits.is_empty() {
                spec.insert("initContainers".to_owned(), json!(named(inits, "init-")));
            }
            let mut metadata = json!({"name": "generated", "labels": {"app": "x"}});
            if let Some(annotations) = annotations {
                metadata["annotations"] = Value::Object(annotations);
            }
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        },
    )
}

/// Gives a container its name, or that of a proxy that is excluded by default.
fn name(mut container: Value, name: &str) -> Value {
    let proxy = container["env"].as_array().is_some_and(|env| env.len() == 3) && name == "app-1";
    container["name"] = json!(if proxy { "istio-proxy" } else { name });
    container
}

fn spec() -> impl Strategy<Value = Map<String, Value>> {
    let grace = of(select(vec![10, 11, 30, 35, 36, 40, 60, 3600]));
    (grace, of(select(vec!["Always", "OnFailure", "Never"]))).prop_map(|(grace, policy)| {
        let mut spec = Map::new();
        spec.extend(grace.map(|seconds| ("terminationGracePeriodSeconds".to_owned(), json!(seconds))));
        spec.extend(policy.map(|policy| ("restartPolicy".to_owned(), json!(policy))));
        spec
    })
}

fn container() -> impl Strategy<Value = Value> {
    let parts = (weighted(0.6, env()), weighted(0.2, Just(())), ports(), resources(), lifecycle());
    parts.prop_map(|(env, env_from, ports, resources, lifecycle)| {
        let mut container = json!({"image": "registry.example.com/app:1"});
        let env_from = env_from.map(|()| json!([{"configMapRef": {"name": "settings"}}]));
        for (field, value) in
            [("env", env), ("envFrom", env_from), ("ports", ports), ("resources", resources), ("lifecycle", lifecycle)]
        {
            if let Some(value) = value {
                container[field] = value;
            }
        }
        container
    })
}

/// A native sidecar, or one that runs to its end and so has no lifecycle.
fn init_container() -> impl Strategy<Value = Value> {
    (container(), any::<bool>()).prop_map(|(mut container, sidecar)| {
        if sidecar {
            container["restartPolicy"] = json!("Always");
        } else if let Some(container) = container.as_object_mut() {
            container.remove("lifecycle");
        }
        container
    })
}

fn env() -> impl Strategy<Value = Value> {
    let name = select(vec!["POD_NAME", "POD_IP", "HOST_IP", "CONTAINER_NAME", "GOMEMLIMIT", "MINE"]);
    let value = prop_oneof![
        Just(json!({"value": "http://$(POD_IP)/"})),
        Just(json!({})),
        Just(json!({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})),
        Just(json!({"valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}})),
        Just(json!({"valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}})),
        Just(json!({"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}})),
    ];
    let variable = (name, value).prop_map(|(name, mut variable)| {
        variable["name"] = json!(name);
        variable
    });
    vec(variable, 0..4).prop_map(Value::Array)
}

fn ports() -> impl Strategy<Value = Option<Value>> {
    of(select(vec![
        json!([]),
        json!([{"containerPort": 8080}]),
        json!([{"containerPort": 8080, "name": "http"}, {"containerPort": 9090, "name": "admin", "protocol": "UDP"}]),
    ]))
}

fn resources() -> impl Strategy<Value = Option<Value>> {
    of(select(vec![
        json!({}),
        json!({"limits": {"memory": "1.5Gi"}}),
        json!({"limits": {"cpu": 2, "memory": "256Mi"}, "requests": {"cpu": "100m"}}),
        json!({"requests": {"memory": "64Mi", "ephemeral-storage": "1G"}}),
    ]))
}

fn lifecycle() -> impl Strategy<Value = Option<Value>> {
    weighted(
        0.4,
        select(vec![
            json!({"preStop": {"exec": {"command": ["/bin/drain"]}}}),
            json!({"preStop": {"sleep": {"seconds": 5}}}),
            json!({"preStop": {"sleep": {"seconds": 10}}}),
            json!({"postStart": {"sleep": {"seconds": 9}}}),
            json!({"postStart": {"exec": {"command": ["/bin/warm"]}}, "preStop": {"httpGet": {"port": 8080}}}),
        ]),
    )
}

fn annotations() -> impl Strategy<Value = Option<Map<String, Value>>> {
    let right = vec(prop_oneof![4 => pod_annotation(), 2 => container_annotation(), 1 => foreign()], 0..5);
    let wrong = weighted(0.08, wrong());
    weighted(0.95, (right, wrong).prop_map(|(right, wrong)| right.into_iter().chain(wrong).collect()))
}

type Annotation = (String, Value);

fn annotation(key: &str, value: &str) -> Annotation {
    (key.to_owned(), json!(value))
}

fn pod_annotation() -> impl Strategy<Value = Annotation> {
    let list = select(vec![
        "POD_NAME,POD_IP",
        "CONTAINER_NAME,CONTAINER_IMAGE,PORT=container.port",
        "GOMEMLIMIT=limits.memory*90%,CPU_LIMIT,MEMORY_REQUEST",
        "GOMEMLIMIT=limits.memory,ADMIN=container.port['admin']",
        "true",
        "false",
    ]);
    let seconds = || select(vec!["true", "false", "0", "1", "5s", "10", "11s", "29s", "1m", "168h"]);
    prop_oneof![
        3 => select(vec!["true", "true", "true", "false"]).prop_map(|value| annotation("podwright.dev/inject", value)),
        1 => select(vec!["default", "web"]).prop_map(|value| annotation("podwright.dev/profile", value)),
        2 => list.prop_map(|value| annotation("podwright.dev/downward-env", value)),
        2 => seconds().prop_map(|value| annotation("podwright.dev/pre-stop-sleep", value)),
        1 => select(vec!["false", "5s", "10s", "30", "60s", "168h"])
            .prop_map(|value| annotation("podwright.dev/termination-grace-period", value)),
        1 => select(vec!["*", "app-0", "app-0,istio-proxy", "init-0,nobody"])
            .prop_map(|value| annotation("podwright.dev/containers", value)),
        1 => Just(annotation("podwright.dev/status", "forged")),
    ]
}

fn container_annotation() -> impl Strategy<Value = Annotation> {
    let container = select(vec!["app-0", "app-1", "istio-proxy", "init-0", "nobody"]);
    let setting = select(vec![
        ("inject", "false"),
        ("downward-env", "POD_UID"),
        ("downward-env", "true"),
        ("pre-stop-sleep", "10s"),
        ("pre-stop-sleep", "40s"),
        ("pre-stop-sleep", "false"),
        ("zz-unheard-of", "1"),
    ]);
    (container, setting)
        .prop_map(|(container, (key, value))| annotation(&format!("{container}.podwright.dev/{key}"), value))
}

fn foreign() -> impl Strategy<Value = Annotation> {
    select(vec![
        annotation("example.com/team", "a \"quoted\" \\ value\nof two lines"),
        annotation("xpodwright.dev/inject", "true"),
        annotation("podwright.dev/zz-unheard-of", "1"),
    ])
}

fn wrong() -> impl Strategy<Value = Annotation> {
    select(vec![
        annotation("podwright.dev/inject", "yes"),
        annotation("podwright.dev/Inject", "true"),
        annotation("podwright.dev/profile", "wbe"),
        annotation("podwright.dev/downward-env", "POD_NAM,,X=status.phase"),
        annotation("podwright.dev/pre-stop-sleep", "soon"),
        annotation("podwright.dev/pre-stop-sleep", "169h"),
        annotation("podwright.dev/termination-grace-period", "true"),
        annotation("a.b.podwright.dev/inject", "false"),
        annotation("app-0.podwright.dev/profile", "web"),
        annotation("app-0.podwright.dev/inject", "true"),
    ])
}
