//! Tests of the port rules, with names and numbers of real workloads.

use super::super::handler::Protocol::{self, Grpc, Http, Https};
use super::*;

fn port(name: &str, number: u16) -> Named<'_> {
    Named { name, number }
}

#[test]
fn the_lists_are_sorted_for_their_search() {
    assert!(FOR_PROBES.is_sorted() && OTHERS.is_sorted() && DEBUGGERS.is_sorted());
    assert!(TLS.is_sorted() && OTHERS_NUMBERS.is_sorted() && DEBUGGERS_NUMBERS.is_sorted());
    assert!(OTHERS.iter().all(|word| parts(word).any(|part| part == word.as_bytes())), "a word that is never a part");
}

#[test]
fn a_name_falls_into_parts() {
    let split = |name| parts(name).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>();
    assert_eq!(split("tcp-web_ui"), ["tcp", "web", "ui"]);
    assert_eq!(split("http2"), ["http2", "http", "2"]);
    assert_eq!(split("h2c-x"), ["h2c", "h", "2", "c", "x"]);
    assert_eq!(split(""), [""]);
}

#[test]
fn words_for_probes() {
    for name in ["health", "healthz", "http-healthz", "probe", "probes", "readyz", "livez-1", "healthcheck2", "ready"] {
        assert!(port(name, 8081).is_for_probes(), "{name}");
    }
    for name in ["healthy", "wealth", "reader", "probing", "http", ""] {
        assert!(!port(name, 8081).is_for_probes(), "{name}");
    }
}

fn speaks(protocol: Protocol, names: &[(&str, u16)], expected: bool) {
    for (name, number) in names {
        assert_eq!(port(name, *number).may_speak(protocol), expected, "{protocol:?} at {name} {number}");
    }
}

#[test]
fn ports_that_may_serve_http() {
    speaks(
        Http,
        &[
            ("", 8080),
            ("http", 80),
            ("http2", 8080),
            ("http-admin", 9990),
            ("web", 9000),
            ("api", 8500),
            ("ui", 9200),
            ("dashboard", 15672),
            ("http", 5044),
            ("x-http-y", 9300),
        ],
        true,
    );
}

#[test]
fn ports_of_other_protocols_are_passed() {
    let names = [
        "https",
        "https-web",
        "http-metrics",
        "metrics",
        "kmetrics",
        "grpc",
        "otlp-http",
        "otlp-grpc",
        "mysql",
        "mysqlx",
        "postgresql",
        "mongodb",
        "redis-ha",
        "kafka-ext",
        "tcp",
        "tcp-web",
        "tls",
        "web-tls",
        "h2c",
        "jmx",
        "jdwp",
        "debug",
        "debug2",
        "dlv",
        "webhook",
        "admission-wh",
        "websocket",
        "pop3",
        "ajp13",
        "dist",
        "intra",
        "nats2",
        "clickhouse-http",
        "es-transport",
        "prom",
        "web_prometheus",
        "health-metrics",
        "grpc-health",
        "stats",
    ];
    speaks(Http, &names.map(|name| (name, 8080)), false);
    let numbers = [3306, 5432, 6379, 9092, 27017, 50051, 4317, 5005, 61616, 53, 4318];
    speaks(Http, &numbers.map(|number| ("", number)), false);
    speaks(Http, &numbers.map(|number| ("web", number)), false);
}

#[test]
fn tls_ports_are_never_http_whatever_their_name() {
    for number in TLS {
        speaks(Http, &[("http", number), ("web", number), ("", number)], false);
        speaks(Https, &[("https", number), ("", number), ("api", number)], true);
        speaks(Grpc, &[("", number), ("api", number)], false);
        speaks(Grpc, &[("grpc", number), ("grpc-api", number)], true);
    }
}

#[test]
fn a_handlers_own_word_is_not_another_protocols() {
    speaks(Https, &[("https", 8443), ("https-web", 5671), ("https1", 1)], true);
    speaks(Https, &[("http", 8443), ("https-metrics", 8443), ("http2", 8443), ("grpc", 8443)], false);
    speaks(Grpc, &[("grpc", 50051), ("grpc", 4317), ("", 50051), ("grpc-api", 7000), ("", 9000)], true);
    speaks(Grpc, &[("grpc-web", 8080), ("http", 8080), ("grpc-metrics", 1), ("", 4317), ("otlp-grpc", 4317)], false);
}

#[test]
fn debuggers_and_mysql() {
    for (name, number) in [
        ("debug", 8000),
        ("jdwp", 1),
        ("dlv", 1),
        ("", 2345),
        ("node-inspector", 1),
        ("", 5005),
        ("web", 9229),
        ("", 40000),
    ] {
        assert!(port(name, number).is_debuggers(), "{name} {number}");
    }
    for (name, number) in [("http", 5005), ("debugging", 1), ("", 8080), ("inspect", 1)] {
        assert!(!port(name, number).is_debuggers(), "{name} {number}");
    }
    for (name, number) in [("mysql", 1), ("mysqlx", 1), ("tcp-mysql", 1), ("mariadb", 1), ("", 3306), ("db", 33060)] {
        assert!(port(name, number).is_mysqls(), "{name} {number}");
    }
    assert!(!port("db", 5432).is_mysqls());
}
