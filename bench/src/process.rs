//! The resources of a running process, from `/proc`. Linux only.

use std::path::PathBuf;
use std::time::Duration;

use xtask::Error;

use crate::load::text;

/// A tick of `/proc/PID/stat`: USER_HZ is 100 wherever Linux runs today.
const TICK: Duration = Duration::from_millis(10);

/// User and system time since the start of the process, all threads together.
pub(crate) fn cpu(pid: u32) -> Result<Duration, Error> {
    let path = PathBuf::from(format!("/proc/{pid}/stat"));
    let stat = text(&path)?;
    // The name may hold anything. After it, the fields begin with the third; utime and stime are 14 and 15.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>();
    ticks.map(|ticks| TICK * ticks).map_err(|error| Error::new(format!("{} cannot be read: {error}", path.display())))
}

/// The resident memory in bytes (`VmRSS`).
pub(crate) fn resident(pid: u32) -> Result<u64, Error> {
    let path = PathBuf::from(format!("/proc/{pid}/status"));
    let status = text(&path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| Error::new(format!("{} has no VmRSS", path.display())))
}
