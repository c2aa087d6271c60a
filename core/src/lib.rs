//! From a Pod, its annotations and a profile to a JSON Patch and a report, without a server, a file, a clock or a network.
//!
//! Dependencies point one way: `admission → workload → inject → profile → annotation`; `manifest` uses `workload` and
//! `inject`. ARCHITECTURE.md has the map and the invariants.

pub mod admission;
pub mod annotation;
pub mod inject;
pub mod manifest;
pub mod profile;
pub mod text;
pub mod workload;
