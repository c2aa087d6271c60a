//! The bytes of one body as they arrive, and their part of the budget.
//!
//! A body above the limit gives back its budget except for its start; the bytes that follow are dropped.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hyper::body::Body as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Intake, Refused};
use crate::server::limits::{BODY_LIMIT, DRAIN_LIMIT, SMALL_PART};

/// A body's part of the budget.
pub(super) struct Held {
    intake: Intake,
    length: usize,
    permits: [Option<OwnedSemaphorePermit>; 2],
}

/// The bytes of a body that arrived so far.
pub(super) struct Collected {
    bytes: Vec<u8>,
    held: Held,
    /// Whether only its start is kept.
    is_cut: bool,
}

impl Collected {
    pub(super) fn new(held: Held) -> Self {
        Self { bytes: Vec::new(), held, is_cut: false }
    }

    /// Reads the body to its end. Returns all of it, or its start where it is above the limit.
    pub(super) async fn read(mut self, mut body: Body) -> Result<(Bytes, Held), Refused> {
        self.expect(body.size_hint().lower())?;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(piece) = frame.map_err(|_| Refused::Broken)?.into_data() else { continue };
            let is_all = self.bytes.is_empty() && !self.is_cut && body.is_end_stream();
            if is_all && piece.len() <= BODY_LIMIT {
                self.held.take(piece.len())?;
                return Ok((piece, self.held));
            }
            self.add(&piece)?;
        }
        Ok((self.bytes.into(), self.held))
    }

    /// Prepares for a body of at least this length, by its `content-length`. A body above the limit never takes the budget of
    /// large bodies. A body above the drain limit is refused at once.
    fn expect(&mut self, length: u64) -> Result<(), Refused> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.is_cut = length > BODY_LIMIT;
        if length > DRAIN_LIMIT { Err(Refused::TooLarge) } else { Ok(()) }
    }

    fn add(&mut self, piece: &[u8]) -> Result<(), Refused> {
        if !self.is_cut && self.held.length + piece.len() > BODY_LIMIT {
            self.cut();
        }
        if !self.is_cut {
            self.held.take(piece.len())?;
            self.bytes.extend_from_slice(piece);
            return Ok(());
        }
        let kept = piece.len().min(SMALL_PART.saturating_sub(self.bytes.len()));
        self.held.take(kept)?;
        self.bytes.extend(piece.iter().take(kept));
        self.held.pass_over(piece.len() - kept)
    }

    /// Gives back the budget and the memory of all but the start.
    fn cut(&mut self) {
        self.is_cut = true;
        self.bytes.truncate(SMALL_PART);
        self.bytes.shrink_to_fit();
        self.held.permits[1] = None;
    }
}

impl Held {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake, length: 0, permits: [None, None] }
    }

    pub(super) fn intake(&self) -> &Intake {
        &self.intake
    }

    /// The bytes that have come, those that were dropped among them.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The first part of every body has a budget of its own, so that large ones cannot take that of a usual review.
    fn take(&mut self, length: usize) -> Result<(), Refused> {
        let before = self.length.min(SMALL_PART);
        self.length = self.length.saturating_add(length);
        let small = self.length.min(SMALL_PART) - before;
        let [ours, rest] = &mut self.permits;
        add(ours, &self.intake.0.small, small)?;
        add(rest, &self.intake.0.large, length - small)
    }

    /// Counts bytes that are dropped.
    fn pass_over(&mut self, length: usize) -> Result<(), Refused> {
        self.length = self.length.saturating_add(length);
        if self.length > DRAIN_LIMIT { Err(Refused::TooLarge) } else { Ok(()) }
    }
}

fn add(held: &mut Option<OwnedSemaphorePermit>, budget: &Arc<Semaphore>, bytes: usize) -> Result<(), Refused> {
    if bytes == 0 {
        return Ok(());
    }
    let count = u32::try_from(bytes).map_err(|_| Refused::TooLarge)?;
    let more = Arc::clone(budget).try_acquire_many_owned(count).map_err(|_| Refused::Crowded)?;
    match held {
        Some(held) => held.merge(more),
        None => *held = Some(more),
    }
    Ok(())
}
