//! The vocabulary: which keys there are, what their values mean, and what an author who mistyped one is told.
//!
//! Annotations go in, [`Directives`] and [`Fault`]s come out. Nothing here knows a Pod's containers, a profile's
//! values or the order of precedence; that is [`crate::profile`]'s part.

pub mod amounts;
pub mod containers;
mod directives;
pub mod downward;
pub mod duration;
mod errors;
pub mod keys;
mod layer;
pub mod notes;
pub mod paths;
pub mod probe;
pub mod quantity;
pub mod settings;
mod suggest;
pub mod value_shape;

pub use directives::{Directives, is_ours};
pub use errors::{Expected, Fault, Faults};
pub use layer::Layer;
pub use settings::{Settings, Toggle};
pub use suggest::nearest;

/// The prefix of podwright's keys. A container's own keys have the container's name and a dot before it.
pub const PREFIX: &str = "podwright.dev/";

/// The annotation with the report of what was injected. podwright writes it, and never reads it to decide anything.
pub const STATUS: &str = "podwright.dev/status";
