//! Builds the programs of a Go module whose sources are embedded here, once for each user, into a cache folder.
//!
//! One process builds, others wait for it; a build that was broken off leaves nothing that looks finished. Never touches
//! a module's own folder in the repository.

mod toolchain;

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{Error, lifeline};
use toolchain::Go;

/// Kubernetes' version, as clients print it and without its `v`.
pub(crate) const KUBERNETES: &str = "1.37.2";
const MINOR: [&str; 2] = ["1", "37"];
/// Of the build itself; the version is a matter of the link flags alone, and clients cannot parse it without them.
const FLAGS: [&str; 4] = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath"];
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// Below the user's cache folder; where a Go that had to be installed is kept, beside the first module that needs it.
const SHARED: &str = "podwright/control-plane";

/// One Go module, with a program in each folder of its `cmd`, or with a `tool` directive for each program.
#[derive(Debug)]
pub(crate) struct Module {
    /// What it is called in the cache folder.
    pub(crate) name: &'static str,
    /// What is built, and how long that takes: "etcd and kubectl: about 4 minutes".
    pub(crate) what: &'static str,
    /// Its files: path and text.
    pub(crate) sources: &'static [(&'static str, &'static str)],
}

impl Module {
    /// The folder that its programs are in, built now where `finished` is not content with what is there.
    pub(crate) fn build(&self, finished: impl Fn(&Path) -> bool) -> Result<PathBuf, Error> {
        let cache = cache_folder()?.join("podwright").join(self.name);
        let folder = cache.join(self.version());
        if !finished(&folder) {
            self.build_once(&cache, &folder)?;
        }
        Ok(folder)
    }

    /// The name of the folder of what is built: Kubernetes' version and a hash of all that the build depends on.
    fn version(&self) -> String {
        let flags = FLAGS.into_iter().map(str::to_owned).chain([link_flags()]);
        let texts = self.sources.iter().flat_map(|(path, text)| [(*path).to_owned(), (*text).to_owned()]);
        format!("v{KUBERNETES}-{:016x}", fnv(texts.chain(flags)))
    }

    /// Builds into `folder`, below `cache`, unless another process has done so by the time its turn comes.
    fn build_once(&self, cache: &Path, folder: &Path) -> Result<(), Error> {
        fs::create_dir_all(cache).map_err(Error::at("make the cache folder", cache))?;
        let path = cache.join("lock");
        let lock = File::create(&path).map_err(Error::at("open", &path))?;
        if lock.try_lock().is_err() {
            self.say("waiting for another process to build");
            lock.lock().map_err(Error::at("lock", &path))?;
        }
        if folder.is_dir() { Ok(()) } else { self.build_now(cache, folder) }
    }

    fn build_now(&self, cache: &Path, folder: &Path) -> Result<(), Error> {
        let started = Instant::now();
        let go = Go::find(&cache_folder()?.join(SHARED))?;
        self.say(&format!("building with {go}, once: {}", self.what));
        let work = cache.join("building");
        // What a build that was broken off left; nobody else is here, as this process holds the lock.
        let _ = fs::remove_dir_all(&work);
        self.write_sources(&work)?;
        self.compile(&go, &work)?;
        fs::rename(work.join("bin"), folder).map_err(Error::at("move what was built to", folder))?;
        let _ = fs::remove_dir_all(&work);
        self.say(&format!("built in {} s, kept in {}", started.elapsed().as_secs(), folder.display()));
        Ok(())
    }

    fn write_sources(&self, work: &Path) -> Result<(), Error> {
        for (path, text) in self.sources {
            let path = work.join(path);
            let parent = path.parent().unwrap_or(work);
            fs::create_dir_all(parent).map_err(Error::at("make", parent))?;
            fs::write(&path, text).map_err(Error::at("write", &path))?;
        }
        Ok(())
    }

    fn compile(&self, go: &Go, work: &Path) -> Result<(), Error> {
        let mut command = lifeline::command(go.program());
        command.args(FLAGS).args(["-ldflags", &link_flags(), "-o", "bin/", self.packages()]).current_dir(work);
        // Without cgo no C compiler is needed, and the binaries do not depend on the machine's C library.
        command.envs(go.environment()).envs([("CGO_ENABLED", "0"), ("GOWORK", "off")]);
        command.stdout(std::io::stderr());
        let ended = lifeline::spawn(command)?.wait(PATIENCE)?;
        let name = self.name;
        match ended {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Error::new(format!("go could not build the {name} ({status}); it said why above"))),
            None => Err(Error::new(format!("go was still building after {} minutes", PATIENCE.as_secs() / 60))),
        }
    }

    /// Its programs, or those that its go.mod names as tools.
    fn packages(&self) -> &'static str {
        let own = self.sources.iter().any(|(path, _)| path.starts_with("cmd/"));
        if own { "./cmd/..." } else { "tool" }
    }

    fn say(&self, what: &str) {
        say(self.name, what);
    }
}

/// The user's folder for what can be made again.
fn cache_folder() -> Result<PathBuf, Error> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let beside_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    set("XDG_CACHE_HOME")
        .or_else(|| Some(set("HOME")?.join(beside_home)))
        .ok_or_else(|| Error::new("no folder to keep what is built in: set HOME or XDG_CACHE_HOME to an absolute path"))
}

fn link_flags() -> String {
    let [major, minor] = MINOR;
    let set = |name, value| format!(" -X k8s.io/component-base/version.{name}={value}");
    let version = format!("v{KUBERNETES}");
    format!("-s -w{}{}{}", set("gitVersion", version.as_str()), set("gitMajor", major), set("gitMinor", minor))
}

/// Progress, on standard error: a test's own output is not touched, and a build of minutes is not taken for a hang.
/// Written straight to it, because `cargo test` would keep what `eprintln!` says until the test has failed.
pub(crate) fn say(who: &str, what: &str) {
    let _ = writeln!(std::io::stderr(), "{}: {what}", who.replace('-', " "));
}

/// FNV-1a: the standard library's hasher may change between releases of Rust, and this names a folder.
fn fnv(texts: impl Iterator<Item = String>) -> u64 {
    let bytes = texts.flat_map(|text| [text.into_bytes(), vec![0]]).flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
