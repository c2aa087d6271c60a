//! The wishes for each container: a profile, the Pod's annotations and the container's, laid over one another.
//!
//! Knows names and settings, never what a Pod's fields hold: that the author's own fields come first is
//! [`crate::inject`]'s part.

mod configuration;
pub mod file;
mod resolve;

pub use configuration::{Configuration, DEFAULT_PROFILE, OnInvalidAnnotation, PreStopAction, Profile};
pub use resolve::{OptIn, Plan, Source, Wish, Wishes, resolve};
