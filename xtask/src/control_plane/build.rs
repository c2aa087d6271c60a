//! Builds etcd, kube-apiserver and kubectl from the Go module in `xtask/control-plane`, whose sources are embedded here.
//!
//! One process builds, others wait for it; a build that was broken off leaves nothing that looks finished.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use super::go::Go;
use crate::{Error, lifeline};

const KUBERNETES: &str = "1.36.3";
const MINOR: [&str; 2] = ["1", "36"];
/// Of the build itself; the version is a matter of the link flags alone, and clients cannot parse it without them.
const FLAGS: [&str; 4] = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath"];
const PATIENCE: Duration = Duration::from_secs(60 * 60);

macro_rules! source {
    ($path:literal) => {
        ($path, include_str!(concat!("../../control-plane/", $path)))
    };
}

const SOURCES: [(&str, &str); 5] = [
    source!("go.mod"),
    source!("go.sum"),
    source!("cmd/etcd/main.go"),
    source!("cmd/kube-apiserver/main.go"),
    source!("cmd/kubectl/main.go"),
];

/// The name of the folder of what is built: Kubernetes' version and a hash of all that the build depends on.
pub(super) fn version() -> String {
    let flags = FLAGS.into_iter().map(str::to_owned).chain([link_flags()]);
    let texts = SOURCES.into_iter().flat_map(|(path, text)| [path.to_owned(), text.to_owned()]);
    format!("v{KUBERNETES}-{:016x}", fnv(texts.chain(flags)))
}

/// Builds into `folder`, below `cache`, unless another process has done so by the time its turn comes.
pub(super) fn build_once(cache: &Path, folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(cache).map_err(Error::at("make the cache folder", cache))?;
    let path = cache.join("lock");
    let lock = File::create(&path).map_err(Error::at("open", &path))?;
    if lock.try_lock().is_err() {
        say("waiting for another process to build the control plane");
        lock.lock().map_err(Error::at("lock", &path))?;
    }
    if folder.is_dir() { Ok(()) } else { build(cache, folder) }
}

fn build(cache: &Path, folder: &Path) -> Result<(), Error> {
    let started = Instant::now();
    let go = Go::find(cache)?;
    say(&format!("building etcd, kube-apiserver and kubectl {KUBERNETES} with {go}: about 4 minutes, once"));
    let work = cache.join("building");
    // What a build that was broken off left; nobody else is here, as this process holds the lock.
    let _ = fs::remove_dir_all(&work);
    write_sources(&work)?;
    compile(&go, &work)?;
    fs::rename(work.join("bin"), folder).map_err(Error::at("move what was built to", folder))?;
    let _ = fs::remove_dir_all(&work);
    say(&format!("built in {} s, kept in {}", started.elapsed().as_secs(), folder.display()));
    Ok(())
}

fn write_sources(work: &Path) -> Result<(), Error> {
    for (path, text) in SOURCES {
        let path = work.join(path);
        let parent = path.parent().unwrap_or(work);
        fs::create_dir_all(parent).map_err(Error::at("make", parent))?;
        fs::write(&path, text).map_err(Error::at("write", &path))?;
    }
    Ok(())
}

fn compile(go: &Go, work: &Path) -> Result<(), Error> {
    let mut command = lifeline::command(go.program());
    command.args(FLAGS).args(["-ldflags", &link_flags(), "-o", "bin/", "./cmd/..."]).current_dir(work);
    // Without cgo no C compiler is needed, and the binaries do not depend on the machine's C library.
    command.envs(go.environment()).envs([("CGO_ENABLED", "0"), ("GOWORK", "off")]);
    command.stdout(std::io::stderr());
    let ended = lifeline::spawn(command)?.wait(PATIENCE)?;
    match ended {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(Error::new(format!("go could not build the control plane ({status}); it said why above"))),
        None => Err(Error::new(format!("go was still building after {} minutes", PATIENCE.as_secs() / 60))),
    }
}

fn link_flags() -> String {
    let [major, minor] = MINOR;
    let set = |name, value| format!(" -X k8s.io/component-base/version.{name}={value}");
    let version = format!("v{KUBERNETES}");
    format!("-s -w{}{}{}", set("gitVersion", version.as_str()), set("gitMajor", major), set("gitMinor", minor))
}

/// Progress, on standard error: a test's own output is not touched, and a build of minutes is not taken for a hang.
/// Written straight to it, because `cargo test` would keep what `eprintln!` says until the test has failed.
pub(super) fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "control plane: {what}");
}

/// FNV-1a: the standard library's hasher may change between releases of Rust, and this names a folder.
fn fnv(texts: impl Iterator<Item = String>) -> u64 {
    let bytes = texts.flat_map(|text| [text.into_bytes(), vec![0]]).flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
