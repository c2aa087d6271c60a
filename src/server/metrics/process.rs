//! The kernel's figures of this process, under the names that every Prometheus client library uses.
//!
//! They are read from `/proc` at each scrape, in some microseconds. Without `/proc` they are absent.

use std::fs;

use super::callback::{Callback, value};
use super::table;

/// Ticks per second in `/proc` (USER_HZ), on every architecture of Kubernetes.
const TICKS: f64 = 100.0;

pub(super) fn metrics() -> [Callback; 5] {
    [
        Callback::new(&table::CPU, || value(cpu_seconds())),
        Callback::new(&table::RESIDENT, || value(resident_bytes())),
        Callback::new(&table::OPEN_FDS, || value(open_fds())),
        Callback::new(&table::MAX_FDS, || value(max_fds())),
        Callback::new(&table::START, || value(start_seconds())),
    ]
}

fn cpu_seconds() -> Option<f64> {
    // proc(5): utime and stime, in user mode and in the kernel.
    Some((stat(14)? + stat(15)?) / TICKS)
}

fn resident_bytes() -> Option<f64> {
    let kilobytes = line("/proc/self/status", "VmRSS:")?;
    Some(kilobytes.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

fn open_fds() -> Option<f64> {
    // Without the one of this folder. Exact: there are fewer than 2^52.
    Some(fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1) as f64)
}

fn max_fds() -> Option<f64> {
    match line("/proc/self/limits", "Max open files")?.split_whitespace().next()? {
        "unlimited" => Some(f64::INFINITY),
        soft => soft.parse().ok(),
    }
}

fn start_seconds() -> Option<f64> {
    let booted: f64 = line("/proc/stat", "btime ")?.trim().parse().ok()?;
    // proc(5): starttime, since the boot.
    Some(booted + stat(22)? / TICKS)
}

fn line(file: &str, prefix: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(prefix)).map(str::to_owned)
}

/// Returns a field of `/proc/self/stat`, numbered from 1 as in proc(5). The second field is a name with any characters,
/// up to the last bracket.
fn stat(field: usize) -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(field.checked_sub(3)?)?.parse().ok()
}
