//! The server from start to stop: its runtimes, signals, health and followed files.

pub(super) mod configuration;
pub(super) mod follow;
pub(super) mod health;
pub(super) mod runtimes;
pub(super) mod shutdown;
