//! From start to stop: runtimes, signals, health, and the files that are followed meanwhile.

pub(super) mod configuration;
pub(super) mod follow;
pub(super) mod health;
pub(super) mod heartbeat;
pub(super) mod runtimes;
pub(super) mod shutdown;
