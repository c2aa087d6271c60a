//! The server from start to stop: its runtimes, its signals, its health, and the files that it follows.

pub(super) mod configuration;
pub(super) mod follow;
pub(super) mod health;
pub(super) mod heartbeat;
pub(super) mod runtimes;
pub(super) mod shutdown;
