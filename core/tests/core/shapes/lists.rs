//! Each list and each map that podwright reads, very long.

use super::Shape;
use super::pod::{Pod, list, member, quoted, repeated};

/// Below the bound on items, with room for podwright's own.
pub(crate) const MANY: usize = 15_000;
/// No bound.
pub(crate) const ALL: usize = usize::MAX;
/// Opts every container in to everything.
pub(crate) const INJECT: &str = r#""podwright.dev/inject":"true""#;

/// Adds the variables of OpenTelemetry to every container.
const OTEL: &str = r#""podwright.dev/downward-env":"OTEL""#;

pub(crate) const SHAPES: &[Shape] = &[
    ("containers without members", |bytes| opted_in(list(bytes, ALL, |_| "{}".into()))),
    ("4,000 containers without members", |bytes| opted_in(list(bytes, 4000, |_| "{}".into()))),
    ("2,000 containers without members", |bytes| opted_in(list(bytes, 2000, |_| "{}".into()))),
    ("containers with a name", |bytes| opted_in(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}"}}"#)))),
    ("containers of one name", |bytes| opted_in(list(bytes, 4000, |_| r#"{"name":"app"}"#.into()))),
    ("init containers", |bytes| init(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}"}}"#)))),
    ("sidecars", |bytes| init(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}","restartPolicy":"Always"}}"#)))),
    ("env: literals", |bytes| injected("env", list(bytes, ALL, |n| format!(r#"{{"name":"V{n}","value":"x"}}"#)))),
    ("env: without members", |bytes| injected("env", list(bytes, MANY, |_| "{}".into()))),
    ("env: wished names", |bytes| injected("env", list(bytes, MANY, |_| r#"{"name":"POD_NAME"}"#.into()))),
    ("env: valueFrom", |bytes| {
        let source = r#"{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}"#;
        injected("env", list(bytes, MANY, |n| format!(r#"{{"name":"V{n}","valueFrom":{source}}}"#)))
    }),
    ("env: valueFrom of many members", |bytes| {
        let members = list(bytes, ALL, |n| format!(r#""m{n}":1"#));
        injected("env", format!(r#"{{"name":"POD_NAME","valueFrom":{{{members}}}}}"#))
    }),
    ("envFrom", |bytes| injected("envFrom", list(bytes, MANY, |_| "{}".into()))),
    ("ports: names", |bytes| {
        injected("ports", list(bytes, MANY, |n| format!(r#"{{"name":"p{n}","containerPort":{}}}"#, n + 1)))
    }),
    ("ports: without members", |bytes| injected("ports", list(bytes, MANY, |_| "{}".into()))),
    ("ports: UDP", |bytes| {
        injected("ports", list(bytes, 65_535, |n| format!(r#"{{"containerPort":{},"protocol":"UDP"}}"#, n + 1)))
    }),
    ("volumeMounts", |bytes| {
        injected("volumeMounts", list(bytes, MANY, |n| format!(r#"{{"name":"v","mountPath":"/m{n}"}}"#)))
    }),
    ("volumeMounts: paths to clean", |bytes| {
        let path = repeated("/a/..", 400);
        injected("volumeMounts", list(bytes, MANY, |n| format!(r#"{{"name":"v","mountPath":"{path}/{n}"}}"#)))
    }),
    ("volumeMounts: podwright's name", |bytes| {
        let mount = |n| format!(r#"{{"name":"downward-api-pod-info","mountPath":"/a/../{n}"}}"#);
        injected("volumeMounts", list(bytes, MANY, mount))
    }),
    ("volumeMounts: one path of all bytes", |bytes| {
        injected("volumeMounts", format!(r#"{{"name":"v","mountPath":"{}"}}"#, repeated("/a/..", bytes)))
    }),
    ("volumeDevices", |bytes| {
        injected("volumeDevices", list(bytes, MANY, |n| format!(r#"{{"name":"v{n}","devicePath":"/dev/v{n}"}}"#)))
    }),
    ("volumes: emptyDir", |bytes| volumes(list(bytes, MANY, |n| format!(r#"{{"name":"v{n}","emptyDir":{{}}}}"#)))),
    ("volumes: configMap", |bytes| {
        volumes(list(bytes, MANY, |n| format!(r#"{{"name":"v{n}","configMap":{{"name":"c"}}}}"#)))
    }),
    ("volumes: many sources", |bytes| {
        volumes(format!(r#"{{"name":"v",{}}}"#, list(bytes, ALL, |n| format!(r#""s{n}":{{}}"#))))
    }),
    ("volumes: one source of many members", |bytes| {
        volumes(format!(r#"{{"name":"v","csi":{{{}}}}}"#, list(bytes, ALL, |n| format!(r#""m{n}":1"#))))
    }),
    ("volumes: podwright's with many items", |bytes| {
        let items = list(bytes, ALL, |_| "{}".into());
        volumes(format!(r#"{{"name":"downward-api-pod-info","downwardAPI":{{"items":[{items}]}}}}"#))
    }),
    ("annotations of others", |bytes| Pod::annotated(list(bytes, ALL, |n| format!(r#""a{n}":"x""#))).container("")),
    ("annotations of others, opted in", |bytes| {
        Pod::annotated(format!("{INJECT},{}", list(bytes, ALL, |n| format!(r#""a/{n}":"x""#)))).container("")
    }),
    ("annotations: attributes of OpenTelemetry", |bytes| {
        let attributes = list(bytes, ALL, |n| format!(r#""resource.opentelemetry.io/a{n}":"x""#));
        Pod::annotated(format!("{OTEL},{attributes}")).container("")
    }),
    ("containers with attributes of OpenTelemetry", |bytes| {
        let attributes = list(3_000, ALL, |n| format!(r#""resource.opentelemetry.io/a{n}":"x""#));
        let containers = list(bytes, 4000, |n| format!(r#"{{"name":"c{n}"}}"#));
        Pod::annotated(format!("{OTEL},{attributes}")).containers(containers)
    }),
    ("annotations: one of all bytes", |bytes| Pod::annotated(member("a", &"x".repeat(bytes))).container("")),
    ("annotations: last-applied-configuration", |bytes| {
        let applied = list(bytes / 2, ALL, |n| format!(r#"{{"name":"c{n}"}}"#));
        let applied = format!(r#"{{"spec":{{"containers":[{applied}]}}}}"#);
        let key = "kubectl.kubernetes.io/last-applied-configuration";
        Pod::annotated(format!("{INJECT},{}", member(key, &applied))).container("")
    }),
    ("managedFields", |bytes| {
        let entry = |n| format!(r#"{{"manager":"m{n}","operation":"Update","fieldsV1":{{"f:spec":{{}}}}}}"#);
        managed(list(bytes, ALL, entry))
    }),
    ("managedFields: Apply", |bytes| {
        let entry = |n| format!(r#"{{"manager":"m{n}","operation":"Apply","fieldsV1":{{"f:spec":{{}}}}}}"#);
        managed(list(bytes, ALL, entry))
    }),
    ("managedFields: one entry of many fields", |bytes| {
        let fields = list(bytes, ALL, |n| format!(r#""f:podwright.dev/{n}":{{}}"#));
        let fields = format!(r#"{{"f:metadata":{{"f:annotations":{{{fields}}}}}}}"#);
        managed(format!(r#"{{"manager":"m","operation":"Apply","fieldsV1":{fields}}}"#))
    }),
    ("ownerReferences", |bytes| {
        let owners = list(bytes, ALL, |n| format!(r#"{{"kind":"ReplicaSet","name":"r{n}"}}"#));
        Pod::annotated(INJECT).metadata(format!(r#""ownerReferences":[{owners}]"#)).container("")
    }),
    ("resources: other resources", |bytes| {
        let amounts = list(bytes, ALL, |n| format!(r#""r{n}":1"#));
        Pod::annotated(INJECT).container(format!(r#""resources":{{"limits":{{{amounts}}}}}"#))
    }),
    ("resources: cpu again and again", |bytes| {
        let amounts = list(bytes, ALL, |_| r#""cpu":1"#.into());
        Pod::annotated(INJECT).container(format!(r#""resources":{{"limits":{{{amounts}}}}}"#))
    }),
    ("resources in each container", |bytes| {
        let amounts = r#"{"cpu":"1","memory":"1Gi"}"#;
        let members = format!(r#""resources":{{"requests":{amounts},"limits":{amounts}}}"#);
        opted_in(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}",{members}}}"#)))
    }),
    ("a lifecycle in each container", |bytes| {
        let hook = r#"{"sleep":{"seconds":5}}"#;
        opted_in(list(bytes, 4000, |_| format!(r#"{{"lifecycle":{{"preStop":{hook},"postStart":{hook}}}}}"#)))
    }),
    ("a lifecycle of many words", |bytes| {
        let hook = format!(r#"{{"exec":{{"command":[{}]}}}}"#, list(bytes / 2, ALL, |_| r#""a""#.into()));
        let asks = r#""podwright.dev/liveness-probe":"tcp:80 grace=5s","podwright.dev/pre-stop-sleep":"5s","podwright.dev/termination-grace-period":"60s""#;
        let members = format!(r#""lifecycle":{{"preStop":{hook},"postStart":{hook}}}"#);
        Pod::annotated(asks).container(members)
    }),
    ("three probes of many members", |bytes| {
        let headers = list(bytes / 3, ALL, |_| r#"{"name":"A","value":""}"#.into());
        let probe = format!(r#"{{"httpGet":{{"path":"/","port":80,"httpHeaders":[{headers}]}}}}"#);
        let members = ["startup", "readiness", "liveness"].map(|kind| format!(r#""{kind}Probe":{probe}"#)).join(",");
        Pod::annotated(probes("http:80/")).container(members)
    }),
    ("three probes of many words", |bytes| {
        let probe = format!(r#"{{"exec":{{"command":[{}]}}}}"#, list(bytes / 3, ALL, |_| r#""""#.into()));
        let members = ["startup", "readiness", "liveness"].map(|kind| format!(r#""{kind}Probe":{probe}"#)).join(",");
        Pod::annotated(probes("exec:a")).container(members)
    }),
    ("args", |bytes| injected("args", list(bytes, ALL, |n| format!(r#""--port={n}""#)))),
    ("labels of others", |bytes| {
        let labels = list(bytes, ALL, |n| format!(r#""l{n}":"x""#));
        Pod { workload: format!(r#""labels":{{{labels}}}"#), ..opted_in("{}") }
    }),
    ("labels of ours, on a workload and its template", |bytes| {
        let labels = list(bytes / 2, ALL, |n| format!(r#""podwright.dev/{n}":"x""#));
        let labels = format!(r#""labels":{{{labels}}}"#);
        Pod { workload: labels.clone(), ..opted_in("{}").metadata(labels) }
    }),
    ("annotations of ours, on a workload", |bytes| {
        let annotations = list(bytes, ALL, |n| format!(r#""podwright.dev/{n}":"x""#));
        Pod { workload: format!(r#""annotations":{{{annotations}}}"#), ..opted_in("{}") }
    }),
    ("fields that are not read", |bytes| {
        let tolerations = list(bytes, ALL, |n| format!(r#"{{"key":"k{n}","operator":"Exists"}}"#));
        Pod::annotated(INJECT).spec(format!(r#""containers":[{{}}],"tolerations":[{tolerations}]"#))
    }),
    ("fields that nobody knows", |bytes| {
        let members = list(bytes, ALL, |n| format!(r#""f{n}":0"#));
        Pod::annotated(INJECT).container(members)
    }),
];

pub(crate) fn opted_in(containers: impl AsRef<str>) -> Pod {
    Pod::annotated(INJECT).containers(containers)
}

/// A member of an injected Pod's only container.
pub(crate) fn injected(field: &str, items: impl AsRef<str>) -> Pod {
    Pod::annotated(INJECT).container(format!("{}:[{}]", quoted(field), items.as_ref()))
}

/// All three probes of the Pod.
pub(crate) fn probes(probe: &str) -> String {
    ["startup", "readiness", "liveness"].map(|kind| member(&format!("podwright.dev/{kind}-probe"), probe)).join(",")
}

fn init(containers: impl AsRef<str>) -> Pod {
    Pod::annotated(INJECT)
        .spec(format!(r#""containers":[{{"name":"app"}}],"initContainers":[{}]"#, containers.as_ref()))
}

fn volumes(volumes: impl AsRef<str>) -> Pod {
    Pod::annotated(INJECT).spec(format!(r#""containers":[{{"name":"app"}}],"volumes":[{}]"#, volumes.as_ref()))
}

fn managed(entries: impl AsRef<str>) -> Pod {
    Pod::annotated(INJECT).metadata(format!(r#""managedFields":[{}]"#, entries.as_ref())).container("")
}
