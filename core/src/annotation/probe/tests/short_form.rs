//! The short form.

use super::*;

#[test]
fn every_handler() {
    let (plain, tls) = (Scheme::Http, Scheme::Https);
    for (text, handler) in [
        ("http", http(plain, None, None)),
        ("http:3000", http(plain, Some(Port::Number(3000)), None)),
        ("http:3000/ready", http(plain, Some(Port::Number(3000)), Some("/ready"))),
        ("http:3000/", http(plain, Some(Port::Number(3000)), Some("/"))),
        ("http:web/healthz", http(plain, name("web"), Some("/healthz"))),
        ("http:/healthz?full=1&x=http://y", http(plain, None, Some("/healthz?full=1&x=http://y"))),
        ("http:/a#b", http(plain, None, Some("/a#b"))),
        ("https", http(tls, None, None)),
        ("https:8443/", http(tls, Some(Port::Number(8443)), Some("/"))),
        ("tcp", Handler::Tcp { port: None }),
        ("tcp:1", Handler::Tcp { port: Some(Port::Number(1)) }),
        ("tcp:65535", Handler::Tcp { port: Some(Port::Number(65535)) }),
        ("tcp:a-2-c4567890123", Handler::Tcp { port: name("a-2-c4567890123") }),
        ("grpc", Handler::Grpc { port: None, service: None }),
        ("grpc:9090", Handler::Grpc { port: Some(9090), service: None }),
        ("grpc:9090/my.Service", Handler::Grpc { port: Some(9090), service: Some("my.Service".to_owned()) }),
        ("grpc:/my.Service", Handler::Grpc { port: None, service: Some("my.Service".to_owned()) }),
        ("exec:true", exec(&["true"])),
        ("exec:'pg_isready -U app'", exec(&["pg_isready", "-U", "app"])),
        (r#"exec:"sh -c 'test -f /x && echo \"a b\" #1'""#, exec(&["sh", "-c", "test -f /x && echo \"a b\" #1"])),
        ("exec:'redis-cli #1 \"\" # x'", exec(&["redis-cli", "#1", "", "#", "x"])),
        ("exec://bin/true", exec(&["//bin/true"])),
        ("exec:a\\ b", exec(&["a", "b"])),
        (" \t tcp \t", Handler::Tcp { port: None }),
        ("'tcp'", Handler::Tcp { port: None }),
    ] {
        assert_eq!(Probe::parse(text, ProbeKind::Liveness), Ok(probe(handler)), "{text}");
    }
}

#[test]
fn every_option() {
    let text =
        "http delay=15s period=6 timeout=1m30s success=1 failure=4 grace='1m 5s' header=A:b header='C: d:e' header=F:";
    let headers = [("A", "b"), ("C", "d:e"), ("F", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let expected = Probe {
        handler: Handler::Http { scheme: Scheme::Http, port: None, path: None, headers: headers.to_vec() },
        delay: seconds("15"),
        period: seconds("6"),
        timeout: seconds("90"),
        success: Some(1),
        failure: Some(4),
        grace: seconds("65"),
    };
    assert_eq!(Probe::parse(text, ProbeKind::Liveness), Ok(expected));
}

#[test]
fn invalid_handlers_each_with_its_reason() {
    for (text, told) in [
        ("", "empty value"),
        ("''", "unknown handler \"\""),
        ("http:", "incomplete handler http"),
        ("https:", "incomplete handler https"),
        ("tcp:", "incomplete handler tcp"),
        ("grpc:", "incomplete handler grpc"),
        ("exec", "incomplete handler exec"),
        ("exec:''", "incomplete handler exec"),
        ("exec:'  '", "expected a program"),
        ("exec:\"a 'b\"", "a closing quote"),
        ("exec:'a b", "a closing quote"),
        ("http://host:80/x", "PodSecurity rejects"),
        ("http:localhost:80/x", "PodSecurity rejects"),
        ("http:127.0.0.1/x", "PodSecurity rejects"),
        ("tcp://db", "PodSecurity rejects"),
        ("tcp:db:5432", "PodSecurity rejects"),
        ("tcp:80/x", "has no path"),
        ("tcp:/x", "has no path"),
        ("grpc://x", "PodSecurity rejects"),
        ("grpc:9090/", "after the slash"),
        ("grpc:/", "after the slash"),
        ("grpc:0", "from 1 to 65535"),
        ("http:70000/x", "from 1 to 65535"),
        ("http:99999999999999999999", "from 1 to 65535"),
        ("http:080", "from 1 to 65535"),
        ("http:a234567890123456", "at most 15"),
        ("http:-a", "no '-' first"),
        ("http:a-", "no '-' first"),
        ("http:a--b", "no '-' first"),
        ("http:1-2", "at least one letter"),
        ("http:8080?x", "invalid port"),
        ("http:٣", "invalid port"),
        ("http:'/a\tb'", "control character"),
        ("http:/a\u{1}b", "control character"),
        ("grpc:'/a\tb'", "control character"),
        ("HTTP:80", "did you mean http?"),
        ("htpp:80", "did you mean http?"),
        ("httpGet:80", "did you mean http?"),
        ("tcpSocket:80", "did you mean tcp?"),
        ("cmd:ls", "did you mean exec?"),
        ("gRPC", "did you mean grpc?"),
        ("ready", "expected http, https, tcp, grpc or exec"),
        ("#", "expected http, https, tcp, grpc or exec"),
    ] {
        for kind in KINDS {
            assert_told(text, kind, told);
        }
    }
}

#[test]
fn invalid_options_each_with_its_reason() {
    for (text, told) in [
        ("tcp delay", "expected NAME=VALUE"),
        ("tcp # period=5", "invalid option \"#\""),
        ("tcp #comment=1", "unknown option \"#comment\""),
        ("tcp ''", "expected NAME=VALUE"),
        ("exec:pg_isready app", "quotes around a command"),
        ("tcp =5", "unknown option \"\""),
        ("tcp delay=", "invalid duration"),
        ("tcp delay=1.5s", "invalid duration"),
        ("tcp period=500ms", "invalid duration"),
        ("tcp failure=+3", "expected a number from 1"),
        ("tcp failure=3s", "expected a number from 1"),
        ("tcp failure=", "expected a number from 1"),
        ("tcp delay=1 delay=1", "repeated option delay"),
        ("tcp perod=5", "did you mean period?"),
        ("tcp Period=5", "did you mean period?"),
        ("tcp periodSeconds=5", "did you mean period?"),
        ("tcp initialDelaySeconds=5", "did you mean delay?"),
        ("tcp failureThreshold=5", "did you mean failure?"),
        ("tcp threshold=5", "expected delay, period, timeout"),
        ("tcp header=A:b", "tcp sends no headers"),
        ("exec:ls header=A:b", "exec sends no headers"),
        ("http header=A", "NAME:VALUE"),
        ("http header=:b", "letters, digits"),
        ("http 'header=A : b'", "letters, digits"),
        ("http 'header=A:b\tc'", "control character"),
    ] {
        assert_told(text, ProbeKind::Liveness, told);
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let all =
        faults("htp:99999 delay=soon failure=0 failure=1 perid=5 success=2 header=A:b grace", ProbeKind::Liveness);
    assert_eq!(all.len(), 7, "{all:#?}");
    assert_eq!(faults("tcp:0 header=A:b period=0 period=0", ProbeKind::Liveness).len(), 4);
}

#[test]
fn the_authors_text_cannot_fill_or_break_the_message() {
    let long = "x".repeat(3000);
    for text in [format!("{long}:80 {long}"), format!("tcp {long}={long}"), format!("tcp:{long} period={long}")] {
        assert!(!faults(&text, ProbeKind::Startup).is_empty());
    }
}
