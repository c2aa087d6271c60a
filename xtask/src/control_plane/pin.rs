//! `cargo xtask pin VERSION`: the go.mod and go.sum for an API server, in `xtask/control-plane/VERSION`.
//!
//! Kubernetes' own go.mod replaces its staging modules by folders; a module that depends on it names their releases.

use std::path::{Path, PathBuf};

use crate::{Error, bail, ensure, files, go, process};

/// Writes both files, and returns their folder.
pub fn pin(root: &Path, version: &str) -> Result<PathBuf, Error> {
    let minor = version.strip_prefix("1.").filter(|rest| rest.contains('.'));
    let Some(staging) = minor.map(|rest| format!("v0.{rest}")) else {
        bail!("invalid Kubernetes version {version:?}: expected a full version such as 1.30.14")
    };
    let folder = root.join("xtask/control-plane").join(version);
    let work = root.join("target/kubernetes/pin").join(version);
    let cmd = Path::new("cmd/kube-apiserver");
    files::empty(&work)?;
    files::make(&work.join(cmd))?;
    files::copy(&root.join("xtask/control-plane").join(cmd).join("main.go"), &work.join(cmd).join("main.go"))?;
    let upstream = upstream(&work, version)?;
    files::write(&work.join("go.mod"), module(&upstream, version, &staging)?)?;
    process::read(go::command(&work)?.args(["mod", "tidy"]))?;
    // `tidy` also records the hashes for the tests of dependencies. Listing writes those of the build alone.
    files::write(&work.join("go.sum"), "")?;
    process::read(go::command(&work)?.args(["list", "-mod=mod", "-deps", "./cmd/..."]))?;
    files::make(&folder)?;
    ["go.mod", "go.sum"].iter().try_for_each(|name| files::copy(&work.join(name), &folder.join(name)))?;
    Ok(folder)
}

/// Kubernetes' own go.mod.
fn upstream(work: &Path, version: &str) -> Result<String, Error> {
    let module = format!("k8s.io/kubernetes@v{version}");
    let said = process::read(go::command(work)?.args(["mod", "download", "-json", &module]))?;
    let path = said.lines().find_map(|line| line.trim().strip_prefix("\"GoMod\": \"")?.strip_suffix("\","));
    let Some(path) = path else { bail!("`go mod download -json {module}` names no go.mod: {said}") };
    files::read(Path::new(path))
}

/// The module's go.mod before `go mod tidy`.
fn module(upstream: &str, version: &str, staging: &str) -> Result<String, Error> {
    let Some(language) = upstream.lines().find(|line| line.starts_with("go ")) else {
        bail!("the go.mod of Kubernetes {version} has no line `go VERSION`")
    };
    let names = upstream.lines().filter(|line| line.contains("=> ./staging/")).filter_map(|line| {
        let mut words = line.split_whitespace().filter(|word| *word != "replace");
        words.next()
    });
    let replaced: Vec<String> = names.map(|name| format!("\t{name} => {name} {staging}\n")).collect();
    ensure!(!replaced.is_empty(), "the go.mod of Kubernetes {version} replaces no module by ./staging/…");
    Ok(format!(
        "module podwright.dev/control-plane\n\n{language}\n\nrequire (\n\tk8s.io/component-base {staging}\n\
         \tk8s.io/kubernetes v{version}\n)\n\nreplace (\n{})\n",
        replaced.concat()
    ))
}
