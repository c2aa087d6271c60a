//! Builds the programs of an embedded Go module into the cache folder, once for each user.
//!
//! One process builds while others wait. An interrupted build leaves no folder that looks finished.

mod toolchain;

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{Error, files, lifeline};
use toolchain::Go;

/// Kubernetes' version without its `v`, as clients print it.
pub(crate) const KUBERNETES: &str = "1.37.2";
const MINOR: [&str; 2] = ["1", "37"];
/// The version is in the link flags, because clients must parse it.
const FLAGS: [&str; 4] = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath"];
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// The folder below the user's cache folder for an installed Go.
const SHARED: &str = "podwright/control-plane";

/// A Go module whose programs are the folders of its `cmd`, or the tools in its go.mod.
#[derive(Debug)]
pub(crate) struct Module {
    /// The name in the cache folder.
    pub(crate) name: &'static str,
    /// The content and the build time: "etcd and kubectl: about 4 minutes".
    pub(crate) content: &'static str,
    pub(crate) programs: &'static [&'static str],
    /// The files: path and text.
    pub(crate) sources: &'static [(&'static str, &'static str)],
}

/// The module in a folder of this package, with its content, its other files, and its programs or its tool.
macro_rules! module {
    ($folder:literal, $content:literal, [$($file:literal),*], tool $tool:literal) => {
        $crate::go::module!($folder, $content, [$tool], [$($file => $file),*])
    };
    ($folder:literal, $content:literal, [$($file:literal),*], [$($program:literal),*]) => {
        $crate::go::module!($folder, $content, [$($program),*],
            [$($file => $file,)* $($program => concat!("cmd/", $program, "/main.go")),*])
    };
    ($folder:literal, $content:literal, [$($program:literal),*], [$($key:literal => $path:expr),*]) => {
        $crate::go::Module {
            name: $folder,
            content: $content,
            programs: &[$($program),*],
            sources: &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $path)))),*],
        }
    };
}
pub(crate) use module;

impl Module {
    /// The folder of the programs, built now if one is missing.
    pub(crate) fn build(&self) -> Result<PathBuf, Error> {
        let cache = cache_folder()?.join("podwright").join(self.name);
        let folder = cache.join(self.version());
        if !self.programs.iter().all(|program| folder.join(program).is_file()) {
            self.build_once(&cache, &folder)?;
        }
        Ok(folder)
    }

    /// The folder's name: Kubernetes' version and a hash of all inputs of the build.
    fn version(&self) -> String {
        let flags = FLAGS.into_iter().map(str::to_owned).chain([link_flags()]);
        let texts = self.sources.iter().flat_map(|(path, text)| [(*path).to_owned(), (*text).to_owned()]);
        format!("v{KUBERNETES}-{:016x}", fnv(texts.chain(flags)))
    }

    /// Builds into `folder`, below `cache`, unless another process does so first.
    fn build_once(&self, cache: &Path, folder: &Path) -> Result<(), Error> {
        files::make(cache)?;
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
        self.say(&format!("building with {}, once: {}", go.toolchain.unwrap_or("the installed Go"), self.content));
        let work = cache.join("building");
        // An interrupted build may have left files. The lock keeps other processes away.
        let _ = fs::remove_dir_all(&work);
        self.write_sources(&work)?;
        self.compile(&go, &work)?;
        fs::rename(work.join("bin"), folder).map_err(Error::at("move the programs to", folder))?;
        let _ = fs::remove_dir_all(&work);
        self.say(&format!("built in {} s, kept in {}", started.elapsed().as_secs(), folder.display()));
        Ok(())
    }

    fn write_sources(&self, work: &Path) -> Result<(), Error> {
        for (path, text) in self.sources {
            let path = work.join(path);
            let parent = path.parent().unwrap_or(work);
            files::make(parent)?;
            files::write(&path, text)?;
        }
        Ok(())
    }

    fn compile(&self, go: &Go, work: &Path) -> Result<(), Error> {
        let mut command = lifeline::command(&go.program);
        command.args(FLAGS).args(["-ldflags", &link_flags(), "-o", "bin/", self.packages()]).current_dir(work);
        // Without cgo no C compiler is needed, and the binaries do not depend on the machine's C library.
        command
            .envs(go.toolchain.map(|version| ("GOTOOLCHAIN", version)))
            .envs([("CGO_ENABLED", "0"), ("GOWORK", "off")]);
        command.stdout(std::io::stderr());
        let ended = lifeline::spawn(command)?.wait(PATIENCE)?;
        let name = self.name;
        match ended {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Error::new(format!("go could not build the {name} ({status}); see its errors above"))),
            None => Err(Error::new(format!("go was still building after {} minutes", PATIENCE.as_secs() / 60))),
        }
    }

    /// The packages to build: the module's own programs, or the tools in its go.mod.
    fn packages(&self) -> &'static str {
        let own = self.sources.iter().any(|(path, _)| path.starts_with("cmd/"));
        if own { "./cmd/..." } else { "tool" }
    }

    fn say(&self, message: &str) {
        say(self.name, message);
    }
}

/// The user's cache folder.
pub(crate) fn cache_folder() -> Result<PathBuf, Error> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let beside_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    set("XDG_CACHE_HOME")
        .or_else(|| Some(set("HOME")?.join(beside_home)))
        .ok_or_else(|| Error::new("no cache folder: set HOME or XDG_CACHE_HOME to an absolute path"))
}

fn link_flags() -> String {
    let [major, minor] = MINOR;
    let set = |name, value| format!(" -X k8s.io/component-base/version.{name}={value}");
    let version = format!("v{KUBERNETES}");
    format!("-s -w{}{}{}", set("gitVersion", version.as_str()), set("gitMajor", major), set("gitMinor", minor))
}

/// Prints progress to standard error, so that a build of minutes does not look like a hang. Not with `eprintln!`,
/// because `cargo test` captures that until the test fails.
pub(crate) fn say(name: &str, message: &str) {
    let _ = writeln!(std::io::stderr(), "{}: {message}", name.replace('-', " "));
}

/// FNV-1a, because the standard library's hasher may change between releases of Rust, and this names a folder.
fn fnv(texts: impl Iterator<Item = String>) -> u64 {
    let bytes = texts.flat_map(|text| [text.into_bytes(), vec![0]]).flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
