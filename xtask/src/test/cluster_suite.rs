//! The tests of `tests/cluster` on the API server of one Kubernetes version.

use std::path::Path;

use xtask::{Error, control_plane::Release, helm::Helm};

use super::{CargoTests, HELM_4, Suite, Suites};

/// The tests that also run on the oldest version each time: the pitfalls, the thin line, generated Pods, and the
/// manifests.
const ON_THE_OLDEST: [&str; 7] =
    ["features::", "pitfalls::", "thin_line::", "parity::", "properties::", "installed::", "kept::versions"];

/// Returns the run of the suite on this version: all of it, or the tests that the arguments select.
pub(crate) fn on<'a>(root: &'a Path, release: &Release, arguments: &[String]) -> Result<CargoTests<'a>, Error> {
    let mut tests = CargoTests::of(root, arguments);
    if arguments.is_empty() {
        // Built now, so that no test takes the minutes of a first build.
        Helm::Three.program()?;
        tests.of_tests = ["--skip", HELM_4].map(str::to_owned).to_vec();
    }
    of_the_suite(tests, release)
}

/// Limits a run to the suite, on this version.
pub(crate) fn of_the_suite<'a>(mut tests: CargoTests<'a>, release: &Release) -> Result<CargoTests<'a>, Error> {
    tests.of_cargo.splice(..0, ["--test", "cluster"].map(str::to_owned));
    tests.assets = Some(release.folder(tests.root)?);
    Ok(tests)
}

/// Runs the suite, and names it after the version. Passes each line on.
pub(crate) fn run(tests: &CargoTests<'_>, release: &Release, mut each: impl FnMut(&str)) -> Result<Suite, Error> {
    tests.build()?;
    println!("\ntests/cluster on Kubernetes {}", release.version());
    let mut suites = Suites::default();
    tests.run(|line| {
        suites.read(line);
        each(line);
    })?;
    let name = format!("tests/cluster on Kubernetes {}", release.version());
    Ok(Suite { name, counts: suites.all.pop().and_then(|suite| suite.counts) })
}

/// Runs a selection of the suite on the oldest version.
pub(super) fn on_the_oldest(root: &Path, oldest: &Release) -> Result<Suite, Error> {
    let of_tests = ON_THE_OLDEST.map(str::to_owned).to_vec();
    let tests = of_the_suite(CargoTests { of_tests, ..CargoTests::of(root, &[]) }, oldest)?;
    run(&tests, oldest, |_| ())
}

#[cfg(test)]
mod tests {
    use super::ON_THE_OLDEST;

    /// A renamed module would select nothing, without an error.
    #[test]
    fn each_prefix_is_a_module_of_the_suite() {
        let folder = crate::root().join("tests/cluster");
        for prefix in ON_THE_OLDEST {
            let path = folder.join(prefix.trim_end_matches("::").replace("::", "/"));
            assert!(path.is_dir() || path.with_extension("rs").is_file(), "{prefix}");
        }
    }
}
