//! The process, by the names and meanings that the client libraries of Prometheus agree on; and the version.

use super::metric::{BYTES, COUNTER, GAUGE, INFO, Metric, SECONDS};
pub(in crate::server) static BUILD: Metric = Metric {
    name: "build",
    labels: &[("version", "podwright's version")],
    help: "The version of podwright that runs; always 1",
    question: "Which version runs where?",
    ..INFO
};
pub(in crate::server) static CPU: Metric = Metric {
    name: "process_cpu",
    unit: SECONDS,
    help: "CPU time that the process has taken, in user mode and in the kernel",
    question: "How much CPU does it need?",
    ..COUNTER
};
pub(in crate::server) static RESIDENT: Metric = Metric {
    name: "process_resident_memory",
    unit: BYTES,
    help: "Memory of the process that is in RAM, which the memory limit of its container counts",
    question: "How much memory does it need?",
    ..GAUGE
};
pub(in crate::server) static OPEN_FDS: Metric = Metric {
    name: "process_open_fds",
    help: "File descriptors that the process has open; each connection is one",
    question: "How many file descriptors does it need?",
    ..GAUGE
};
pub(in crate::server) static MAX_FDS: Metric = Metric {
    name: "process_max_fds",
    help: "File descriptors that the process may have open; beyond, connections wait",
    question: "How many file descriptors may it have?",
    ..GAUGE
};
pub(in crate::server) static START: Metric = Metric {
    name: "process_start_time",
    unit: SECONDS,
    help: "When the process began, in seconds since 1970-01-01 UTC",
    question: "Since when does it run, and does it restart?",
    ..GAUGE
};
