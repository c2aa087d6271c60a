//! The containers that get a probe of one kind.

use super::guessing::Facts;
use super::port::{self, SettledPort};
use super::runner::{Runner, wish};
use crate::annotation::probe::{Probe, ProbeKind};
use crate::inject::Reason;
use crate::inject::pod::Pod;
use crate::profile::Wish;

/// A container with a wish for a probe, and the port for it.
pub(super) struct Candidate<'r, 'p> {
    pub(super) runner: &'r Runner<'p>,
    pub(super) wish: Wish<'p, Probe>,
    pub(super) settled: Result<SettledPort, Reason>,
    /// The bytes of the wish as JSON.
    pub(super) bytes: usize,
}

/// The facts that the probes of one kind depend on.
#[derive(Clone, Copy)]
pub(super) struct ProbeContext<'r, 'p> {
    pub(super) kind: ProbeKind,
    pub(super) pod: &'p Pod<'p>,
    pub(super) runners: &'r [Runner<'p>],
    pub(super) facts: Facts,
}

impl<'r, 'p> ProbeContext<'r, 'p> {
    /// Returns the containers with a wish for the probe.
    pub(super) fn candidates(self) -> Vec<Candidate<'r, 'p>> {
        // Most containers share one wish with up to thousands of words, so its size is computed once.
        let mut weighed: Option<(&Probe, usize)> = None;
        let candidate = |runner: &'r Runner<'p>| {
            let wish = wish(self.kind, runner.wishes)?;
            let known = weighed.filter(|(probe, _)| std::ptr::eq(*probe, wish.value));
            let bytes = known.map_or_else(|| wish.value.bytes(), |(_, bytes)| bytes);
            weighed = Some((wish.value, bytes));
            Some(Candidate { runner, wish, settled: port::settle(self.kind, wish, runner, self.facts), bytes })
        };
        self.runners.iter().filter_map(candidate).collect()
    }
}
