//! The context that a connection adds to each of its requests.
//!
//! Heads of HTTP/2 above podwright's limit are marked here and refused like every other request, so they are logged and counted. The
//! HTTP/2 library therefore takes more; a head that it refuses itself is counted nowhere. For HTTP/1.1, hyper measures the head
//! before there is a request, and ends the connection.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::connection::limits::{FIELDS, HEADERS, SHARE};

/// The size of a field beyond its characters, by RFC 9113, 6.5.2.
const FIELD: usize = 32;

/// A request's view of its connection.
#[derive(Clone, Default)]
pub(crate) struct RequestContext {
    /// The connection's share, for the reply.
    pub(crate) share: ReplyShare,
    /// Set if there is no room for it beside the connection's other requests in flight.
    pub(crate) crowded: bool,
    /// Set if its headers were above the limit, and are gone.
    pub(crate) head_too_large: bool,
}

/// The bytes of untaken replies that one connection may always hold; clones are the same share.
#[derive(Clone)]
pub(crate) struct ReplyShare(Arc<Semaphore>);

impl RequestContext {
    /// Adds itself to the request. Drops headers that nothing will read.
    ///
    /// Headers are dropped at once, not when the request is answered: a few bytes of HPACK can mean a hundred kilobytes in memory, and
    /// the requests of all other connections may arrive before the first of this one is answered.
    pub(crate) fn attach<B>(mut self, request: &mut Request<B>) {
        self.head_too_large = request.version() == Version::HTTP_2 && is_too_large(request);
        if self.head_too_large || self.crowded {
            *request.headers_mut() = HeaderMap::new();
        }
        request.extensions_mut().insert(self);
    }
}

fn is_too_large<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let field = |size, (name, value): (&HeaderName, &HeaderValue)| size + name.as_str().len() + value.len() + FIELD;
    request.headers().len() > FIELDS || request.headers().iter().fold(target, field) > usize::from(HEADERS)
}

impl Default for ReplyShare {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SHARE)))
    }
}

impl ReplyShare {
    /// Takes bytes of it if they are left.
    pub(crate) fn take(&self, bytes: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(bytes).ok()
    }
}
