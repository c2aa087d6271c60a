//! Requests: routed, read within a memory budget, reviewed, answered and recorded.

pub(super) mod body;
pub(super) mod budget;
pub(super) mod observer;
mod refusal;
mod reply;
pub(super) mod router;
