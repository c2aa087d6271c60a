//! Names of environment variables.

use crate::annotation::Expected;
use crate::text::shorten;

/// The name of an environment variable, as in the oldest supported API server (1.30): `[-._a-zA-Z][-._a-zA-Z0-9]*`, not
/// `.`, and not beginning with `..` (`k8s.io/apimachinery`, `IsEnvVarName`). Later servers accept more names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvName(String);

impl EnvName {
    /// Parses a name.
    ///
    /// # Errors
    /// API server 1.30 rejects the name.
    pub fn parse(name: &str) -> Result<Self, Expected> {
        let first = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '.' | '_');
        let legal = name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit());
        if legal && name != "." && !name.starts_with("..") {
            return Ok(Self(name.to_owned()));
        }
        let problem = format!(
            "invalid variable name \"{}\": expected letters, digits, '-', '.' or '_', and no digit first",
            shorten(name)
        );
        Err(Expected::new(problem, "POD_NAME=metadata.name"))
    }

    /// Makes a name that podwright knows.
    pub(super) fn known(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EnvName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
