//! The full form.

use super::*;

#[test]
fn absent_null_and_empty_fields() {
    for (text, handler) in [
        ("{tcpSocket: {}}", Handler::Tcp { port: None }),
        ("{tcpSocket: {port: null, host: ''}, exec: null}", Handler::Tcp { port: None }),
        ("{grpc: {service: ''}}", Handler::Grpc { port: None, service: None }),
        ("{httpGet: {path: '', scheme: '', httpHeaders: null}}", http(Scheme::Http, None, None)),
        ("{httpGet: {path: ready, port: '80'}}", http(Scheme::Http, Some(Port::Number(80)), Some("ready"))),
        ("{grpc: {port: '9090'}}", Handler::Grpc { port: Some(9090), service: None }),
        ("tcpSocket:\r\n  port: 80\r\n", Handler::Tcp { port: Some(Port::Number(80)) }),
        ("# why\ntcpSocket: {port: 0120}", Handler::Tcp { port: Some(Port::Number(80)) }),
        ("---\ntcpSocket: {}\n...", Handler::Tcp { port: None }),
        ("\n  tcpSocket: {}\n  exec:\n", Handler::Tcp { port: None }),
        ("{exec: {command: [sh, -c, \"a\\nb\"]}}", exec(&["sh", "-c", "a\nb"])),
        ("exec:\n  command:\n  - sh\n  - |\n    a\n    b\n", exec(&["sh", "a\nb\n"])),
    ] {
        assert_eq!(Probe::parse(text, ProbeKind::Liveness), Ok(probe(handler)), "{text}");
    }
}

#[test]
fn syntax_errors_have_a_position() {
    for (text, told) in [
        ("{\"httpGet\": {\"port\": 80}", "at line 1, column"),
        ("tcpSocket:\n  port: 80\n port: 81\n", "at line 3, column"),
        (
            "{tcpSocket: {}, tcpSocket: {}}",
            "duplicate mapping key `tcpSocket` is not allowed here at line 1, column 17",
        ),
        ("tcpSocket:\n  port: 80\n  port: 81\n", "at line 3, column 3"),
        ("{tcpSocket: {}} {", "at line 1"),
        ("tcpSocket: {}\n---\ntcpSocket: {}\n", "at line 3"),
        ("a: &a {}\ntcpSocket: *a", "an anchor or an alias at line 1, column 7"),
        ("tcpSocket: *a\nx: 1", "at line 1, column 12"),
        ("{periodSeconds: .nan, tcpSocket: {}}", "at line 1"),
        ("{\"a\": \"\\x\"}", "at line 1"),
        ("{", "at line 1"),
        ("\tx:\n\ty", "at line"),
    ] {
        assert_told(text, ProbeKind::Startup, told);
    }
    assert_told("tcp:80\nperiod=5s", ProbeKind::Startup, "a handler and its options on one line");
    assert_told("- tcp\n- http", ProbeKind::Startup, "invalid probe");
    assert_told("# nothing\n# at all", ProbeKind::Startup, "");
}

#[test]
fn invalid_fields_each_with_its_reason() {
    for (text, told) in [
        ("{}", "no handler"),
        ("{tcpSocket: null}", "no handler"),
        ("{tcpSocket: {}, exec: {command: [a]}}", "several handlers, exec and tcpSocket: expected exactly one"),
        ("{tcpSocket: 80}", "invalid tcpSocket \"80\": expected an object"),
        ("{tcpSocket: {host: db}}", "tcpSocket.host \"db\": PodSecurity rejects"),
        ("{httpGet: {host: 1}}", "httpGet.host \"1\""),
        ("{httpGet: {port: 80.5}}", "httpGet.port \"80.5\""),
        ("{httpGet: {port: [80]}}", "httpGet.port \"[80]\": expected a number or a name"),
        ("{httpGet: {port: ''}}", "httpGet.port \"\": expected a number from 1"),
        ("{httpGet: {scheme: https}}", "HTTP or HTTPS, in capitals"),
        ("{httpGet: {path: 5}}", "httpGet.path \"5\": expected a string"),
        ("{httpGet: {path: \"/a\\nb\"}}", "control character"),
        ("{httpGet: {httpHeaders: {A: b}}}", "httpGet.httpHeaders \"{\"A\":\"b\"}\": expected a list"),
        ("{httpGet: {httpHeaders: [A]}}", "httpGet.httpHeaders \"A\": expected an object"),
        ("{httpGet: {httpHeaders: [{value: b}]}}", "httpGet.httpHeaders.name \"\""),
        ("{httpGet: {httpHeaders: [{name: A, value: 1}]}}", "httpGet.httpHeaders.value \"1\": expected a string"),
        ("{httpGet: {httpHeaders: [{name: A, valu: b}]}}", "did you mean value?"),
        ("{httpGet: {Port: 80}}", "unknown field \"Port\" in httpGet: did you mean port? Expected path"),
        ("{exec: {}}", "expected a program"),
        ("{exec: {command: ls}}", "expected a list"),
        ("{exec: {command: []}}", "expected a program"),
        ("{exec: {command: [sleep, 5]}}", "exec.command \"5\": expected strings"),
        ("{exec: {command: [a, \"b\\0\"]}}", "no NUL"),
        ("{tcpSocket: {}, periodSecond: 5}", "did you mean periodSeconds?"),
        ("{tcpSocket: {}, period: 5}", "did you mean periodSeconds?"),
        ("{tcpSocket: {}, zzz: null}", "unknown field \"zzz\": expected exec, httpGet"),
        ("{tcpSocket: {}, periodSeconds: 5s}", "expected a whole number"),
        ("{tcpSocket: {}, periodSeconds: '5'}", "expected a whole number"),
        ("{tcpSocket: {}, periodSeconds: 5.0}", "expected a whole number"),
        ("{tcpSocket: {}, periodSeconds: 1e3}", "expected a whole number"),
        ("{tcpSocket: {}, periodSeconds: true}", "expected a whole number"),
        ("{tcpSocket: {}, periodSeconds: 18446744073709551615}", "a week"),
    ] {
        assert_told(text, ProbeKind::Startup, told);
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let text = "{httpGet: {port: 0, path: 1, scheme: x, host: h, nope: 1, httpHeaders: [{name: 'a b', value: 1}, 5]}, \
                grpc: {port: a}, periodSeconds: 0, successThreshold: 2, failureThreshold: x, nope: 1}";
    let all = faults(text, ProbeKind::Liveness);
    assert_eq!(all.len(), 14, "{all:#?}");
}

#[test]
fn hostile_text_is_refused_at_once() {
    let fill = |part: &str, bytes: usize| part.repeat(bytes / part.len());
    for part in [
        "{", "[", "{a: ", "- ", "? ", "\n- ", "&a [", "*a\n", "!!x ", "'", "\"", "|\n", "\n \n", "{\"a\":[", "%", ": ",
        "\n a:",
    ] {
        for bytes in [8 * 1024, 256 * 1024] {
            let body = fill(part, bytes - 1);
            for text in [format!("{{{body}"), format!("\n{body}\n"), format!("x{body}")] {
                assert!(Probe::parse(&text, ProbeKind::Startup).is_err(), "{part}");
            }
        }
    }
    let nested = |n: usize| format!("{{tcpSocket: {}{}}}", "[".repeat(n), "]".repeat(n));
    assert_told(&nested(2000), ProbeKind::Startup, "recursion limit exceeded at line 1");
    assert_told(&nested(5), ProbeKind::Startup, "expected an object");
    let bomb: String =
        (0..20).map(|n| format!("x{}: &a{} [{}]\n", n + 1, n + 1, vec![format!("*a{n}"); 9].join(","))).collect();
    assert_told(&format!("x0: &a0 x\n{bomb}"), ProbeKind::Startup, "an alias");
}
