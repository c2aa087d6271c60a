//! The choice between the two forms of a probe.

use super::{Probe, ProbeKind, full_form, short_form};
use crate::annotation::Expected;

/// The limit for a value. Every container gets the probe, so longer ones would make a large patch.
const BYTES: usize = 8 * 1024;

impl Probe {
    /// Parses a probe. A text that begins with `{` or has a line break is a Probe of the API, as JSON or YAML. Any
    /// other text is the short form (`http:3000/ready period=6s`).
    ///
    /// # Errors
    /// All errors in the text.
    pub fn parse(text: &str, kind: ProbeKind) -> Result<Self, Vec<Expected>> {
        if text.len() > BYTES {
            let problem = format!("probe too long: expected at most {BYTES} bytes");
            return Err(vec![Expected::new(problem, short_form::EXAMPLE)]);
        }
        if Self::is_whole(text) {
            // Not trimmed, because the first line's indentation matters in YAML.
            full_form::parse(text, kind)
        } else {
            short_form::parse(text.trim(), kind)
        }
    }

    /// Returns whether the text is a Probe of the API as JSON or YAML.
    pub fn is_whole(text: &str) -> bool {
        let line = text.trim();
        line.starts_with('{') || line.contains(['\n', '\r'])
    }
}
