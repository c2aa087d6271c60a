//! Paths in a container: where the Downward API's volume is mounted, and where the termination message is read from.
//!
//! The API server checks neither; a container with a path that its runtime cannot make does not start. A path with a drive is
//! for Windows alone; whether the Pod is for Windows is not known here.

mod parts;
mod windows;

use std::borrow::Cow;

use super::Expected;
use crate::text::shorten;
use parts::{BYTES, too_long};
pub use parts::{cleaned, is_at_or_below};

/// Folders that the runtime mounts itself.
const RUNTIMES: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Files and folders that the kubelet and the runtime mount in every container.
const MOUNTED: [&str; 6] = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm", "/dev/mqueue", "/dev/pts"];

/// The file that the kubelet mounts where no other `terminationMessagePath` is set.
const TERMINATION_LOG: &str = "/dev/termination-log";

/// A folder to mount the volume at: absolute, cleaned, and none of the runtime's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountPath(String);

/// A file to read the termination message from: absolute, clean, and none of the runtime's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePath(String);

/// `terminationMessagePolicy`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagePolicy {
    /// The file alone.
    File,
    /// The end of the log, where the file is empty and the container failed.
    FallbackToLogsOnError,
}

impl MountPath {
    /// Reads a path; `/etc/podinfo/` is `/etc/podinfo`, and `C:/podinfo` is `C:\podinfo`.
    ///
    /// # Errors
    /// A path that is not absolute, holds what no path should, or lies where nothing can be mounted.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let example = "/etc/podinfo";
        let path = parse(text, example)?;
        let windows = windows::has_drive(&path);
        if is_at_or_below(&comparable(&path, windows), TERMINATION_LOG) {
            let problem = format!("lies where the kubelet mounts the termination message, {TERMINATION_LOG}");
            return Err(Expected::new(problem, example));
        }
        // The API documents that a mountPath must not contain ':', which some runtimes take for a separator.
        if path.contains(':') && !windows {
            return Err(Expected::new("has a ':', which a mountPath must not contain", example));
        }
        Ok(Self(path))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is for Windows alone.
    pub fn is_windows(&self) -> bool {
        windows::has_drive(&self.0)
    }
}

impl MessagePath {
    /// Reads a path.
    ///
    /// # Errors
    /// A path that is not absolute or not clean, holds what no path should, or lies where no file can be.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let path = parse(text, "/tmp/termination-log")?;
        if path != text {
            return Err(Expected::new(
                "is not the shortest form of that path; expected it without //, /./, /../ and an ending /",
                path,
            ));
        }
        Ok(Self(path))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is for Windows alone.
    pub fn is_windows(&self) -> bool {
        windows::has_drive(&self.0)
    }
}

impl MessagePolicy {
    const ALL: [Self; 2] = [Self::File, Self::FallbackToLogsOnError];

    /// Reads `File` or `FallbackToLogsOnError`.
    ///
    /// # Errors
    /// Anything else, in whatever case.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text).ok_or_else(|| {
            let meant = super::nearest(text, Self::ALL.map(Self::as_str)).unwrap_or("FallbackToLogsOnError");
            Expected::new("is not a policy; expected File or FallbackToLogsOnError", meant)
        })
    }

    /// The API's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::FallbackToLogsOnError => "FallbackToLogsOnError",
        }
    }
}

/// A path as paths of one Pod are compared: [`cleaned`]; and on Windows without the differences that it does not make.
pub fn comparable(path: &str, windows: bool) -> Cow<'_, str> {
    if windows { Cow::Owned(windows::comparable(path)) } else { cleaned(path) }
}

fn parse(text: &str, example: &str) -> Result<String, Expected> {
    if windows::has_drive(text) {
        return windows::parse(text, example);
    }
    if !text.starts_with('/') {
        return Err(Expected::new("is not an absolute path", example));
    }
    if text.len() > BYTES {
        return Err(too_long(example));
    }
    if text.chars().any(char::is_control) {
        return Err(Expected::new("has control characters; expected a path", example));
    }
    let path = cleaned(text).into_owned();
    // What lies below /dev is a matter of the image and the runtime (the default termination message does).
    let whole = |own: &str| own != "/dev" && own != "/dev/shm";
    let owned = RUNTIMES.into_iter().chain(MOUNTED);
    let runtimes = owned.into_iter().find(|own| path == *own || (whole(own) && is_at_or_below(&path, own)));
    match runtimes {
        _ if path == "/" => {
            Err(Expected::new("is the container's whole file system; expected a path below /", example))
        }
        Some(own) => {
            let problem = format!("lies at {}, which is the runtime's own; expected another path", shorten(own));
            Err(Expected::new(problem, example))
        }
        None => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_for_mounts_and_must_be_clean_for_messages() {
        for (text, clean) in [
            ("/etc/podinfo", "/etc/podinfo"),
            ("/etc/podinfo/", "/etc/podinfo"),
            ("//etc/./x/../podinfo", "/etc/podinfo"),
            ("/devices", "/devices"),
            ("/dev/podinfo", "/dev/podinfo"),
            ("/process", "/process"),
        ] {
            assert_eq!(MountPath::parse(text).map(|path| path.0), Ok(clean.to_owned()), "{text}");
            assert_eq!(MessagePath::parse(text).is_ok(), text == clean, "{text}");
        }
        let suggested = MessagePath::parse("/tmp//x/").map_err(|expected| expected.example);
        assert_eq!(suggested, Err("/tmp/x".to_owned()));
    }

    #[test]
    fn paths_that_are_refused() {
        let long = format!("/{}", "x".repeat(512));
        for text in [
            "", "etc", "./etc", "/", "//", "/..", "/proc", "/proc/1", "/sys", "/sys/fs", "/dev", "/dev/", "/a\nb",
            &long,
        ] {
            assert!(MountPath::parse(text).is_err() && MessagePath::parse(text).is_err(), "{text}");
        }
        assert!(
            MountPath::parse("/dev/termination-log").is_err() && MessagePath::parse("/dev/termination-log").is_ok()
        );
        assert!(MountPath::parse("/a:b").is_err() && MessagePath::parse("/a:b").is_ok());
    }

    #[test]
    fn below_is_by_whole_names() {
        assert!(is_at_or_below("/a/b", "/a") && is_at_or_below("/a", "/a") && is_at_or_below("/a", "/"));
        assert!(!is_at_or_below("/ab", "/a") && !is_at_or_below("/a", "/a/b"));
    }

    #[test]
    fn policies() {
        assert_eq!(MessagePolicy::parse("File"), Ok(MessagePolicy::File));
        let meant = MessagePolicy::parse("fallbackToLogsOnError").map_err(|expected| expected.example);
        assert_eq!(meant, Err("FallbackToLogsOnError".to_owned()));
    }
}
