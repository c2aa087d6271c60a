//! `cargo test` alone needs no control plane: the tests in `tests/cluster` are ignored, and `cargo xtask test` includes
//! them.

use std::fs;
use std::path::{Path, PathBuf};

/// The first lines of a test in `tests/cluster`.
const IGNORED: &str = "#[test]\n#[ignore = \"needs a control plane: cargo xtask test\"]\n";

/// The Rust files in a folder and its subfolders.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    let all = paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn every_test_in_the_cluster_is_ignored_until_xtask_runs_it() {
    let mut ignored = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster")) {
        let text = fs::read_to_string(&file).expect("readable");
        let of_file = text.matches(IGNORED).count();
        assert_eq!(text.matches("#[test]\n").count(), of_file, "{}: begin each test with\n{IGNORED}", file.display());
        ignored += of_file;
    }
    assert!(ignored > 100, "{ignored}");
}
