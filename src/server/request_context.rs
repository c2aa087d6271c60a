//! The context of a request: the allowances of its connection, in the request's extensions.
//!
//! `connection` makes it and `request` reads it, so it lies below both.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::limits::{ANSWER_BYTES, FIELDS, HEADERS};

/// The size of a field beyond its characters, by RFC 9113, 6.5.2.
const FIELD: usize = 32;

/// The allowances of a request, and the reasons to refuse it.
#[derive(Clone, Default)]
pub(crate) struct RequestContext {
    pub(crate) answers: AnswerBytes,
    /// True if a limit of requests in flight is reached: that of the peer address, or that of concurrent ones of all
    /// connections.
    pub(crate) over_limit: bool,
    pub(crate) head_too_large: bool,
}

/// The bytes of unread responses that one connection may have; clones share them.
#[derive(Clone)]
pub(crate) struct AnswerBytes(Arc<Semaphore>);

impl RequestContext {
    /// Adds the context to a request. Removes the headers of a request that will be refused.
    ///
    /// It removes them now because the handler may run much later, after the requests of all other connections: a few
    /// bytes of HPACK can take a hundred kilobytes of memory. hyper limits the heads of HTTP/1.1 itself.
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
    pub(crate) fn take(&self, bytes: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(bytes).ok()
    }
}

fn is_too_large<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let field = |size, (name, value): (&HeaderName, &HeaderValue)| size + name.as_str().len() + value.len() + FIELD;
    request.headers().len() > FIELDS || request.headers().iter().fold(target, field) > usize::from(HEADERS)
}
