//! Names of environment variables.

use crate::annotation::Expected;
use crate::text::shorten;

/// A name that the oldest server we support (1.30) takes: `[-._a-zA-Z][-._a-zA-Z0-9]*`, and neither `.` nor beginning
/// with `..` (`k8s.io/apimachinery`, `IsEnvVarName`). Later servers take more, so a Pod of ours runs on both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvName(String);

impl EnvName {
    /// Reads a name.
    ///
    /// # Errors
    /// A name that 1.30 refuses.
    pub fn parse(name: &str) -> Result<Self, Expected> {
        let first = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '.' | '_');
        let legal = name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit());
        if legal && name != "." && !name.starts_with("..") {
            return Ok(Self(name.to_owned()));
        }
        let problem = format!(
            "has the variable name \"{}\", which is not one; \
             expected letters, digits, '-', '.' or '_', and no digit first",
            shorten(name)
        );
        Err(Expected::new(problem, "POD_NAME=metadata.name"))
    }

    /// The name, as the API takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EnvName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
