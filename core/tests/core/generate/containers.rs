//! Containers, without their names and mounts.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// The fields of one container.
pub fn container() -> impl Strategy<Value = Value> {
    let runs = (weighted(0.2, args()), weighted(0.5, env()), weighted(0.2, Just(())), ports(), resources());
    (runs, hooks(), message()).prop_map(|((args, env, env_from, ports, resources), hooks, message)| {
        let mut container = Map::new();
        container.insert("image".to_owned(), json!("registry.example.com/app:1"));
        let env_from = env_from.map(|()| json!([{"configMapRef": {"name": "settings"}}]));
        let parts = [("args", args), ("env", env), ("envFrom", env_from), ("ports", ports), ("resources", resources)];
        let parts = parts.into_iter().chain(hooks).chain(message);
        container.extend(parts.filter_map(|(field, value)| Some((field.to_owned(), value?))));
        Value::Object(container)
    })
}

/// One of `containers`, which may have a restart policy of its own from 1.34 on.
pub fn app_container() -> impl Strategy<Value = Value> {
    (container(), weighted(0.1, select(vec!["Always", "OnFailure", "Never"]))).prop_map(|(mut container, policy)| {
        if let Some(policy) = policy {
            container["restartPolicy"] = json!(policy);
        }
        container
    })
}

/// A native sidecar, or an init container, which has neither hooks nor probes.
pub fn init_container() -> impl Strategy<Value = Value> {
    (container(), any::<bool>()).prop_map(|(mut container, sidecar)| {
        if sidecar {
            container["restartPolicy"] = json!("Always");
        } else if let Some(container) = container.as_object_mut() {
            container.retain(|field, _| !field.ends_with("Probe") && field != "lifecycle");
        }
        container
    })
}

fn args() -> impl Strategy<Value = Value> {
    select(vec![json!(["serve", "--listen=:8080"]), json!(["--admin=localhost:8080", "--web", "127.0.0.1:3000"])])
}

fn env() -> impl Strategy<Value = Value> {
    let name = select(vec![
        "POD_NAME",
        "POD_IP",
        "HOST_IP",
        "CONTAINER_NAME",
        "GOMEMLIMIT",
        "MINE",
        "OTEL_SERVICE_NAME",
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_RESOURCE_ATTRIBUTES_POD_NAME",
        "OTEL_RESOURCE_POD_NAME",
    ]);
    let value = select(vec![
        json!({"value": "http://$(POD_IP)/"}),
        json!({"value": "a=b,service.name=mine"}),
        json!({}),
        json!({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}),
        json!({"valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}),
        json!({"valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}),
        json!({"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}),
    ]);
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
        json!([{"containerPort": 9100, "name": "metrics"}, {"containerPort": 8443, "name": "https", "protocol": "TCP"}]),
        json!([{"containerPort": 9090, "name": "grpc"}, {"containerPort": 8081, "name": "web"}]),
        json!([{"containerPort": 53, "name": "http", "protocol": "UDP"}]),
        json!([{"containerPort": 132, "protocol": "SCTP"}, {"containerPort": 65535}]),
        json!([{"containerPort": 8080, "protocol": "UDP"}, {"containerPort": 3000, "name": "web"}]),
        json!([{"containerPort": 5005}, {"containerPort": 8080, "name": "http-api"}, {"containerPort": 8081, "name": "healthz"}]),
        json!([{"containerPort": 3000}, {"containerPort": 4000}]),
        json!([{"containerPort": 3306, "name": "mysql"}]),
    ]))
}

fn resources() -> impl Strategy<Value = Option<Value>> {
    weighted(0.6, prop_oneof![2 => agreeing(), 1 => odd()])
}

/// Requests up to their limits, of few values, so that they meet the annotations' values.
fn agreeing() -> impl Strategy<Value = Value> {
    const CPU: [&str; 4] = ["50m", "1e-1", "0.2", "400m"];
    const MEMORY: [&str; 4] = ["64Mi", "128Mi", "1Gi", "1024Mi"];
    let place = || weighted(0.5, 0..4_usize);
    ([place(), place()], [place(), place()]).prop_map(|(cpu, memory)| {
        let mut resources = json!({"requests": {}, "limits": {}});
        for (name, amounts, [request, limit]) in [("cpu", CPU, cpu), ("memory", MEMORY, memory)] {
            let request = request.map(|request| request.min(limit.unwrap_or(request)));
            for (section, place) in [("requests", request), ("limits", limit)] {
                resources[section]
                    .as_object_mut()
                    .unwrap()
                    .extend(place.map(|at| (name.to_owned(), json!(amounts[at]))));
            }
        }
        resources
    })
}

/// Numbers, nothing, and resources of other kinds; the last amount is finer than the API server keeps.
fn odd() -> impl Strategy<Value = Value> {
    select(vec![
        json!({}),
        json!({"limits": {"memory": "1.5Gi"}}),
        json!({"limits": {"cpu": 2, "memory": "256Mi"}, "requests": {"cpu": "100m"}}),
        json!({"limits": {"cpu": 0.5}, "requests": {"cpu": "500m"}}),
        json!({"limits": {"cpu": "100m", "memory": 134_217_728}}),
        json!({"limits": {"cpu": "0", "ephemeral-storage": "1G"}, "requests": {"cpu": 0}}),
        json!({"limits": {"hugepages-2Mi": "2Mi", "memory": "64Mi"}}),
        json!({"limits": {"example.com/gpu": 1}}),
        json!({"requests": {"memory": "64Mi", "ephemeral-storage": "1G"}}),
        json!({"requests": {"cpu": "4", "memory": "4Gi"}}),
        json!({"requests": {"cpu": "0"}}),
        json!({"requests": {"memory": "1"}}),
        json!({"requests": {"cpu": "100u"}}),
    ])
}

type Fields<const N: usize> = [(&'static str, Option<Value>); N];

/// Fields that only long-running containers can have.
fn hooks() -> impl Strategy<Value = Fields<4>> {
    (lifecycle(), probe(&[]), probe(&READINESS), probe(&LIVENESS)).prop_map(
        |(lifecycle, startup, readiness, liveness)| {
            [
                ("lifecycle", lifecycle),
                ("startupProbe", startup),
                ("readinessProbe", readiness),
                ("livenessProbe", liveness),
            ]
        },
    )
}

fn lifecycle() -> impl Strategy<Value = Option<Value>> {
    let hooks = select(vec![
        json!({}),
        json!({"preStop": {"exec": {"command": ["/bin/drain"]}}}),
        json!({"preStop": {"exec": {"command": ["sleep", "5"]}}}),
        json!({"preStop": {"sleep": {"seconds": 5}}}),
        json!({"preStop": {"sleep": {"seconds": 10}}}),
        json!({"postStart": {"sleep": {"seconds": 9}}}),
        json!({"postStart": {"exec": {"command": ["/bin/warm"]}}, "preStop": {"httpGet": {"port": 8080}}}),
    ]);
    weighted(0.4, hooks)
}

/// JSON for a readiness probe only, and for a liveness probe only.
const READINESS: [&str; 1] = [r#"{"tcpSocket":{"port":8080},"successThreshold":2}"#];
const LIVENESS: [&str; 1] = [r#"{"tcpSocket":{"port":8080},"terminationGracePeriodSeconds":5}"#];

/// Some equal the annotations' values, as written or as the API server returns them.
const PROBES: [&str; 9] = [
    r#"{"tcpSocket":{"port":8080}}"#,
    r#"{"tcpSocket":{"port":8080},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}"#,
    r#"{"tcpSocket":{"port":8080},"timeoutSeconds":0,"failureThreshold":0}"#,
    r#"{"tcpSocket":{"port":5432},"failureThreshold":5}"#,
    r#"{"httpGet":{"path":"/ready","port":8080},"periodSeconds":5}"#,
    r#"{"httpGet":{"path":"/ready","port":8080,"scheme":"HTTP"},"periodSeconds":5,"timeoutSeconds":1}"#,
    r#"{"httpGet":{"port":"undeclared","httpHeaders":[{"name":"Accept","value":"text/plain"}]}}"#,
    r#"{"grpc":{"port":9090,"service":"my.Service"}}"#,
    r#"{"exec":{"command":["pg_isready","-U","app"]},"timeoutSeconds":2}"#,
];

fn probe(more: &[&str]) -> impl Strategy<Value = Option<Value>> + use<> {
    let probes: Vec<Value> = PROBES.iter().chain(more).map(|json| serde_json::from_str(json).unwrap()).collect();
    weighted(0.2, select(probes))
}

fn message() -> impl Strategy<Value = Fields<2>> {
    let paths = vec!["/dev/termination-log", "/tmp/termination-log", "/etc/podinfo/last-word", "/data/log"];
    let policies = vec!["File", "FallbackToLogsOnError"];
    (weighted(0.3, select(paths)), weighted(0.3, select(policies))).prop_map(|(path, policy)| {
        let text = |text: &str| json!(text);
        [("terminationMessagePath", path.map(text)), ("terminationMessagePolicy", policy.map(text))]
    })
}
