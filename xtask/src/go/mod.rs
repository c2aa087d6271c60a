//! Builds the programs of an embedded Go module into the cache folder, once for each user.
//!
//! One process builds while others wait. An interrupted build leaves no folder that looks finished.

mod toolchain;

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::{Error, files, lifeline, process};
use toolchain::Go;

/// The newest Kubernetes version, without its `v`, as clients print it.
pub(crate) const KUBERNETES: &str = "1.37.2";
/// A Kubernetes version is in the link flags, because clients must parse it.
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
    /// The Kubernetes version that the programs report, if they are Kubernetes' own.
    pub(crate) kubernetes: Option<&'static str>,
    /// More flags for the linker.
    pub(crate) link: &'static str,
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
            kubernetes: None,
            link: "",
        }
    };
}
pub(crate) use module;

impl Module {
    /// The same module, whose programs report this version.
    pub(crate) const fn of_kubernetes(mut self, version: &'static str) -> Self {
        self.kubernetes = Some(version);
        self
    }

    /// The folder of the programs, built now if one is missing.
    pub(crate) fn build(&self) -> Result<PathBuf, Error> {
        let cache = cache_folder()?.join("podwright").join(self.name);
        let folder = cache.join(self.version());
        if !self.programs.iter().all(|program| folder.join(program).is_file()) {
            self.build_once(&cache, &folder)?;
        }
        Ok(folder)
    }

    /// The folder's name: the Kubernetes version, if there is one, and a hash of all inputs of the build.
    fn version(&self) -> String {
        let flags = FLAGS.into_iter().map(str::to_owned).chain([self.link_flags()]);
        let texts = self.sources.iter().flat_map(|(path, text)| [(*path).to_owned(), (*text).to_owned()]);
        let hash = fnv(texts.chain(flags));
        self.kubernetes.map_or_else(|| format!("{hash:016x}"), |version| format!("v{version}-{hash:016x}"))
    }

    fn link_flags(&self) -> String {
        let set = |name: &str, value: &str| format!(" -X k8s.io/component-base/version.{name}={value}");
        let version = self.kubernetes.map(|version| {
            let mut numbers = version.split('.');
            let [major, minor] = [(); 2].map(|()| numbers.next().unwrap_or_default());
            [set("gitVersion", &format!("v{version}")), set("gitMajor", major), set("gitMinor", minor)].concat()
        });
        format!("-s -w{}{}", version.unwrap_or_default(), self.link)
    }

    /// Builds into `folder`, below `cache`, unless another process does so first.
    fn build_once(&self, cache: &Path, folder: &Path) -> Result<(), Error> {
        let _lock = self.lock(cache)?;
        if folder.is_dir() { Ok(()) } else { self.build_now(cache, folder) }
    }

    /// Locks the folder until the result is dropped.
    fn lock(&self, cache: &Path) -> Result<File, Error> {
        files::make(cache)?;
        let path = cache.join("lock");
        let lock = File::create(&path).map_err(Error::at("open", &path))?;
        if lock.try_lock().is_err() {
            self.say("waiting for another process to build");
            lock.lock().map_err(Error::at("lock", &path))?;
        }
        Ok(lock)
    }

    /// The folder of a module that this one requires, downloaded into Go's own cache now if it is not there. Go compares it
    /// with go.sum.
    pub(crate) fn required(&self, module: &str) -> Result<PathBuf, Error> {
        let cache = cache_folder()?.join("podwright").join(self.name);
        let _lock = self.lock(&cache)?;
        let go = Go::find(&cache_folder()?.join(SHARED))?;
        self.write_sources(&cache)?;
        let mut command = Command::new(&go.program);
        go.prepare(&mut command, &cache);
        command.args(["mod", "download", "-json", module]);
        let answer = process::read(&mut command)?;
        let found = answer.lines().find_map(|line| line.trim().strip_prefix("\"Dir\": \"")?.split('"').next());
        found.map(PathBuf::from).ok_or_else(|| Error::new(format!("go named no folder of {module}: {answer}")))
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
        command.args(FLAGS).args(["-ldflags", &self.link_flags(), "-o", "bin/", self.packages()]);
        go.prepare(&mut command, work);
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

/// A `go` command in a module's folder.
pub(crate) fn command(module: &Path) -> Result<Command, Error> {
    let go = Go::find(&cache_folder()?.join(SHARED))?;
    let mut command = Command::new(&go.program);
    go.prepare(&mut command, module);
    Ok(command)
}

/// The user's cache folder.
pub fn cache_folder() -> Result<PathBuf, Error> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let beside_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    set("XDG_CACHE_HOME")
        .or_else(|| Some(set("HOME")?.join(beside_home)))
        .ok_or_else(|| Error::new("no cache folder: set HOME or XDG_CACHE_HOME to an absolute path"))
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
