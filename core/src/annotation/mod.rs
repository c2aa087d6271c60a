//! The vocabulary: which keys there are, what their values mean, and what an author who mistyped one is told.
//!
//! Annotations go in, [`Directives`] and [`Fault`]s come out. Nothing here knows a Pod's containers, a profile's
//! values or the order of precedence; that is [`crate::profile`]'s part.

pub mod amounts;
pub mod containers;
pub mod downward;
mod errors;
pub mod keys;
pub mod notes;
pub mod parse;
pub mod paths;
pub mod probe;
pub mod quantity;
pub mod seconds;
pub mod settings;
pub mod shape;
mod suggest;

pub use errors::{Expected, Fault, Faults};
pub use parse::{Directives, Layer};
pub use settings::{Settings, Toggle};
pub use suggest::nearest;

/// What every key of ours begins with; a container's own keys put its name and a dot before it.
pub const PREFIX: &str = "podwright.dev/";

/// Where the report of what was injected is kept. Written by us, and never read to decide anything.
pub const STATUS: &str = "podwright.dev/status";
