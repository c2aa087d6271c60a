//! Paths in a container, for the Downward API's volume and for the termination message.
//!
//! The API server does not check them, and a container with an impossible path does not start. A path with a drive is
//! for Windows only. This module does not know the Pod's operating system.

mod parts;
mod windows;

use std::borrow::Cow;

use super::Expected;
use crate::text::shorten;
use parts::{BYTES, invalid, too_long};
pub use parts::{cleaned, is_at_or_below};

/// Folders that the container runtime mounts.
const RUNTIMES: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Files and folders that the kubelet and the runtime mount in every container.
const MOUNTED: [&str; 6] = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm", "/dev/mqueue", "/dev/pts"];

/// The default of `terminationMessagePath`, a file that the kubelet mounts.
const TERMINATION_LOG: &str = "/dev/termination-log";

/// A folder for the volume: absolute, clean, and outside the runtime's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountPath(String);

/// A file for the termination message: absolute, clean, and outside the runtime's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePath(String);

/// `terminationMessagePolicy`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagePolicy {
    /// The content of the file only.
    File,
    /// The end of the log, if the file is empty and the container failed.
    FallbackToLogsOnError,
}

impl MountPath {
    /// Parses a path and cleans it: `/etc/podinfo/` becomes `/etc/podinfo`, and `C:/podinfo` becomes `C:\podinfo`.
    ///
    /// # Errors
    /// The path is not absolute, has an invalid character, or is in a folder of the runtime.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let example = "/etc/podinfo";
        let path = parse(text, example)?;
        let windows = windows::has_drive(&path);
        if is_at_or_below(&comparable(&path, windows), TERMINATION_LOG) {
            let problem = "the kubelet mounts the termination message there; expected another path";
            return Err(invalid(text, problem, example));
        }
        // The API's documentation forbids ':' in a mountPath, because some runtimes take it for a separator.
        if path.contains(':') && !windows {
            return Err(invalid(text, "a mountPath must not contain ':'; expected a path without it", example));
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
    /// Parses a path.
    ///
    /// # Errors
    /// The path is not absolute or not clean, has an invalid character, or is in a folder of the runtime.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let path = parse(text, "/tmp/termination-log")?;
        if path != text {
            return Err(invalid(text, "expected its shortest form, without //, /./, /../ or a final /", &path));
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

    /// Parses `File` or `FallbackToLogsOnError`.
    ///
    /// # Errors
    /// The text is neither of the two, or in another case.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text).ok_or_else(|| {
            let meant = super::nearest(text, Self::ALL.map(Self::as_str)).unwrap_or("FallbackToLogsOnError");
            let problem = format!("invalid policy \"{}\": expected File or FallbackToLogsOnError", shorten(text));
            Expected::new(problem, meant)
        })
    }

    /// Returns the API's name of the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::FallbackToLogsOnError => "FallbackToLogsOnError",
        }
    }
}

/// Returns the form of a path for comparisons within a Pod. On Windows, it ignores case, the drive `C:` and
/// backslashes.
pub fn comparable(path: &str, windows: bool) -> Cow<'_, str> {
    if windows { Cow::Owned(windows::comparable(path)) } else { cleaned(path) }
}

fn parse(text: &str, example: &str) -> Result<String, Expected> {
    if windows::has_drive(text) {
        return windows::parse(text, example);
    }
    if !text.starts_with('/') {
        return Err(invalid(text, "expected an absolute path", example));
    }
    if text.len() > BYTES {
        return Err(too_long(example));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(text, "expected a path without control characters", example));
    }
    let path = cleaned(text).into_owned();
    // Paths below /dev and /dev/shm can work: the default termination message is one.
    let whole = |own: &str| own != "/dev" && own != "/dev/shm";
    let owned = RUNTIMES.into_iter().chain(MOUNTED);
    let runtimes = owned.into_iter().find(|own| path == *own || (whole(own) && is_at_or_below(&path, own)));
    match runtimes {
        _ if path == "/" => Err(invalid(text, "expected a path below the root folder", example)),
        Some(own) => Err(invalid(text, &format!("the container runtime uses {own}; expected another path"), example)),
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
