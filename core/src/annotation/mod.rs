//! The annotations: the table of keys, the grammars of their values, and the errors in them.
//!
//! Annotations go in; [`Directives`] and [`Fault`]s come out. This module does not know a Pod's containers, a profile's
//! values or the precedence of layers. [`crate::profile`] has the precedence.

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
pub(crate) mod suggest;
pub mod value_shape;

pub use directives::{Directives, is_ours};
pub use errors::{Expected, Fault, Faults};
pub use layer::Layer;
pub use settings::{Settings, Toggle};
pub use suggest::nearest;

/// The prefix of podwright's keys. A key for one container has the container's name and a dot before it.
pub const PREFIX: &str = "podwright.dev/";

/// The annotation with the injection report. podwright writes it, and never bases a decision on it.
pub const STATUS: &str = "podwright.dev/status";

/// The label of injected Pods, if the configuration asks for it (`injectedLabel`). Its value is the profile's name.
pub const INJECTED: &str = "podwright.dev/injected";
