//! The core from outside: no server, no cluster, and no files except the cases.
//!
//! `UPDATE_GOLDEN=1 cargo test --test core golden` (or `corpus`) writes the results; read the difference before you
//! commit it.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read files and measure time; the core does not"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test may fail, and is a crate of its own"
)]

mod bounds;
mod charts;
mod corpus;
mod generate;
mod golden;
mod manifest;
mod properties;
mod shapes;

use std::env;
use std::path::Path;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// The repository's root, one folder above this package.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("a folder above")
}

/// The settings of every property: the same inputs each time, so that a changed result comes from a change of the code.
/// A hundred cases by default; `cargo xtask test` runs 500. To look further:
/// `PROPTEST_CASES=100000 PROPTEST_RNG_SEED=$RANDOM cargo test --test core properties`.
fn config(seed: u64) -> ProptestConfig {
    let named = |variable: &str| env::var_os(variable).is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if named("PROPTEST_CASES") { default.cases } else { 100 },
        rng_seed: if named("PROPTEST_RNG_SEED") { default.rng_seed } else { RngSeed::Fixed(seed) },
        failure_persistence: None,
        ..default
    }
}
