//! Deep nesting, and texts and numbers of all kinds of bytes, wherever podwright reads them.

use super::Shape;
use super::lists::{ALL, INJECT, injected, opted_in, probes};
use super::pod::{Pod, list, member, repeated};

pub(crate) const SHAPES: &[Shape] = &[
    ("deep lists in a field that is not read", |bytes| unread(&nested("[", "]", bytes))),
    ("deep objects in a field that is not read", |bytes| unread(&nested(r#"{"a":"#, "}", bytes))),
    ("deep lists in a probe", |bytes| probe(&nested("[", "]", bytes))),
    ("deep lists in valueFrom", |bytes| {
        injected("env", format!(r#"{{"name":"POD_NAME","valueFrom":{}}}"#, nested("[", "]", bytes)))
    }),
    ("deep lists in a volume", |bytes| {
        let spec = format!(r#""containers":[{{}}],"volumes":[{{"name":"v","x":{}}}]"#, nested("[", "]", bytes));
        Pod::annotated(INJECT).spec(spec)
    }),
    ("deep lists in envFrom", |bytes| injected("envFrom", nested("[", "]", bytes))),
    ("deep lists in an annotation of others", |bytes| {
        Pod::annotated(format!(r#""a":{}"#, nested("[", "]", bytes))).container("")
    }),
    ("deep lists in an annotation of ours", |bytes| {
        Pod::annotated(format!(r#""podwright.dev/requests":{}"#, nested("[", "]", bytes))).container("")
    }),
    ("a container's name of all bytes", |bytes| opted_in(format!(r#"{{"name":"{}"}}"#, "a".repeat(bytes)))),
    ("a container's name of escapes", |bytes| opted_in(format!(r#"{{"name":"{}"}}"#, repeated(r"\u00e9", bytes)))),
    ("a container's name of control characters", |bytes| {
        opted_in(format!(r#"{{"name":"{}"}}"#, repeated(r"\n", bytes)))
    }),
    ("an image of escapes", |bytes| opted_in(format!(r#"{{"image":"{}"}}"#, repeated(r"\\", bytes)))),
    ("an annotation of escapes", |bytes| {
        Pod::annotated(format!(r#"{INJECT},"a":"{}""#, repeated(r#"\""#, bytes))).container("")
    }),
    ("surrogates", |bytes| opted_in(format!(r#"{{"name":"{}"}}"#, repeated(r"\ud83d\ude00", bytes)))),
    ("fields' names of escapes", |bytes| opted_in(format!("{{{}}}", list(bytes, ALL, |_| r#""\u006e":0"#.into())))),
    ("white space", |bytes| opted_in(format!("{}{{}}", " ".repeat(bytes)))),
    ("a number of many digits where none is read", |bytes| unread(&"1".repeat(bytes))),
    ("a fraction of many digits where none is read", |bytes| unread(&format!("0.{}", "1".repeat(bytes)))),
    ("a port of many digits", |bytes| {
        Pod::annotated(probes("tcp")).container(format!(r#""ports":[{{"containerPort":{}}}]"#, "1".repeat(bytes)))
    }),
    ("a grace period of many digits", |bytes| {
        let spec = format!(r#""containers":[{{}}],"terminationGracePeriodSeconds":{}"#, "1".repeat(bytes));
        Pod::annotated(INJECT).spec(spec)
    }),
    ("a grace period of many zeros", |bytes| {
        let spec = format!(r#""containers":[{{}}],"terminationGracePeriodSeconds":"{}""#, "0".repeat(bytes));
        Pod::annotated(INJECT).spec(spec)
    }),
    ("a probe's period of many digits", |bytes| probe(&format!(r#"{{"periodSeconds":{}}}"#, "1".repeat(bytes)))),
    ("a probe's period of many digits and an exponent", |bytes| {
        probe(&format!(r#"{{"periodSeconds":0.{}e99999}}"#, "1".repeat(bytes)))
    }),
    ("a sleep of many digits", |bytes| {
        let members = format!(r#""lifecycle":{{"preStop":{{"sleep":{{"seconds":{}}}}}}}"#, "1".repeat(bytes));
        Pod::annotated(INJECT).container(members)
    }),
    ("a quantity of many zeros", |bytes| quantity(&"0".repeat(bytes))),
    ("a quantity of many nines", |bytes| quantity(&"9".repeat(bytes))),
    ("a quantity of a long fraction", |bytes| quantity(&format!("0.{}", "0".repeat(bytes)))),
    ("a quantity of a long exponent", |bytes| quantity(&format!("1e{}1", "0".repeat(bytes)))),
    ("quantities of fractions", |bytes| {
        let amount = r#""resources":{"limits":{"cpu":"0.0000000000000000001","memory":"0.0000000000000000001Ei"}}"#;
        opted_in(list(bytes, 4000, |_| format!("{{{amount}}}")))
    }),
    ("a message's path of all bytes", |bytes| {
        let members = format!(r#""terminationMessagePath":"{}""#, repeated("/a/..", bytes));
        Pod::annotated(r#""podwright.dev/downward-volume":"/etc/podinfo""#).container(members)
    }),
    ("a member many times", |bytes| opted_in(format!("{{{}}}", list(bytes, ALL, |_| r#""x":0"#.into())))),
    ("containers of the wrong kind", |bytes| opted_in(list(bytes, ALL, |_| "0".into()))),
    ("a status of all bytes", |bytes| {
        Pod::annotated(format!("{INJECT},{}", member("podwright.dev/status", &"x".repeat(bytes.min(1_500_000)))))
            .container("")
    }),
    ("a body that ends too soon", |bytes| opted_in(format!("{{}}{}", "[".repeat(bytes)))),
];

fn nested(open: &str, close: &str, bytes: usize) -> String {
    let depth = bytes / (open.len() + close.len());
    format!("{}0{}", open.repeat(depth), close.repeat(depth))
}

fn unread(value: &str) -> Pod {
    Pod::annotated(INJECT).container(format!(r#""x":{value}"#))
}

fn probe(value: &str) -> Pod {
    Pod::annotated(probes("tcp:80")).container(format!(r#""readinessProbe":{value}"#))
}

fn quantity(amount: &str) -> Pod {
    Pod::annotated(INJECT).container(format!(r#""resources":{{"limits":{{"cpu":"{amount}"}}}}"#))
}
