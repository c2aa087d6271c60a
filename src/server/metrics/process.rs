//! The kernel's figures of this process, under the names that dashboards expect of every process.
//!
//! They are read from `/proc` at each scrape, in some microseconds. Without `/proc` they are absent.

use std::fs;

use super::callback::{Callback, Samples};
use super::table::{self, Metric};

/// Ticks per second in `/proc` (USER_HZ), on every architecture that Kubernetes runs on.
const TICKS: f64 = 100.0;

pub(super) fn metrics() -> [Callback; 5] {
    let callback = |metric: &'static Metric, value: fn() -> Option<f64>| {
        let samples = move || -> Samples { value().map(|number| ("", number)).into_iter().collect() };
        Callback { metric, samples: Box::new(samples) }
    };
    [
        callback(&table::CPU, cpu_seconds),
        callback(&table::RESIDENT, resident_bytes),
        callback(&table::OPEN_FDS, open_fds),
        callback(&table::MAX_FDS, max_fds),
        callback(&table::START, start_seconds),
    ]
}

fn cpu_seconds() -> Option<f64> {
    // proc(5): utime and stime, in user mode and in the kernel.
    Some((stat(14)? + stat(15)?) / TICKS)
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

fn open_fds() -> Option<f64> {
    // Without the one of this folder. Exact: there are fewer than 2^52.
    Some(fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1) as f64)
}

fn max_fds() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(f64::INFINITY),
        soft => soft.parse().ok(),
    }
}

fn start_seconds() -> Option<f64> {
    let stat_of_all = fs::read_to_string("/proc/stat").ok()?;
    let booted: f64 = stat_of_all.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    // proc(5): starttime, since the boot.
    Some(booted + stat(22)? / TICKS)
}

/// Returns a field of `/proc/self/stat`, numbered from 1 as in proc(5). The second field is a name with any characters, up to
/// the last bracket.
fn stat(field: usize) -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(field.checked_sub(3)?)?.parse().ok()
}
