//! Windows paths: `C:\podinfo`. In a Windows Pod, `/podinfo` is the same path, and case does not matter.

use super::parts::{BYTES, invalid, is_at_or_below, parts, too_long};
use crate::annotation::Expected;

/// Characters that a name on Windows cannot have.
const FORBIDDEN: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// The folder of the operating system.
const SYSTEM: &str = "/windows";

/// Returns whether the path begins with a drive. Only Windows paths do.
pub(super) fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic())
}

/// Parses a path with a drive, and returns its shortest form with backslashes.
pub(super) fn parse(text: &str, example: &str) -> Result<String, Expected> {
    let (drive, rest) = text.split_at(text.find(':').map_or(0, |colon| colon + 1));
    if !rest.starts_with(['\\', '/']) {
        return Err(invalid(text, "expected an absolute path", example));
    }
    if text.len() > BYTES {
        return Err(too_long(example));
    }
    if rest.contains(|c: char| c.is_control() || FORBIDDEN.contains(&c)) {
        return Err(invalid(text, "expected none of the characters < > : \" | ? *", example));
    }
    let parts = parts(rest, &['\\', '/']);
    if parts.is_empty() {
        return Err(invalid(text, "expected a path below the drive", example));
    }
    let path = format!("{drive}\\{}", parts.join("\\"));
    if is_at_or_below(&comparable(&path), SYSTEM) {
        let problem = format!("the operating system uses {drive}\\Windows; expected another path");
        return Err(invalid(text, &problem, example));
    }
    Ok(path)
}

/// Returns the form for comparisons: lower case, slashes, and no drive `C:`, because that is the default drive.
pub(super) fn comparable(path: &str) -> String {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    format!("/{}", parts(path.strip_prefix("c:").unwrap_or(&path), &['/']).join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::{MessagePath, MountPath, comparable};

    #[test]
    fn drives_are_taken_and_cleaned() {
        for (text, clean) in [
            (r"C:\podinfo", r"C:\podinfo"),
            (r"c:\pod info\x.y", r"c:\pod info\x.y"),
            (r"D:\a\.\b\..\c\", r"D:\a\c"),
            ("C:/podinfo//x", r"C:\podinfo\x"),
            (r"C:\WindowsStuff", r"C:\WindowsStuff"),
        ] {
            assert_eq!(MountPath::parse(text).map(|path| path.as_str().to_owned()), Ok(clean.to_owned()), "{text}");
            assert_eq!(MessagePath::parse(text).is_ok(), text == clean, "{text}");
            assert!(MountPath::parse(text).is_ok_and(|path| path.is_windows()), "{text}");
        }
        assert!(MountPath::parse("/etc/podinfo").is_ok_and(|path| !path.is_windows()));
    }

    #[test]
    fn paths_that_windows_refuses() {
        let long = format!(r"C:\{}", "x".repeat(512));
        for text in [
            "C:",
            r"C:\",
            r"C:\..",
            "C:podinfo",
            r"C:\a?b",
            r"C:\a:b",
            "C:\\a\nb",
            r"C:\Windows",
            r"c:\windows\system32",
            r"\\server\share",
            r"\podinfo",
            r"CC:\podinfo",
            &long,
        ] {
            assert!(MountPath::parse(text).is_err() && MessagePath::parse(text).is_err(), "{text}");
        }
        assert!(MountPath::parse(r"C:\dev\termination-log").is_err());
    }

    #[test]
    fn paths_of_windows_are_compared_without_case_and_drive() {
        for path in [r"C:\etc\PodInfo\", "/etc/podinfo", r"\etc\podinfo", "c:/etc//podinfo", "etc/podinfo"] {
            assert_eq!(comparable(path, true), "/etc/podinfo", "{path}");
        }
        assert_eq!(comparable(r"D:\Etc", true), "/d:/etc");
        assert_eq!(comparable(r"/Etc\x/", false), r"/Etc\x");
    }
}
