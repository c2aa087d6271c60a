//! The configuration file, and the precedence of the container's annotations, the Pod's annotations and the profile.
//!
//! This module knows the names of containers and no other field of a Pod. [`crate::inject`] keeps the author's fields.

mod configuration;
pub mod file;
mod resolve;

pub use configuration::{Configuration, DEFAULT_PROFILE, OnInvalidAnnotation, PreStopAction, Profile};
pub use resolve::{OptIn, Plan, Source, Wish, Wishes, resolve};
