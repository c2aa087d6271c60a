//! An answer's bytes on their way out: handed over piece by piece, and held against a budget for as long as the connection
//! has any of them: against its own share, or else against what all bodies in flight have together.
//!
//! A client that asks and does not take the answers must not fill the memory with them, and must not be what others are
//! refused for. Never more than bytes: what they say is `admission`'s.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

/// What a connection is given at once: it takes a piece whole as soon as there is room for a byte of it, and counts as
/// having taken the answer with the last.
const PIECE: usize = 16 * 1024;

/// A response's body.
pub(crate) struct Pieces(Bytes);

/// Bytes with their part of the budget, which all slices of them share.
struct Kept {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Pieces {
    pub(crate) fn new(bytes: Vec<u8>, permit: OwnedSemaphorePermit) -> Self {
        Self(Bytes::from_owner(Kept { bytes, _permit: permit }))
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.0.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(self.0.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.0.len()).unwrap_or(u64::MAX))
    }
}
