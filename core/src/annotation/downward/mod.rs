//! The value of `downward-env`: a list of well-known names and `NAME=SOURCE`.

mod field;
mod list;
mod name;
mod origin;
mod resource;
mod well_known;

pub use field::FieldPath;
pub use list::{EnvSource, parse_list};
pub use name::EnvName;
pub use origin::{Origin, OtelVariable, Setting};
pub use resource::{Divisor, Resource, ResourceField, Section};
pub use well_known::{WELL_KNOWN, WellKnown};

#[cfg(test)]
mod tests;
