//! Connections: accepted, limited, served, and ended without losing an answer.

pub(super) mod accept;
pub(super) mod activity;
pub(super) mod context;
pub(super) mod end_reason;
pub(super) mod guests;
pub(super) mod house;
pub(super) mod limits;
pub(super) mod lingering;
pub(super) mod serve;
