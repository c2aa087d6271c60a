//! Requests: routed, read within a budget, reviewed, answered and recorded.

pub(super) mod body;
pub(super) mod budget;
pub(super) mod observer;
pub(super) mod paths;
mod refusal;
mod reply;
pub(super) mod router;
