//! The meaning of port names and numbers, for guesses.
//!
//! The lists come from 163 containers with ports in 19 public projects, and were checked on 679 port declarations of
//! five chart repositories. The words and numbers of debuggers, 4318, 14250 and 24224 were added later. The largest
//! loss is intended: `http-metrics` (58 ports), because an exporter has no health path.

use super::super::pod::{ContainerPort, Scalar};
use super::handler::Protocol;

/// Words for ports that exist for probes.
const FOR_PROBES: [&str; 10] =
    ["health", "healthcheck", "healthz", "liveness", "livez", "probe", "probes", "readiness", "ready", "readyz"];

/// Texts that mean another protocol anywhere in a name, except the handler's own word.
const CONTAINED: [&str; 8] = ["https", "metrics", "grpc", "mysql", "postgres", "mongo", "redis", "kafka"];

/// Words for other protocols, or for ports that do not serve the application's clients; sorted.
#[rustfmt::skip]
const OTHERS: [&str; 123] = [
    "admission", "aerospike", "ajp", "amqp", "amqps", "beats", "bolt", "bus", "cassandra", "clickhouse", "cluster",
    "clusterpeer", "cql", "db", "debug", "debugger", "debugpy", "delve", "discovery", "dist", "dlv", "dns", "driver",
    "election", "epmd", "etcd", "exporter", "fastcgi", "fluent", "follower", "fpm", "ftp", "galera", "gops", "gossip",
    "graphite", "gremlin", "h2c", "hazelcast", "ignite", "imap", "influxdb", "inspector", "interbroker", "internode",
    "interserver", "intra", "iscsi", "ist", "jaeger", "jdwp", "jmx", "jnlp", "keydb", "ldap", "ldaps", "leader",
    "mariadb", "memberlist", "memcache", "memcached", "metric", "monitoring", "mountd", "mqtt", "mssql", "mysqlx",
    "nats", "nfs", "opentsdb", "oracle", "otlp", "peer", "pgbouncer", "pop3", "pprof", "prof", "profile", "profiler",
    "profiling", "prom", "prometheus", "pulsar", "quorum", "raft", "replication", "rmi", "rpc", "rpcbind", "rtmp",
    "rtsp", "secure", "sentinel", "serf", "sftp", "sip", "smb", "smtp", "socks", "ssh", "ssl", "sst", "stats",
    "statsd", "stomp", "stun", "syslog", "tcp", "telemetry", "thrift", "tls", "transport", "turn", "udp", "valkey",
    "webhook", "websocket", "ws", "wss", "xdebug", "zipkin", "zk", "zookeeper",
];

/// Numbers of TLS ports; sorted.
const TLS: [u16; 9] = [443, 4443, 6443, 8443, 9443, 10250, 10257, 10259, 10443];

/// Numbers of other protocols, sorted. It omits 8500, 9000 and 9200, which often are HTTP.
#[rustfmt::skip]
const OTHERS_NUMBERS: [u16; 85] = [
    21, 22, 23, 25, 53, 110, 111, 139, 143, 389, 445, 465, 587, 636, 873, 993, 995, 1099, 1433, 1521, 1883, 2049,
    2181, 2345, 2379, 2380, 2888, 3260, 3268, 3306, 3389, 3888, 4222, 4317, 4318, 4369, 4444, 4567, 4568, 5005, 5044,
    5060, 5432, 5433, 5671, 5672, 5701, 5900, 6222, 6379, 6380, 6432, 6627, 6650, 7000, 7001, 7077, 7199, 7687, 7946,
    8125, 8301, 8883, 9042, 9092, 9160, 9229, 9300, 11211, 14250, 16379, 24224, 25672, 26257, 26379, 27017, 27018,
    27019, 28015, 33060, 40000, 50000, 50051, 61613, 61616,
];

/// Words for debuggers, sorted. A debugger may accept only one client, or end with it.
const DEBUGGERS: [&str; 8] = ["debug", "debugger", "debugpy", "delve", "dlv", "inspector", "jdwp", "xdebug"];

/// Debuggers' numbers, sorted: Delve, JDWP, Node.js, Delve in containers.
const DEBUGGERS_NUMBERS: [u16; 4] = [2345, 5005, 9229, 40000];

/// Texts that mean MySQL anywhere in a name.
const MYSQL: [&str; 2] = ["mysql", "mariadb"];

/// MySQL's numbers: the classic protocol, X, and the administrators' port.
const MYSQL_NUMBERS: [u16; 3] = [3306, 33060, 33062];

/// A declared TCP port: its name, possibly empty, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'c> {
    pub(super) name: &'c str,
    pub(super) number: u16,
}

impl<'c> Named<'c> {
    /// Reads a declared port; `None` if its number is invalid.
    pub(super) fn of(port: &'c ContainerPort<'_>) -> Option<Self> {
        let number = port.container_port.as_ref().map(Scalar::text)?.parse().ok()?;
        Some(Self { name: bounded(port.name.as_str()), number })
    }

    /// Returns whether the name has a word for probes.
    pub(super) fn is_for_probes(self) -> bool {
        self.has_part_of(&FOR_PROBES)
    }

    /// Returns whether neither name nor number means another protocol than the probe's: HTTP, HTTPS or gRPC.
    pub(super) fn may_speak(self, protocol: Protocol) -> bool {
        let contained = CONTAINED.iter().any(|text| *text != protocol.word() && self.name.contains(text));
        let tls = protocol != Protocol::Https && TLS.binary_search(&self.number).is_ok();
        let tls = tls && !(protocol == Protocol::Grpc && self.has_part("grpc"));
        let rivals = self.has_part_of(rivals(protocol));
        !(contained || tls || rivals || self.has_part_of(&OTHERS) || self.is_numbered_as_other(protocol))
    }

    /// Returns whether the number belongs to another protocol, and the name does not contradict it.
    pub(super) fn is_numbered_as_other(self, protocol: Protocol) -> bool {
        let own = protocol == Protocol::Grpc && self.number == GRPC_NUMBER;
        let word = if protocol == Protocol::Grpc { "grpc" } else { "http" };
        let says_otherwise = self.has_part(word) || self.has_part(protocol.word());
        !own && OTHERS_NUMBERS.binary_search(&self.number).is_ok() && !says_otherwise
    }

    /// Returns whether this is a debugger's port.
    pub(super) fn is_debuggers(self) -> bool {
        let numbered = DEBUGGERS_NUMBERS.binary_search(&self.number).is_ok() && !self.has_part("http");
        numbered || self.has_part_of(&DEBUGGERS)
    }

    /// Returns whether this is the port of MySQL or of a database with its protocol.
    pub(super) fn is_mysqls(self) -> bool {
        MYSQL_NUMBERS.contains(&self.number) || MYSQL.iter().any(|text| self.name.contains(text))
    }

    fn has_part(self, word: &str) -> bool {
        parts(self.name).any(|part| part == word.as_bytes())
    }

    fn has_part_of(self, sorted: &[&str]) -> bool {
        parts(self.name).any(|part| sorted.binary_search_by(|word| word.as_bytes().cmp(part)).is_ok())
    }
}

/// Returns the name, or an empty text if it is too long for a port. The API server refuses such a Pod only after
/// podwright.
fn bounded(name: &str) -> &str {
    if name.len() > NAME_BYTES { "" } else { name }
}

/// The longest name of a port (RFC 6335).
const NAME_BYTES: usize = 15;

/// gRPC's usual number. For other handlers it is another protocol's.
const GRPC_NUMBER: u16 = 50051;

/// Returns the words of the other handlers. `http2` and `grpc-web`, for example, are not gRPC.
fn rivals(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Https => &["http"],
        Protocol::Grpc => &["http", "web"],
        Protocol::Http | Protocol::Tcp => &[],
    }
}

/// Splits a name at `-` and `_`, and each part again between letters and digits. A part such as `h2c` also counts as a
/// whole.
fn parts(name: &str) -> impl Iterator<Item = &[u8]> {
    let segments = name.split(['-', '_']).map(str::as_bytes);
    segments.flat_map(|segment| {
        let runs = segment.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
        std::iter::once(segment).chain(runs.filter(|run| run.len() < segment.len()))
    })
}

#[cfg(test)]
mod tests;
