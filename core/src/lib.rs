//! The pure part of podwright: computes a JSON Patch and a report from a Pod, its annotations and a profile.
//!
//! It uses no file, network, clock or environment. Modules depend in one direction: `admission → workload → inject →
//! profile → annotation`. `manifest` uses `workload` and `inject`; all use `text`. ARCHITECTURE.md has the invariants.
//!
//! # From annotations to a patch
//!
//! ```
//! use podwright_core::inject::{Root, inject, pod::Pod};
//! use podwright_core::profile::{Configuration, OptIn};
//!
//! let json = br#"{
//!     "metadata": {"annotations": {"podwright.dev/pre-stop-sleep": "5s"}},
//!     "spec": {"containers": [{"name": "web", "image": "nginx"}]}
//! }"#;
//! let pod = Pod::parse(json)?;
//! let injection = inject(&pod, OptIn::Pod, &Configuration::default(), Root::Pod)?;
//!
//! let patch = injection.patch.ok_or("expected a patch")?;
//! let sleep = serde_json::to_value(&patch.operations()[0])?;
//! assert_eq!(sleep["path"], "/spec/containers/0/lifecycle");
//! assert_eq!(sleep["value"]["preStop"]["sleep"]["seconds"], 5);
//! // The report has a line for the sleep, and one for the extended grace period.
//! assert_eq!(injection.report.lines[0].key, "pre-stop-sleep");
//! assert_eq!(injection.report.lines[0].outcome.as_str(), "in force");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod admission;
pub mod annotation;
pub mod inject;
pub mod manifest;
pub mod profile;
pub mod text;
pub mod workload;

/// Clippy reports an unmet expectation if it does not read `core/clippy.toml`.
#[cfg(test)]
mod tests {
    #[test]
    #[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "shows that clippy reads core/clippy.toml")]
    fn clippy_knows_files_and_clocks() {
        assert!(std::fs::File::open("").is_err() && std::fs::read("").is_err());
        assert!(std::time::Instant::now() <= std::time::Instant::now());
    }
}
