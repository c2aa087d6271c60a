//! What the kernel knows of this process, under the names that dashboards expect of every process.
//!
//! Read from `/proc` when somebody asks: some microseconds. Where there is no `/proc` the metrics are not there.

use std::fs;

use super::asked::{Asked, Standing};
use super::table::{self, Metric};

/// Ticks in a second in what `/proc` tells (USER_HZ), on every architecture that Kubernetes runs on.
const TICKS: f64 = 100.0;

/// All of them.
pub(super) fn metrics() -> [Asked; 5] {
    let asked = |metric: &'static Metric, look: fn() -> Option<f64>| {
        let standing = move || -> Standing { look().map(|number| ("", number)).into_iter().collect() };
        Asked { metric, look: Box::new(standing) }
    };
    [
        asked(&table::CPU, cpu_seconds),
        asked(&table::RESIDENT, resident_bytes),
        asked(&table::OPEN_FDS, open_fds),
        asked(&table::MAX_FDS, max_fds),
        asked(&table::START, start_seconds),
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
    // Without the one that this is read by. Exact: there are fewer than 2^52.
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

/// A number of `/proc/self/stat`, counted from 1 as proc(5) does. The second is a name that may hold anything, up to the
/// last bracket.
fn stat(field: usize) -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    behind_the_name.split_whitespace().nth(field.checked_sub(3)?)?.parse().ok()
}
