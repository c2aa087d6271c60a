//! Workloads: the top owner of a Pod, and Pods that are missing because podwright denied them.

mod controller;
mod denials;
mod name;
mod owners;

pub use controller::Controller;
pub use denials::{Denial, FailedCreate, denial_message};
pub use name::WorkloadName;
pub use owners::Owners;

#[cfg(test)]
mod tests;
