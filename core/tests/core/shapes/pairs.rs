//! Each pair of lists in which podwright looks up the items of one in the other.

use super::Shape;
use super::lists::{ALL, INJECT, MANY, opted_in, probes};
use super::pod::{Pod, list, member, quoted, repeated, separated};

pub(crate) const SHAPES: &[Shape] = &[
    ("limit-ranger's clauses and containers", |bytes| {
        limit_ranger(bytes, bytes / 3, |n| format!("cpu request for container c{n}"))
    }),
    ("limit-ranger's clauses and containers, within its cap", |bytes| {
        limit_ranger(bytes, 4000, |n| format!("cpu request for container c{n}"))
    }),
    ("limit-ranger: a clause of many resources", |bytes| {
        let resources = separated(", ", bytes / 3, ALL, |_| "a".into());
        limit_ranger(
            bytes,
            ALL,
            move |n| if n == 0 { format!("{resources} request for container c0") } else { String::new() },
        )
    }),
    ("limit-ranger: clauses of one container", |bytes| {
        limit_ranger(bytes, bytes / 3, |_| "a request for container c1".into())
    }),
    ("default-container and containers", |bytes| {
        let main = member("kubectl.kubernetes.io/default-container", &"a".repeat(bytes / 2));
        let containers = list(bytes / 2, 4000, |n| format!(r#"{{"name":"c{n}"}}"#));
        Pod::annotated(format!("{},{main}", probes("exec:a"))).containers(containers)
    }),
    ("mounts and volumes", |bytes| mounts(bytes, 10_000, r#""configMap":{}"#)),
    ("mounts and volumes that can be written", |bytes| mounts(bytes, 10_000, r#""emptyDir":{}"#)),
    ("mounts of many containers and volumes", |bytes| {
        let volumes = list(bytes / 2, 7000, |n| format!(r#"{{"name":"v{n}","secret":{{}}}}"#));
        let mounts = r#"[{"name":"w","mountPath":"/m"},{"name":"w","mountPath":"/n"}]"#;
        let containers = list(bytes / 2, 3000, |_| format!(r#"{{"volumeMounts":{mounts}}}"#));
        Pod::annotated(paths()).spec(format!(r#""containers":[{containers}],"volumes":[{volumes}]"#))
    }),
    ("mounts and volumes of one long name", |bytes| {
        let name = "v".repeat(bytes / 300);
        let volumes = list(bytes / 2, ALL, |n| format!(r#"{{"name":"{name}{:03}","secret":{{}}}}"#, n % 1000));
        let mounts = list(bytes / 2, ALL, |n| format!(r#"{{"name":"{name}x{:02}","mountPath":"/{n}"}}"#, n % 100));
        Pod::annotated(paths()).spec(format!(r#""containers":[{{"volumeMounts":[{mounts}]}}],"volumes":[{volumes}]"#))
    }),
    ("mounts and the paths above them", |bytes| {
        let mounts = list(bytes, MANY, |n| format!(r#"{{"name":"v","mountPath":"/etc/{n}"}}"#));
        Pod::annotated(paths()).container(format!(r#""volumeMounts":[{mounts}]"#))
    }),
    ("env and wished variables", |bytes| {
        let env = list(bytes, MANY, |n| format!(r#"{{"name":"W{n}"}}"#));
        Pod::annotated(variables("metadata.name")).container(format!(r#""env":[{env}]"#))
    }),
    ("env and wished variables, beyond the bound", |bytes| {
        let env = list(bytes, 65_536, |_| "{}".into());
        Pod::annotated(variables("metadata.name")).container(format!(r#""env":[{env}]"#))
    }),
    ("env and wished variables of one length", |bytes| {
        let name = "V".repeat(60);
        let env = list(bytes, MANY, |n| format!(r#"{{"name":"{name}{:03}"}}"#, n % 1000));
        let list = separated(",", ALL, 128, |n| format!("{name}x{n:02}=metadata.name"));
        Pod::annotated(member("podwright.dev/downward-env", &list)).container(format!(r#""env":[{env}]"#))
    }),
    ("env of many containers and wished variables", |bytes| {
        let env = list(2000, 200, |_| "{}".into());
        let containers = list(bytes, 70, |_| format!(r#"{{"env":[{env}]}}"#));
        Pod::annotated(variables("metadata.name")).containers(containers)
    }),
    ("env that is wished, with sources to compare", |bytes| {
        let field = r#"{"fieldRef":{"fieldPath":"metadata.name"}}"#;
        let env = list(ALL, 128, |n| format!(r#"{{"name":"V{n}","valueFrom":{field}}}"#));
        let containers = list(bytes, 150, |_| format!(r#"{{"env":[{env}]}}"#));
        Pod::annotated(variables("metadata.name")).containers(containers)
    }),
    ("wished variables and containers", |bytes| {
        Pod::annotated(variables("metadata.name")).containers(list(bytes, 4000, |_| "{}".into()))
    }),
    ("wished variables and containers, few", |bytes| {
        Pod::annotated(variables("metadata.name")).containers(list(bytes, 100, |_| "{}".into()))
    }),
    ("wished variables that nobody can have, and containers", |bytes| {
        Pod::annotated(variables("container.port['x']")).containers(list(bytes, 4000, |_| "{}".into()))
    }),
    ("ports and wished ports", |bytes| {
        let ports = list(bytes, MANY, |n| format!(r#"{{"name":"p{n}"}}"#));
        Pod::annotated(named_ports()).container(format!(r#""ports":[{ports}]"#))
    }),
    ("ports of other protocols and wished ports", |bytes| {
        let ports = list(bytes, 65_535, |n| format!(r#"{{"name":"x{n}","protocol":"UDP"}}"#));
        Pod::annotated(named_ports()).container(format!(r#""ports":[{ports}]"#))
    }),
    ("a long port and the variables that hold it", |bytes| {
        let port = "1".repeat(bytes);
        Pod::annotated(variables("container.port")).container(format!(r#""ports":[{{"containerPort":{port}}}]"#))
    }),
    ("a long name and the variables that hold it", |bytes| {
        let name = "a".repeat(bytes);
        Pod::annotated(variables("container.name")).containers(format!(r#"{{"name":"{name}"}}"#))
    }),
    ("a long image and the variables that hold it", |bytes| {
        let image = "$".repeat(bytes.min(4000));
        Pod::annotated(variables("container.image")).containers(format!(r#"{{"image":"{image}"}}"#))
    }),
    ("a long name and the entries of the report", |bytes| {
        let name = "a".repeat(bytes / 2);
        Pod::annotated(format!("{},{INJECT}", variables("metadata.name")))
            .containers(format!(r#"{{"name":"{name}"}},{{"name":"{name}"}}"#))
    }),
    ("long names of many containers and the entries of the report", |bytes| {
        let name = "a".repeat(bytes / 64);
        opted_in(list(bytes, ALL, |n| format!(r#"{{"name":"{name}{n}"}}"#)))
    }),
    ("ports and a probe without one", |bytes| {
        let ports = list(bytes / 40, ALL, |_| r#"{"name":"grpc-web"}"#.into());
        let containers = list(bytes, 4000, |_| format!(r#"{{"ports":[{ports}]}}"#));
        Pod::annotated(probes("http")).containers(containers)
    }),
    ("ports and a probe by name", |bytes| {
        let ports = list(bytes / 2, MANY, |n| format!(r#"{{"name":"p{n}"}}"#));
        Pod::annotated(probes("http:web")).containers(format!(r#"{{"ports":[{ports}]}},{{"ports":[{ports}]}}"#))
    }),
    ("the selection and containers", |bytes| {
        let selected = separated(",", ALL, 256, |n| format!("s{n}"));
        let annotations = format!("{INJECT},{}", member("podwright.dev/containers", &selected));
        Pod::annotated(annotations).containers(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}"}}"#)))
    }),
    ("the selection and containers, names of one length", |bytes| {
        let name = "a".repeat(60);
        let selected = separated(",", ALL, 256, |n| format!("{name}{n:03}"));
        let annotations = format!("{INJECT},{}", member("podwright.dev/containers", &selected));
        Pod::annotated(annotations).containers(list(bytes, 4000, |n| format!(r#"{{"name":"{name}x{:02}"}}"#, n % 100)))
    }),
    ("the selection and excluded containers", |bytes| {
        let selected = separated(",", ALL, 256, |n| format!("excluded-{n}"));
        let annotations = format!("{INJECT},{}", member("podwright.dev/containers", &selected));
        Pod::annotated(annotations).containers(list(bytes, 4000, |n| format!(r#"{{"name":"excluded-{n}"}}"#)))
    }),
    ("excluded containers and containers", |bytes| {
        opted_in(list(bytes, 4000, |n| format!(r#"{{"name":"excluded-{:05}"}}"#, 99_999 - n)))
    }),
    ("a container's own keys that add nothing", |bytes| nothing(bytes, r#"{"name":"c#"}"#)),
    ("20,000 containers and keys that add nothing", |bytes| nothing(bytes, "{}")),
    ("init containers and keys that add nothing", |bytes| {
        let keys = format!(r#""podwright.dev/pre-stop-sleep":"5s",{}"#, probes("exec:a"));
        let containers = list(bytes, 19_900, |_| "{}".into());
        Pod::annotated(keys).spec(format!(r#""initContainers":[{containers}]"#))
    }),
    ("the Pod's resources and containers", |bytes| {
        let keys = r#""podwright.dev/requests":"cpu=1","podwright.dev/limits":"cpu=1""#;
        let containers = list(bytes, 19_900, |_| "{}".into());
        Pod::annotated(keys).spec(format!(r#""resources":{{"limits":{{"cpu":1}}}},"containers":[{containers}]"#))
    }),
    ("a port's name of many parts", |bytes| {
        guessed(bytes, |bytes| format!(r#"{{"name":"{}","containerPort":80}}"#, repeated("a1", bytes)))
    }),
    ("a port's name of many hyphens", |bytes| {
        guessed(bytes, |bytes| format!(r#"{{"name":"{}","containerPort":80}}"#, repeated("-", bytes)))
    }),
    ("ports of names of many parts", |bytes| {
        guessed(bytes, |bytes| {
            list(bytes, MANY, |n| format!(r#"{{"name":"a1-b2-c3-d4-e5f","containerPort":{}}}"#, n + 1))
        })
    }),
    ("ports to guess from, and containers", |bytes| {
        guessed(bytes, |bytes| list(bytes.min(60), 5, |_| r#"{"containerPort":1}"#.into()))
    }),
    ("addresses in args and ports", |bytes| {
        let args = repeated(r"localhos:80", bytes);
        opted_in(format!(r#"{{"args":["{args}"],"ports":[{{"containerPort":80}}]}}"#))
    }),
    ("colons in args and ports", |bytes| {
        opted_in(format!(r#"{{"args":["{}"],"ports":[{{"containerPort":8}}]}}"#, repeated(":8", bytes)))
    }),
    ("last-applied-configuration of small containers", |bytes| {
        let applied = format!(r#"{{"spec":{{"containers":[{}]}}}}"#, list(bytes.min(260_000), ALL, |_| "{}".into()));
        let key = "kubectl.kubernetes.io/last-applied-configuration";
        Pod::annotated(format!("{INJECT},{}", member(key, &applied))).container("")
    }),
    ("last-applied-configuration and containers", |bytes| {
        let containers = |bytes: usize| list(bytes, 4000, |n| format!(r#"{{"name":"c{n}","env":null}}"#));
        let applied = format!(r#"{{"spec":{{"containers":[{}]}}}}"#, containers((bytes / 2).min(180_000)));
        let key = "kubectl.kubernetes.io/last-applied-configuration";
        Pod::annotated(format!("{INJECT},{}", member(key, &applied))).containers(containers(bytes / 2))
    }),
    ("managedFields and containers", |bytes| {
        let fields =
            list(bytes / 2, ALL, |n| format!(r#""k:{{\"name\":\"c{n}\"}}":{{"f:terminationMessagePath":{{}}}}"#));
        let entry = format!(r#"{{"operation":"Apply","fieldsV1":{{"f:spec":{{"f:containers":{{{fields}}}}}}}}}"#);
        let containers = list(bytes / 2, 4000, |n| format!(r#"{{"name":"c{n}"}}"#));
        Pod::annotated(INJECT).metadata(format!(r#""managedFields":[{entry}]"#)).containers(containers)
    }),
    ("many entries of managedFields and one container", |bytes| {
        let spec = r#"{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{}}}}"#;
        let entries = list(bytes, ALL, |_| format!(r#"{{"operation":"Apply","fieldsV1":{spec}}}"#));
        Pod::annotated(INJECT).metadata(format!(r#""managedFields":[{entries}]"#)).container("")
    }),
    ("args and ports", |bytes| {
        let args = list(bytes / 2, ALL, |n| quoted(&format!("--port={}", n % 65_536)));
        let ports = list(bytes / 2, MANY, |n| format!(r#"{{"containerPort":{}}}"#, n + 1));
        Pod::annotated(INJECT).container(format!(r#""args":[{args}],"ports":[{ports}]"#))
    }),
    ("faults and keys", |bytes| {
        let wrong = list(bytes.min(ANNOTATED), ALL, |n| member(&format!("c{n}.podwright.dev/requests"), "x"));
        let right = r#""podwright.dev/limits":"true","podwright.dev/requests":"cpu=1""#;
        Pod::annotated(format!("{right},{},{wrong}", probes("x"))).container("")
    }),
    ("faults of values of many bytes", |bytes| {
        let wrong = |n| member(&format!("c{n}.podwright.dev/requests"), &"é".repeat(bytes / 200));
        Pod::annotated(list(bytes.min(ANNOTATED), ALL, wrong)).container("")
    }),
    ("names and containers", |bytes| {
        let own = list(bytes.min(ANNOTATED) / 2, 4000, |n| format!(r#""c{n}.podwright.dev/requests":"cpu=1""#));
        Pod::annotated(own).containers(list(bytes / 2, 4000, |n| format!(r#"{{"name":"c{n}"}}"#)))
    }),
    ("names of containers that are not there", |bytes| {
        let own = list(bytes.min(ANNOTATED) / 2, ALL, |n| format!(r#""d{n}.podwright.dev/requests":"cpu=1""#));
        Pod::annotated(own).containers(list(bytes / 2, 4000, |n| format!(r#"{{"name":"c{n}"}}"#)))
    }),
    ("every key for each container", |bytes| {
        let keys = [
            ("downward-env", "A=container.port,B=limits.cpu*5%"),
            ("limits", "cpu=1"),
            ("requests", "cpu=1"),
            ("readiness-probe", "tcp"),
            ("pre-stop-sleep", "9"),
            ("downward-volume", "/x"),
        ];
        let own = |n| keys.map(|(key, value)| member(&format!("c{n}.podwright.dev/{key}"), value)).join(",");
        let annotations = list(bytes.min(ANNOTATED) * 9 / 10, 2000, own);
        Pod::annotated(annotations).containers(list(bytes / 10, 2000, |n| format!(r#"{{"name":"c{n}"}}"#)))
    }),
    ("a probe of many words and containers", |bytes| {
        let probe = format!("exec:'{}'", repeated("a ", 8000));
        Pod::annotated(probes(&probe)).containers(list(bytes, 4000, |_| "{}".into()))
    }),
    ("a probe of many words and containers with probes", |bytes| {
        let probe = format!("exec:'{}'", repeated("a ", 8000));
        let container = r#"{"startupProbe":{},"readinessProbe":{},"livenessProbe":{}}"#;
        Pod::annotated(probes(&probe)).containers(list(bytes, 4000, |_| container.into()))
    }),
    ("a probe of many headers and containers", |bytes| {
        let probe = format!("http:80 {}", repeated("header=A: ", 8000));
        Pod::annotated(probes(&probe)).containers(list(bytes, 4000, |_| r#"{"ports":[{"containerPort":80}]}"#.into()))
    }),
    ("a probe of a long path and containers", |bytes| {
        let probe = format!("http:/{}", "x".repeat(8000));
        Pod::annotated(probes(&probe)).containers(list(bytes, 4000, |_| r#"{"ports":[{"containerPort":80}]}"#.into()))
    }),
    ("a probe of a long path and containers with it", |bytes| {
        let path = "x".repeat(bytes.min(80_000) / 40);
        let probe = format!(r#"{{"httpGet":{{"path":"/{path}","port":80,"scheme":"HTTP"}}}}"#);
        Pod::annotated(probes(&format!("http:80/{path}")))
            .containers(list(bytes, 4000, |_| format!(r#"{{"readinessProbe":{probe}}}"#)))
    }),
    ("sleeps and containers", |bytes| {
        let annotations = r#""podwright.dev/pre-stop-sleep":"40s","podwright.dev/liveness-probe":"tcp:80 grace=5s""#;
        Pod::annotated(annotations).containers(list(bytes, 4000, |_| r#"{"lifecycle":{}}"#.into()))
    }),
    ("a quantity of many digits and the variables that share it", |bytes| {
        let amount = format!(r#""resources":{{"limits":{{"cpu":"{}1"}}}}"#, "0".repeat(bytes));
        Pod::annotated(variables("limits.cpu*50%")).container(amount)
    }),
    ("the Pod's quantity of many digits and containers", |bytes| {
        let amount = format!(r#""resources":{{"limits":{{"memory":"{}"}}}}"#, "0".repeat(bytes * 9 / 10));
        let containers = list(bytes / 10, 4000, |_| "{}".into());
        Pod::annotated(r#""podwright.dev/downward-env":"A=limits.memory""#)
            .spec(format!(r#"{amount},"containers":[{containers}]"#))
    }),
    ("amounts that are kept, and containers", |bytes| {
        let amounts = r#""resources":{"requests":{"cpu":"3","memory":"3Gi"},"limits":{"cpu":"9"}}"#;
        let annotations = r#""podwright.dev/requests":"cpu=1,memory=1Gi","podwright.dev/limits":"cpu=2""#;
        Pod::annotated(annotations).containers(list(bytes, 4000, |n| format!(r#"{{"name":"c{n}",{amounts}}}"#)))
    }),
];

/// The most bytes of annotations that podwright reads.
const ANNOTATED: usize = 1_500_000;

/// Containers, and keys that each find their target among them.
fn nothing(bytes: usize, container: &str) -> Pod {
    let keys = r#""podwright.dev/termination-message-policy":"File","podwright.dev/termination-message-path":"/dev/termination-log""#;
    Pod::annotated(keys).containers(list(bytes, 19_900, |n| container.replace('#', &n.to_string())))
}

/// Containers with ports for the profile's guessed probes, of this size in all, or one container with all bytes.
fn guessed(bytes: usize, ports: impl Fn(usize) -> String) -> Pod {
    let container = format!(r#"{{"ports":[{}]}}"#, ports(bytes));
    Pod::annotated(r#""podwright.dev/profile":"web""#).containers(list(bytes + 100, 4000, |_| container.clone()))
}

/// LimitRanger's annotation of this size, and containers whose amounts it may have set.
fn limit_ranger(bytes: usize, account: usize, clause: impl Fn(usize) -> String) -> Pod {
    let account = format!("LimitRanger plugin set: {}", separated("; ", account.min(bytes / 2), 60_000, clause));
    let amounts = r#""resources":{"requests":{"cpu":"3","memory":"3"},"limits":{"cpu":"4","memory":"4"}}"#;
    let containers = list(bytes / 2, 4000, |n| format!(r#"{{"name":"c{n}",{amounts}}}"#));
    let asks = r#""podwright.dev/requests":"cpu=1,memory=1","podwright.dev/limits":"cpu=1,memory=1""#;
    Pod::annotated(format!("{asks},{}", member("kubernetes.io/limit-ranger", &account))).containers(containers)
}

fn mounts(bytes: usize, most: usize, source: &str) -> Pod {
    let volumes = list(bytes / 2, most, |n| format!(r#"{{"name":"v{n:05}",{source}}}"#));
    let mounts = list(bytes / 2, most, |n| format!(r#"{{"name":"w{n:05}","mountPath":"/m{n}"}}"#));
    let containers = format!(r#""containers":[{{"name":"app","volumeMounts":[{mounts}]}}]"#);
    Pod::annotated(paths()).spec(format!(r#"{containers},"volumes":[{volumes}]"#))
}

fn paths() -> String {
    r#""podwright.dev/downward-volume":"/etc/podinfo","podwright.dev/termination-message-path":"/tmp/log""#.into()
}

/// 128 variables of one source.
fn variables(source: &str) -> String {
    member("podwright.dev/downward-env", &separated(",", ALL, 128, |n| format!("V{n}={source}")))
}

fn named_ports() -> String {
    let list = separated(",", ALL, 128, |n| format!("V{n}=container.port['x{}']", n + 100_000));
    member("podwright.dev/downward-env", &list)
}
