//! The context of a request: what its connection allows it, carried along in the request's extensions.
//!
//! It lies below `connection`, which makes it, and `request`, which reads it.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::limits::{ANSWER_BYTES, FIELDS, HEADERS};

/// The bytes that each field counts beyond its characters, by RFC 9113, 6.5.2.
const FIELD: usize = 32;

/// What a request may use, and whether its connection already refuses it.
#[derive(Clone, Default)]
pub(crate) struct RequestContext {
    /// For its answer.
    pub(crate) answers: AnswerBytes,
    /// Whether its connection has another request in flight, and all connections have as many more as they may.
    pub(crate) over_limit: bool,
    /// Whether its headers were too large.
    pub(crate) head_too_large: bool,
}

/// The bytes of answers that one connection may have before its client takes them; clones share them.
#[derive(Clone)]
pub(crate) struct AnswerBytes(Arc<Semaphore>);

impl RequestContext {
    /// Adds the context to a request. A request that is going to be refused loses its headers.
    ///
    /// It loses them at once, and not when its turn comes: a few bytes of HPACK can mean a hundred kilobytes in memory, and the
    /// requests of all other connections may arrive before that turn. HTTP/1.1's heads are measured by hyper.
    pub(crate) fn add_to<B>(mut self, request: &mut Request<B>) {
        self.head_too_large = request.version() == Version::HTTP_2 && is_too_large(request);
        if self.head_too_large || self.over_limit {
            *request.headers_mut() = HeaderMap::new();
        }
        request.extensions_mut().insert(self);
    }
}

impl Default for AnswerBytes {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ANSWER_BYTES)))
    }
}

impl AnswerBytes {
    /// Takes this many of them, if they are left.
    pub(crate) fn take(&self, bytes: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(bytes).ok()
    }
}

fn is_too_large<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let field = |size, (name, value): (&HeaderName, &HeaderValue)| size + name.as_str().len() + value.len() + FIELD;
    request.headers().len() > FIELDS || request.headers().iter().fold(target, field) > usize::from(HEADERS)
}
