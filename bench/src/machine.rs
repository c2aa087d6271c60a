//! The machine of the measurement, without which the figures mean nothing.

use std::fs;
use std::process::Command;

/// Describes it in a sentence or two.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of_cpu = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim())
    };
    // The kernel's flag for a processor under a hypervisor.
    let is_virtual = of_cpu("flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{cores} cores{} ({}), Linux {}, {}; load average at the end {load}",
        if is_virtual { " of a virtual machine" } else { "" },
        of_cpu("model name").unwrap_or("model unknown"),
        first_line("uname", &["-r"]),
        first_line("rustc", &["--version"]),
    )
}

/// The current commit, and whether the tree has changes. Call it before writing the page, which is a change.
pub(crate) fn commit() -> String {
    first_line("git", &["describe", "--always", "--dirty", "--exclude=*"])
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("?").to_owned()
}
