//! What it was measured on, without which no figure means anything.

use std::fs;
use std::process::Command;

/// A sentence or two.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{cores} cores of a virtual machine ({}), Linux {}, {}; load average at the end {load}",
        model.unwrap_or_else(|| "model unknown".to_owned()),
        first_line("uname", &["-r"]),
        first_line("rustc", &["--version"]),
    )
}

/// The commit that was measured, and whether it was changed.
pub(crate) fn commit() -> String {
    first_line("git", &["describe", "--always", "--dirty", "--exclude=*"])
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("?").to_owned()
}
