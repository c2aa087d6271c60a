//! Errors in annotations, as sentences that an author can act on. One message has all of them.

use std::fmt::Write as _;

use crate::text::shorten;

/// The limit for the message that denies a Pod. Faults that do not fit are counted ("and 212 more").
const MESSAGE_BYTES: usize = 4096;
/// The limit for stored faults. Fewer fit into the message.
const NAMED: usize = 100;

/// An error in a value, before its key is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The invalid part of the value, and the accepted values: `invalid port "x": expected 1 to 65535`.
    pub problem: String,
    /// A valid value: `5s`. Empty if the problem needs no example.
    pub example: String,
}

impl Expected {
    /// Creates an error from its problem and a valid value.
    pub fn new(problem: impl Into<String>, example: impl Into<String>) -> Self {
        Self { problem: problem.into(), example: example.into() }
    }
}

/// One error in one annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The annotation's whole key, as the author wrote it, but on one line and of bounded length.
    pub key: String,
    /// The problem, and a valid value.
    pub expected: Expected,
}

impl Fault {
    /// Creates a fault in the annotation with this key.
    pub fn new(key: &str, expected: Expected) -> Self {
        Self { key: shorten(key), expected }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Expected { problem, example } = &self.expected;
        write!(f, "{}: {problem}", self.key)?;
        if example.is_empty() { Ok(()) } else { write!(f, ", for example \"{example}\"") }
    }
}

impl std::error::Error for Fault {}

/// All faults in the order in which they were found: the first hundred in full, the rest as a count.
///
/// The limit bounds the memory that 256 KiB of invalid annotations can cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    named: Vec<Fault>,
    more: usize,
    /// The number of annotations that were not read.
    unread: usize,
}

impl Faults {
    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.push_with(|| fault);
    }

    /// Adds a fault. Calls `fault` only if there is room for it in full.
    pub fn push_with(&mut self, fault: impl FnOnce() -> Fault) {
        if self.are_full() { self.more += 1 } else { self.named.push(fault()) }
    }

    /// Returns whether further faults are only counted.
    pub fn are_full(&self) -> bool {
        self.named.len() >= NAMED
    }

    /// Counts annotations that were not read because the limit for faults is reached.
    pub fn leave_unread(&mut self, annotations: usize) {
        self.unread += annotations;
    }

    /// Returns the number of all faults.
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }

    /// Returns the faults in full, at most a hundred.
    pub fn named(&self) -> &[Fault] {
        &self.named
    }

    /// Appends the other faults to these.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.more += others.more;
        self.unread += others.unread;
        self.extend(others.named);
        self
    }

    /// Returns the value if there are no faults.
    ///
    /// # Errors
    /// These faults, if there are any.
    pub fn none_or<T>(self, value: T) -> Result<T, Self> {
        if self.count() == 0 { Ok(value) } else { Err(self) }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self::default();
        all.extend(faults);
        all
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { named: vec![fault], ..Self::default() }
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }
}

/// Writes one message of at most 4 kB, with a line for each fault and a count of those that do not fit.
impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut message = match self.count() {
            1 => "1 error in the annotations:".to_owned(),
            n => format!("{n} errors in the annotations:"),
        };
        let reserve = "\n- and 1000000 more; 1000000 more annotations were not checked".len();
        let mut written = 0;
        for fault in &self.named {
            let line = format!("\n- {fault}");
            if message.len() + line.len() + reserve > MESSAGE_BYTES {
                break;
            }
            message.push_str(&line);
            written += 1;
        }
        if written < self.count() {
            let _ = write!(message, "\n- and {} more", self.count() - written);
        }
        if self.unread > 0 {
            let _ = write!(message, "; {} more annotations were not checked", self.unread);
        }
        f.write_str(&message)
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(key: usize) -> Fault {
        Fault::new(&format!("podwright.dev/k{key:05}"), Expected::new("invalid duration \"x\"", "5s"))
    }

    #[test]
    fn every_fault_is_named_while_there_is_room() {
        let all = [fault(1), fault(2)].into_iter().collect::<Faults>().to_string();
        assert_eq!(
            all,
            "2 errors in the annotations:\
             \n- podwright.dev/k00001: invalid duration \"x\", for example \"5s\"\
             \n- podwright.dev/k00002: invalid duration \"x\", for example \"5s\""
        );
    }

    #[test]
    fn the_rest_is_counted() {
        let text = (0..1000).map(fault).collect::<Faults>().to_string();
        assert!(text.len() <= MESSAGE_BYTES, "{}", text.len());
        let written = text.lines().filter(|line| line.contains("invalid duration")).count();
        assert!(text.ends_with(&format!("and {} more", 1000 - written)), "{text}");
    }

    #[test]
    fn a_key_cannot_control_the_terminal_or_fill_the_message() {
        let hostile = Fault::new(&format!("\u{1b}[31m\n{}", "é".repeat(500)), Expected::new("unknown key", ""));
        let text = hostile.to_string();
        assert!(!text.contains('\u{1b}') && !text.contains('\n'), "{text}");
        assert!(text.chars().count() < 120, "{text}");
    }
}
