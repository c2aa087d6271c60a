//! `--exclude GLOB`: files and folders to skip.

use std::path::Path;
use std::str::FromStr;

use glob::{MatchOptions, Pattern, PatternError};

/// Options under which `*` matches within one name, as in a shell.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// A pattern for names, or for paths if it has a `/`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Glob {
    pattern: Pattern,
    is_path: bool,
}

impl FromStr for Glob {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.trim_start_matches("./").trim_end_matches('/');
        Ok(Self { pattern: Pattern::new(text)?, is_path: text.contains('/') })
    }
}

impl Glob {
    /// Reports whether it matches this file or folder. `given` is the path that the user named.
    pub(super) fn matches(&self, path: &Path, given: &Path) -> bool {
        let fits = |path: &Path| self.pattern.matches_path_with(path, OPTIONS);
        if !self.is_path {
            return path.file_name().is_some_and(|name| fits(Path::new(name)));
        }
        let plain = path.strip_prefix(".").unwrap_or(path);
        fits(plain) || path.strip_prefix(given).is_ok_and(fits)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Glob;

    fn matches(glob: &str, path: &str) -> bool {
        let glob: Glob = glob.parse().unwrap_or_else(|error| unreachable!("{glob}: {error}"));
        glob.matches(Path::new(path), Path::new("given"))
    }

    #[test]
    fn a_pattern_without_a_slash_is_for_names() {
        assert!(matches("values.yaml", "given/chart/values.yaml"));
        assert!(matches("*.json", "given/a.json"));
        assert!(matches("charts/", "given/deep/charts"));
        assert!(matches("given", "given"));
        assert!(!matches("*.json", "given/a.yaml"));
        assert!(!matches("values.yaml", "given/my-values.yaml"));
    }

    #[test]
    fn a_pattern_with_a_slash_is_for_paths_from_the_folder_or_as_given() {
        assert!(matches("charts/*", "given/charts/web"));
        assert!(matches("./charts/**/values.yaml", "given/charts/a/b/values.yaml"));
        assert!(matches("given/charts", "given/charts"));
        assert!(matches("**/charts", "given/a/charts"));
        assert!(!matches("charts/*", "given/charts/web/Chart.yaml"));
        assert!(!matches("charts/*", "given/other/charts/web"));
    }

    #[test]
    fn an_invalid_pattern_is_refused() {
        assert!("a[".parse::<Glob>().is_err());
    }
}
