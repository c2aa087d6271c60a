//! The memory budget of bodies and replies. Bytes are taken as they arrive, never by an announced length, and are given back with
//! the response. Without room a request is refused at once: bodies that wait for each other would wait for ever.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;
use crate::server::connection::limits::{DRAIN_LIMIT, Limits, SMALL_PART};
use crate::server::metrics::Samples;

/// The budget of all requests; clones share it.
///
/// The first 64 KiB of every body have a pool of their own, so that large bodies never take the room of usual ones.
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

/// One body's part of the budget.
pub(super) struct BodyPermit {
    budget: Budget,
    length: usize,
    small: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        let pool = |bytes| Pool { free: Arc::new(Semaphore::new(bytes)), bytes };
        Self { small: pool(limits.small_parts), large: pool(limits.large_parts) }
    }

    /// The bytes that are taken, for metrics.
    pub(crate) fn taken(&self) -> Samples {
        self.samples(|pool| pool.bytes.saturating_sub(pool.free.available_permits()))
    }

    /// The bytes that may be taken, for metrics.
    pub(crate) fn limits(&self) -> Samples {
        self.samples(|pool| pool.bytes)
    }

    fn samples(&self, value: impl Fn(&Pool) -> usize) -> Samples {
        // Exact: the budgets are megabytes.
        vec![("first_64_kib", value(&self.small) as f64), ("rest", value(&self.large) as f64)]
    }

    /// Takes the bytes of a reply if they are left.
    pub(super) fn take_reply(&self, bytes: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.large.free).try_acquire_many_owned(bytes).ok()
    }
}

impl Pool {
    fn add_to(&self, permit: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), Refusal> {
        if bytes == 0 {
            return Ok(());
        }
        let count = u32::try_from(bytes).map_err(|_| Refusal::TooLarge)?;
        let more = Arc::clone(&self.free).try_acquire_many_owned(count).map_err(|_| Refusal::Crowded)?;
        match permit {
            Some(permit) => permit.merge(more),
            None => *permit = Some(more),
        }
        Ok(())
    }
}

impl BodyPermit {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, length: 0, small: None, large: None }
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The bytes that arrived, including dropped ones.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Takes the next bytes of the body.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        let before = self.length.min(SMALL_PART);
        self.length = self.length.saturating_add(bytes);
        let small = self.length.min(SMALL_PART) - before;
        self.budget.small.add_to(&mut self.small, small)?;
        self.budget.large.add_to(&mut self.large, bytes - small)
    }

    /// Counts bytes that are dropped.
    pub(super) fn skip(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.length = self.length.saturating_add(bytes);
        if self.length > DRAIN_LIMIT { Err(Refusal::TooLarge) } else { Ok(()) }
    }

    /// Gives back all but the first 64 KiB.
    pub(super) fn release_large(&mut self) {
        self.large = None;
    }
}
