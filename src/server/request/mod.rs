//! Requests: routed, read within a budget, answered and recorded.

pub(super) mod body;
pub(super) mod headers;
pub(super) mod observer;
pub(super) mod reply;
pub(super) mod router;
