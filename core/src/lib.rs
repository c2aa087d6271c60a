//! From a Pod, its annotations and a profile to a JSON Patch and a report, without a server, a file, a clock or a network.
//!
//! Dependencies point one way: `admission → workload → inject → profile → annotation`; `manifest` uses `workload` and
//! `inject`. ARCHITECTURE.md has the map and the invariants.

pub mod admission;
pub mod annotation;
pub mod inject;
pub mod manifest;
pub mod profile;
pub mod workload;

/// Clippy fails where an expectation below is not met, as it would be without `clippy.toml`.
#[cfg(test)]
mod tests {
    #[test]
    #[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "shows that clippy reads core/clippy.toml")]
    fn clippy_knows_files_and_clocks() {
        assert!(std::fs::File::open("").is_err() && std::fs::read("").is_err());
        assert!(std::time::Instant::now() <= std::time::Instant::now());
    }
}
