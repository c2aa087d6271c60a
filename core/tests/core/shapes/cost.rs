//! The CPU time of one review, and the plain review for comparison.

use std::time::Duration;

use podwright_core::admission::{Route, answer};
use podwright_core::profile::Configuration;
use rustix::time::{ClockId, clock_gettime};

/// A body, and the function that answers it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'c> {
    pub(crate) body: &'c [u8],
    pub(crate) route: Route<'c>,
    pub(crate) configuration: &'c Configuration,
}

/// The cost of one case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// The least CPU time of all runs.
    pub(crate) cpu: Duration,
    /// The bytes of the request and of the response.
    pub(crate) bytes: usize,
    pub(crate) outcome: &'static str,
}

impl Cost {
    /// Nanoseconds per byte.
    pub(crate) fn per_byte(self) -> f64 {
        self.cpu.as_secs_f64() * 1e9 / self.bytes as f64
    }
}

/// The most runs of one case.
const RUNS: usize = 40;

/// Measures a case, and repeats it if it exceeds the bound in nanoseconds per byte: other processes make a run slower,
/// never faster. A case far beyond the bound runs once.
pub(crate) fn cost(case: Case<'_>, bound: f64) -> Cost {
    let mut best = once(case);
    for _ in 1..RUNS {
        if (bound..4.0 * bound).contains(&best.per_byte()) {
            let next = once(case);
            best.cpu = best.cpu.min(next.cpu);
        }
    }
    best
}

pub(crate) fn once(Case { body, route, configuration }: Case<'_>) -> Cost {
    let start = thread_cpu();
    let answered = answer(body, route, configuration);
    let cpu = thread_cpu().saturating_sub(start);
    let (written, outcome) = answered.map_or((0, "refused"), |answer| (answer.body.len(), answer.outcome.as_str()));
    Cost { cpu, bytes: body.len() + written, outcome }
}

/// The CPU time of this thread, without that of other processes.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}
