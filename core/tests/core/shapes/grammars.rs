//! Each grammar of an annotation: values of all kinds of bytes, and as many annotations as fit.

use super::Shape;
use super::pod::{Pod, list, member, repeated, separated};

/// The most bytes of annotations that podwright reads: six times the API's limit.
const ANNOTATIONS: usize = 1_500_000;
/// The most bytes of a probe.
const PROBE: usize = 8_000;

pub(crate) const SHAPES: &[Shape] = &[
    ("downward-env: 128 variables for each container", |bytes| {
        each("downward-env", bytes, &separated(",", 4000, 128, |n| format!("V{n}=metadata.name")))
    }),
    ("downward-env: amounts and divisors", |bytes| {
        each("downward-env", bytes, &separated(",", 4000, 128, |n| format!("V{n}=limits.memory*50%/1Ei")))
    }),
    ("downward-env: more than it takes", |bytes| {
        one("downward-env", separated(",", bytes, usize::MAX, |n| format!("V{n}")))
    }),
    ("downward-env: commas", |bytes| one("downward-env", repeated(",", bytes))),
    ("downward-env: sources that are nearly right", |bytes| {
        each("downward-env", bytes, &separated(",", 4000, 128, |n| format!("V{n}=metadata.nmae")))
    }),
    ("downward-env: names that are nearly right", |bytes| {
        each("downward-env", bytes, &separated(",", 4000, 128, |_| "POD_NMAE".into()))
    }),
    ("downward-env: one label of all bytes", |bytes| {
        one("downward-env", format!("A=metadata.labels['{}']", "a".repeat(bytes)))
    }),
    ("downward-env: one name many times", |bytes| {
        each("downward-env", bytes, &separated(",", 4000, 128, |_| "A=container.name".into()))
    }),
    ("downward-env: short lists", |bytes| each("downward-env", bytes, "POD_IP")),
    ("downward-env: OTEL", |bytes| each("downward-env", bytes, "OTEL,GOMEMLIMIT,GOMAXPROCS")),
    ("downward-env: not a list", |bytes| each("downward-env", bytes, "x")),
    ("containers: 256 names", |bytes| one("containers", separated(",", bytes, 256, |n| format!("c{n}")))),
    ("containers: more than it takes", |bytes| {
        one("containers", separated(",", bytes, usize::MAX, |n| format!("c{n}")))
    }),
    ("containers: one name many times", |bytes| one("containers", separated(",", bytes, 256, |_| "app".into()))),
    ("containers: not names", |bytes| one("containers", separated(",", bytes, 256, |_| "A".repeat(bytes / 300)))),
    ("probe words: options that nobody knows", |bytes| {
        each("readiness-probe", bytes, &format!("tcp {}", repeated("a=1 ", PROBE)))
    }),
    ("probe words: options that are nearly right", |bytes| {
        each("readiness-probe", bytes, &format!("tcp {}", repeated("perod=1 ", PROBE)))
    }),
    ("probe words: one option many times", |bytes| {
        each("readiness-probe", bytes, &format!("tcp {}", repeated("period=1 ", PROBE)))
    }),
    ("probe words: headers", |bytes| {
        each("readiness-probe", bytes, &format!("http {}", repeated("header=A:b ", PROBE)))
    }),
    ("probe words: empty words", |bytes| each("readiness-probe", bytes, &format!("exec:a {}", repeated("'' ", PROBE)))),
    ("probe words: blanks", |bytes| each("readiness-probe", bytes, &format!("tcp {}=", " ".repeat(PROBE)))),
    ("probe words: short probes", |bytes| each("readiness-probe", bytes, "tcp:80")),
    ("probe words: nearly a handler", |bytes| each("readiness-probe", bytes, "htp:80")),
    ("probe words: an unclosed quote", |bytes| {
        each("readiness-probe", bytes, &format!("exec:'{}", "a ".repeat(PROBE / 2)))
    }),
    ("exec: quoting", |bytes| each("readiness-probe", bytes, &format!("exec:{}", repeated(r#"'a'"b"\c"#, PROBE)))),
    ("exec: many words", |bytes| each("readiness-probe", bytes, &format!("exec:'{}'", repeated("a ", PROBE)))),
    ("exec: nested quotes", |bytes| {
        each("readiness-probe", bytes, &format!(r#"exec:"{}""#, repeated(r#"\"a\" "#, PROBE)))
    }),
    ("whole probe: fields that nobody knows", |bytes| {
        each("readiness-probe", bytes, &format!("{{{}}}", list(PROBE, usize::MAX, |n| format!(r#""f{n}":1"#))))
    }),
    ("whole probe: fields that are nearly right", |bytes| {
        each(
            "readiness-probe",
            bytes,
            &format!("{{{}}}", list(PROBE, usize::MAX, |n| format!(r#""perodSeconds{n}":1"#))),
        )
    }),
    ("whole probe: headers that are wrong", |bytes| {
        let headers = list(PROBE - 100, usize::MAX, |_| "{x: 1}".into());
        each("readiness-probe", bytes, &format!("{{httpGet: {{port: 80, httpHeaders: [{headers}]}}}}"))
    }),
    ("whole probe: a command of many words", |bytes| {
        let words = list(PROBE - 100, usize::MAX, |_| r#""""#.into());
        each("readiness-probe", bytes, &format!(r#"{{"exec":{{"command":["a",{words}]}}}}"#))
    }),
    ("whole probe: a command of numbers", |bytes| {
        let words = list(PROBE - 100, usize::MAX, |_| "1".into());
        each("readiness-probe", bytes, &format!("{{exec: {{command: [{words}]}}}}"))
    }),
    ("whole probe: deep lists", |bytes| each("readiness-probe", bytes, &format!("{{a: {}", "[".repeat(PROBE)))),
    ("whole probe: deep blocks", |bytes| each("readiness-probe", bytes, &format!("a:\n{}", repeated("- ", PROBE)))),
    ("whole probe: deep keys", |bytes| each("readiness-probe", bytes, &format!("\n{}", repeated("? ", PROBE)))),
    ("whole probe: growing indentation", |bytes| {
        let lines: String = (0..120).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        each("readiness-probe", bytes, &lines)
    }),
    ("whole probe: a block of short lines", |bytes| {
        each("readiness-probe", bytes, &format!("exec:\n  command:\n  - |\n{}", repeated("    \"\n", PROBE)))
    }),
    ("whole probe: a folded block", |bytes| {
        each("readiness-probe", bytes, &format!("exec:\n  command:\n  - >\n{}", repeated("    a\n\n", PROBE)))
    }),
    ("whole probe: empty lines", |bytes| {
        each("readiness-probe", bytes, &format!("tcpSocket:\n{}  port: 80", "\n".repeat(PROBE)))
    }),
    ("whole probe: comments", |bytes| {
        each("readiness-probe", bytes, &format!("tcpSocket: {{port: 80}}\n{}", repeated("# a\n", PROBE)))
    }),
    ("whole probe: anchors", |bytes| {
        let anchors = separated("\n", PROBE, usize::MAX, |n| format!("a{n}: &a{n} 1"));
        each("readiness-probe", bytes, &anchors)
    }),
    ("whole probe: aliases", |bytes| {
        each("readiness-probe", bytes, &format!("a: &a [x]\nb: [{}]\n", list(PROBE, usize::MAX, |_| "*a".into())))
    }),
    ("whole probe: merge keys", |bytes| {
        each("readiness-probe", bytes, &separated("\n", PROBE, usize::MAX, |_| "<<: {a: 1}".into()))
    }),
    ("whole probe: one key many times", |bytes| {
        each("readiness-probe", bytes, &separated("\n", PROBE, usize::MAX, |_| "a: 1".into()))
    }),
    ("whole probe: documents", |bytes| each("readiness-probe", bytes, &repeated("---\na: 1\n", PROBE))),
    ("whole probe: tags", |bytes| each("readiness-probe", bytes, &format!("a:\n{}", repeated("- !!str 1\n", PROBE)))),
    ("whole probe: a plain scalar over lines", |bytes| {
        each("readiness-probe", bytes, &format!("a: x\n{}", repeated(" x\n", PROBE)))
    }),
    ("whole probe: a quoted scalar over lines", |bytes| {
        each("readiness-probe", bytes, &format!("a: \"x\n{}\"", repeated(" x\n", PROBE)))
    }),
    ("whole probe: escapes", |bytes| {
        each(
            "readiness-probe",
            bytes,
            &format!(r#"{{"httpGet":{{"path":"/{}","port":80}}}}"#, repeated(r"\u0041", PROBE)),
        )
    }),
    ("whole probe: short ones", |bytes| each("readiness-probe", bytes, "{tcpSocket: {port: 80}}")),
    ("whole probe: the shortest that fail", |bytes| each("readiness-probe", bytes, "{")),
    ("durations", |bytes| each("pre-stop-sleep", bytes, "1h 1m 1s")),
    ("durations: one of all bytes", |bytes| one("pre-stop-sleep", repeated("1h ", bytes))),
    ("durations: invalid", |bytes| each("pre-stop-sleep", bytes, "1x")),
    ("durations: of many parts", |bytes| each("pre-stop-sleep", bytes, &repeated("0h 0m 0s ", 4000))),
    ("quantities", |bytes| each("requests", bytes, "cpu=1,memory=1Gi,ephemeral-storage=1Gi")),
    ("quantities: above their limits", |bytes| {
        let pair = |n| {
            format!(r#""c{n}.podwright.dev/requests":"cpu=2,memory=2","c{n}.podwright.dev/limits":"cpu=1,memory=1""#)
        };
        Pod::annotated(list(bytes.min(ANNOTATIONS), usize::MAX, pair)).container("")
    }),
    ("quantities: invalid", |bytes| each("requests", bytes, "cpu=x")),
    ("quantities: one of all bytes", |bytes| one("requests", format!("cpu={}1", "0".repeat(bytes)))),
    ("quantities: commas", |bytes| one("requests", repeated(",", bytes))),
    ("paths", |bytes| each("downward-volume", bytes, "/a")),
    ("paths: to be cleaned", |bytes| each("downward-volume", bytes, &format!("{}/a", repeated("/a/..", 500)))),
    ("paths: one of all bytes", |bytes| one("termination-message-path", repeated("/a/..", bytes))),
    ("paths: not the shortest", |bytes| each("termination-message-path", bytes, "/a//")),
    ("policies: nearly right", |bytes| each("termination-message-policy", bytes, "fallbackToLogsOnEror")),
    ("policies: invalid", |bytes| each("termination-message-policy", bytes, "x")),
    ("inject: not a flag", |bytes| each("inject", bytes, "x")),
    ("inject: false for each container", |bytes| each("inject", bytes, "false")),
    ("true for each container, where the profile has no value", |bytes| each("limits", bytes, "true")),
    ("the profile's name of all bytes", |bytes| one("profile", "a".repeat(bytes))),
    ("the profile's name nearly right", |bytes| {
        Pod::annotated(member("podwright.dev/profile", "profile-100x"))
            .container(format!(r#""args":["{}"]"#, "a".repeat(bytes)))
    }),
    ("keys that nobody knows", |bytes| keys(bytes, |n| format!("podwright.dev/{n}"))),
    ("keys that nobody knows, as long as ours", |bytes| keys(bytes, |n| format!("podwright.dev/{n:012}"))),
    ("keys that are nearly right", |bytes| keys(bytes, |n| format!("c{n}.podwright.dev/inyect"))),
    ("keys that are nearly right, and long", |bytes| {
        keys(bytes, |n| format!("c{n}.podwright.dev/termination-grace-perid"))
    }),
    ("keys in other case", |bytes| keys(bytes, |n| format!("c{n}.Podwright.dev/inject"))),
    ("keys of domains that are no containers", |bytes| keys(bytes, |n| format!("{n}.a.podwright.dev/inject"))),
    ("keys of domains of all bytes", |bytes| keys(bytes, |n| format!("{}.{n}.podwright.dev/x", "a".repeat(bytes / 8)))),
    ("keys for the Pod, at containers", |bytes| keys(bytes, |n| format!("c{n}.podwright.dev/profile"))),
    ("keys of all bytes", |bytes| keys(bytes, |n| format!("podwright.dev/{n}{}", "a-".repeat(bytes / 8)))),
    ("keys with escapes", |bytes| {
        Pod::annotated(list(bytes.min(ANNOTATIONS), usize::MAX, |n| {
            format!(r#""c{n}.\u0070odwright.dev/requests":"\u0063pu=1""#)
        }))
        .container("")
    }),
    ("one key many times", |bytes| keys(bytes, |_| "podwright.dev/inject".into())),
    ("keys under inject: false", |bytes| {
        let out = r#","podwright.dev/inject":"false""#;
        let Pod { annotations, .. } = keys(bytes, |n| format!("c{n}.podwright.dev/inyect"));
        Pod::annotated(annotations + out).container("")
    }),
];

/// One annotation of the Pod.
fn one(key: &str, value: impl AsRef<str>) -> Pod {
    Pod::annotated(member(&format!("podwright.dev/{key}"), value.as_ref())).container("")
}

/// The same annotation for as many containers as fit.
fn each(key: &str, bytes: usize, value: &str) -> Pod {
    let annotation = |n| member(&format!("c{n}.podwright.dev/{key}"), value);
    Pod::annotated(list(bytes.min(ANNOTATIONS).max(annotation(0).len()), usize::MAX, annotation)).container("")
}

fn keys(bytes: usize, key: impl Fn(usize) -> String) -> Pod {
    Pod::annotated(list(bytes.min(ANNOTATIONS), usize::MAX, |n| member(&key(n), ""))).container("")
}
