//! The errors of values, as sentences an author can act on: all of them in one message, never one by one.

use std::fmt::Write as _;

use crate::text::shorten;

/// The most bytes of the message that denies a Pod; the rest is counted ("and 212 more").
const MESSAGE_BYTES: usize = 4096;
/// The most faults that are kept by name: more than fit into the message.
const NAMED: usize = 100;

/// The reason that a value is not understood, before its key is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The end of a sentence that begins with the value: `is not a whole number of seconds`.
    pub problem: String,
    /// A value that would do: `5s`.
    pub example: String,
}

impl Expected {
    /// A fault in a value, with a value that would do.
    pub fn new(problem: impl Into<String>, example: impl Into<String>) -> Self {
        Self { problem: problem.into(), example: example.into() }
    }
}

/// One thing that is wrong with one annotation (or one field of a profile): key, value, what was expected, an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The annotation's whole key, as the author wrote it, but on one line and of bounded length.
    pub key: String,
    /// The annotation's value, likewise.
    pub value: String,
    /// The problem, and a value that would do.
    pub expected: Expected,
}

impl Fault {
    /// A fault in the value at `key`.
    pub fn new(key: &str, value: &str, expected: Expected) -> Self {
        // Shortened here already: a hundred faults may share one value of 256 KiB.
        Self { key: shorten(key), value: shorten(value), expected }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Expected { problem, example } = &self.expected;
        let Self { key, value, .. } = self;
        write!(f, "{key}: \"{value}\" {problem}")?;
        if example.is_empty() { Ok(()) } else { write!(f, ", for example \"{example}\"") }
    }
}

impl std::error::Error for Fault {}

/// Everything that is wrong, in the order in which it was found: the first of them by name, the rest by number, so
/// that 256 KiB of nonsense cost no more memory than they have to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    named: Vec<Fault>,
    more: usize,
    /// The number of annotations that were not read.
    unread: usize,
}

impl Faults {
    /// Adds one.
    pub fn push(&mut self, fault: Fault) {
        self.push_with(|| fault);
    }

    /// Adds a fault. Its words are only made if it will be named.
    pub fn push_with(&mut self, fault: impl FnOnce() -> Fault) {
        if self.are_full() { self.more += 1 } else { self.named.push(fault()) }
    }

    /// Whether further faults are only counted.
    pub fn are_full(&self) -> bool {
        self.named.len() >= NAMED
    }

    /// Counts annotations that were not read because enough is wrong already.
    pub fn leave_unread(&mut self, annotations: usize) {
        self.unread += annotations;
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }

    /// Those that are kept by name.
    pub fn named(&self) -> &[Fault] {
        &self.named
    }

    /// These, and those behind them.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.more += others.more;
        self.unread += others.unread;
        self.extend(others.named);
        self
    }

    /// `Ok` where there are none.
    ///
    /// # Errors
    /// These faults, where there are any.
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

/// One message of at most 4 kB, a line each; those that do not fit are counted ("and 212 more").
impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut message = match self.count() {
            1 => "an annotation cannot be understood:".to_owned(),
            n => format!("{n} annotations or parts of them cannot be understood:"),
        };
        let reserve = "\n- and 1000000 more; 1000000 further annotations were not read".len();
        let mut told = 0;
        for fault in &self.named {
            let line = format!("\n- {fault}");
            if message.len() + line.len() + reserve > MESSAGE_BYTES {
                break;
            }
            message.push_str(&line);
            told += 1;
        }
        if told < self.count() {
            let _ = write!(message, "\n- and {} more", self.count() - told);
        }
        if self.unread > 0 {
            let _ = write!(message, "; {} further annotations were not read", self.unread);
        }
        f.write_str(&message)
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(key: usize) -> Fault {
        Fault::new(&format!("podwright.dev/k{key:05}"), "x", Expected::new("is not a duration", "5s"))
    }

    #[test]
    fn every_fault_is_named_while_there_is_room() {
        let all = [fault(1), fault(2)].into_iter().collect::<Faults>().to_string();
        assert_eq!(
            all,
            "2 annotations or parts of them cannot be understood:\
             \n- podwright.dev/k00001: \"x\" is not a duration, for example \"5s\"\
             \n- podwright.dev/k00002: \"x\" is not a duration, for example \"5s\""
        );
    }

    #[test]
    fn the_rest_is_counted() {
        let text = (0..1000).map(fault).collect::<Faults>().to_string();
        assert!(text.len() <= MESSAGE_BYTES, "{}", text.len());
        let told = text.lines().filter(|line| line.contains("is not a duration")).count();
        assert!(text.ends_with(&format!("and {} more", 1000 - told)), "{text}");
    }

    #[test]
    fn a_value_cannot_speak_to_the_terminal_or_fill_the_message() {
        let hostile = Fault::new("k", &format!("\u{1b}[31m\n{}", "é".repeat(500)), Expected::new("is odd", ""));
        let text = hostile.to_string();
        assert!(!text.contains('\u{1b}') && !text.contains('\n'), "{text}");
        assert!(text.chars().count() < 120, "{text}");
    }
}
