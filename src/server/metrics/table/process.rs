//! The rows on the process: names and meanings are those that Prometheus' own client libraries agree on.

use prometheus_client::registry::Unit;

use super::{Kind, Metric};

/// CPU time.
pub static CPU: Metric = Metric {
    name: "process_cpu",
    unit: Some(Unit::Seconds),
    kind: Kind::Counter,
    labels: &[],
    help: "CPU time that the process has taken, in user mode and in the kernel",
    question: "How much CPU does it need?",
};
/// Memory.
pub static RESIDENT: Metric = Metric {
    name: "process_resident_memory",
    unit: Some(Unit::Bytes),
    kind: Kind::Gauge,
    labels: &[],
    help: "Memory of the process that is in RAM, which the memory limit of its container counts",
    question: "How much memory does it need?",
};
/// File descriptors.
pub static OPEN_FDS: Metric = Metric {
    name: "process_open_fds",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "File descriptors that the process has open; each connection is one",
    question: "How many file descriptors does it need?",
};
/// And how many there may be.
pub static MAX_FDS: Metric = Metric {
    name: "process_max_fds",
    unit: None,
    kind: Kind::Gauge,
    labels: &[],
    help: "File descriptors that the process may have open; beyond, connections wait",
    question: "How many file descriptors may it have?",
};
/// When it began.
pub static START: Metric = Metric {
    name: "process_start_time",
    unit: Some(Unit::Seconds),
    kind: Kind::Gauge,
    labels: &[],
    help: "When the process began, in seconds since 1970-01-01 UTC",
    question: "Since when does it run, and does it restart?",
};
