//! The limit of open files. Without a free file descriptor `accept` fails, and then podwright cannot close idle
//! connections to make room. So the connection limits stay below it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::limits::Limits;

/// File descriptors beside those of connections: standard streams, listeners, the runtimes, followed files, the API
/// server, a collector of traces, and `/proc` at a scrape.
const RESERVE: usize = 64;

/// Raises the limit of open files as far as the system allows, and lowers the connection limits below it.
pub(super) fn fit(limits: Limits) -> Limits {
    let Some(files) = raised() else { return limits };
    let fitted = fitted(&limits, files);
    if fitted.connections < limits.connections {
        let (wanted, connections, per_address) =
            (limits.connections, fitted.connections, fitted.connections_per_address);
        let needed = needed(&limits);
        tracing::warn!(
            "{files} open files are too few for --max-connections {wanted}: lowered it to {connections}, and to \
             {per_address} for each address; allow {needed} open files (`ulimit -n {needed}`), or pass \
             `--max-connections {connections}`"
        );
    }
    fitted
}

/// Raises the soft limit to the hard one, and returns it; `None` is no limit.
fn raised() -> Option<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    let files = if raised { maximum } else { current };
    files.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

fn needed(limits: &Limits) -> usize {
    limits.connections.saturating_add(limits.clone().for_admin().connections).saturating_add(RESERVE)
}

fn fitted(limits: &Limits, files: usize) -> Limits {
    let mut fitted = limits.clone();
    if needed(limits) > files {
        let free = files.saturating_sub(RESERVE);
        // The admin port has as many connections as the webhook's port, up to its own limit.
        let admin = limits.clone().for_admin().connections.min(free / 2);
        fitted.connections = (free - admin).max(1);
        // The same part of all connections.
        let part =
            limits.connections_per_address.saturating_mul(fitted.connections).div_ceil(limits.connections.max(1));
        fitted.connections_per_address = part.max(1);
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connections_of_both_ports_fit_into_the_limit_of_open_files() {
        let limits = Limits::default();
        assert_eq!(needed(&limits), 4096 + 256 + 64);
        for (files, connections, per_address) in
            [(4416, 4096, 1024), (4415, 4095, 1024), (1024, 704, 176), (256, 96, 24), (64, 1, 1), (0, 1, 1)]
        {
            let fitted = fitted(&limits, files);
            let both = (fitted.connections, fitted.connections_per_address);
            assert_eq!(both, (connections, per_address), "{files} files");
            assert!(needed(&fitted) <= files.max(RESERVE + 2), "{files} files");
        }
    }
}
