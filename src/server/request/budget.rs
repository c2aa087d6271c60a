//! The memory budget of bodies and replies. A body takes its bytes as they arrive, regardless of its announced length,
//! and gives them back with its response. Without room, a request is refused at once: waiting bodies could block each
//! other for ever.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;
use crate::server::limits::{BODY_LIMIT, DRAIN_LIMIT, Limits, SMALL_PART};
use crate::server::metrics::Samples;

/// The budget of all requests; clones share it.
///
/// The first 64 KiB of every body have their own pool, so large bodies never take the room of usual ones.
#[derive(Clone)]
pub(crate) struct Budget {
    small: Pool,
    large: Pool,
}

#[derive(Clone)]
struct Pool {
    free: Arc<Semaphore>,
    bytes: usize,
}

pub(super) struct BodyPermit {
    budget: Budget,
    announced: usize,
    pub(super) length: usize,
    small: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        let pool = |bytes| Pool { free: Arc::new(Semaphore::new(bytes)), bytes };
        Self { small: pool(limits.small_parts), large: pool(limits.large_parts) }
    }

    /// Returns the bytes in use, for metrics.
    pub(crate) fn taken(&self) -> Samples {
        self.samples(|pool| pool.bytes.saturating_sub(pool.free.available_permits()))
    }

    /// Returns the limits, for metrics.
    pub(crate) fn limits(&self) -> Samples {
        self.samples(|pool| pool.bytes)
    }

    fn samples(&self, value: impl Fn(&Pool) -> usize) -> Samples {
        // Exact: the budgets are megabytes.
        vec![("first_64_kib", value(&self.small) as f64), ("rest", value(&self.large) as f64)]
    }
}

impl Pool {
    fn resize(&self, permit: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), Refusal> {
        let more = bytes.saturating_sub(permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if bytes == 0 {
            *permit = None;
        } else if more > 0 {
            let more = u32::try_from(more).map_err(|_| Refusal::TooLarge)?;
            let more = Arc::clone(&self.free).try_acquire_many_owned(more).map_err(|_| Refusal::Crowded)?;
            match permit {
                Some(permit) => permit.merge(more),
                None => *permit = Some(more),
            }
        }
        Ok(())
    }
}

impl BodyPermit {
    /// Returns an empty permit for a body with at least `announced` bytes.
    pub(super) fn new(budget: &Budget, announced: usize) -> Self {
        Self { budget: budget.clone(), announced, length: 0, small: None, large: None }
    }

    /// Returns whether the body is above the limit, so that only its start is kept.
    pub(super) fn is_oversized(&self) -> bool {
        self.length.max(self.announced) > BODY_LIMIT
    }

    /// Counts and takes the next bytes. Returns the length of the kept start, and gives back the rest.
    pub(super) fn add(&mut self, bytes: usize) -> Result<usize, Refusal> {
        self.length = self.length.saturating_add(bytes);
        if self.length.max(self.announced) > DRAIN_LIMIT {
            return Err(Refusal::TooLarge);
        }
        let small = self.length.min(SMALL_PART);
        let kept = if self.is_oversized() { small } else { self.length };
        self.budget.small.resize(&mut self.small, small)?;
        self.budget.large.resize(&mut self.large, kept - small)?;
        Ok(kept)
    }

    /// Takes the bytes of the reply from the same budget, if there is room.
    pub(super) fn take_reply(&self, bytes: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.budget.large.free).try_acquire_many_owned(bytes).ok()
    }
}
