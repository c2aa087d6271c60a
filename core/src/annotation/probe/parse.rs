//! The two forms of a probe, and which of them a text has.

use super::{Probe, ProbeKind, full_form, short_form};
use crate::annotation::Expected;

/// The most bytes of a value: a bound to what one annotation can make of a Pod with many containers.
const BYTES: usize = 8 * 1024;

impl Probe {
    /// Reads a probe: words (`http:3000/ready period=6s`), or a whole Probe as JSON or YAML where the text begins with `{`
    /// or holds a line break.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, kind: ProbeKind) -> Result<Self, Vec<Expected>> {
        if text.len() > BYTES {
            let problem = format!("is too long; expected at most {BYTES} bytes");
            return Err(vec![Expected::new(problem, short_form::EXAMPLE)]);
        }
        if Self::is_whole(text) {
            // Not trimmed: the first line's indentation is part of YAML.
            full_form::parse(text, kind)
        } else {
            short_form::parse(text.trim(), kind)
        }
    }

    /// Whether the text is a whole Probe as JSON or YAML.
    pub fn is_whole(text: &str) -> bool {
        let line = text.trim();
        line.starts_with('{') || line.contains(['\n', '\r'])
    }
}
