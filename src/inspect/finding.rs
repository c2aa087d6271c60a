//! The findings of `why` and `check`: one step each, with its mark and the command that fixes it.

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Passed,
    /// Without a meaning here.
    Skipped,
    /// Correct, but the operator should know.
    Warning,
    /// Nobody told, such as an API server that does not show an object to this user.
    Unknown,
    /// A cause.
    Failed,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The step's name, such as `endpoints`. Programs can rely on it.
    pub step: &'static str,
    /// The outcome.
    pub mark: Mark,
    /// The fact in one sentence.
    pub text: String,
    /// More facts, one line each.
    pub details: Vec<String>,
    /// The remedy.
    pub mend: Option<Mend>,
}

/// A remedy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mend {
    /// The remedy in words; may be empty if the commands suffice.
    pub text: String,
    /// Shell commands, in their order.
    pub commands: Vec<String>,
    /// The page with more, such as `docs/diagnose.md#endpoints`.
    pub page: &'static str,
}

impl Mark {
    /// Returns the word for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

impl Finding {
    /// Makes a finding without details and remedy.
    pub fn new(step: &'static str, mark: Mark, text: impl Into<String>) -> Self {
        Self { step, mark, text: text.into(), details: Vec::new(), mend: None }
    }

    /// Makes a step that is as it should be.
    pub fn passed(step: &'static str, text: impl Into<String>) -> Self {
        Self::new(step, Mark::Passed, text)
    }

    /// Makes a step that does not apply.
    pub fn skipped(step: &'static str, text: impl Into<String>) -> Self {
        Self::new(step, Mark::Skipped, text)
    }

    /// Makes a warning.
    pub fn warning(step: &'static str, text: impl Into<String>) -> Self {
        Self::new(step, Mark::Warning, text)
    }

    /// Makes a step that nobody can tell.
    pub fn unknown(step: &'static str, text: impl ToString) -> Self {
        Self::new(step, Mark::Unknown, text.to_string())
    }

    /// Makes a cause with its remedy.
    pub fn failed(step: &'static str, text: impl Into<String>, mend: Mend) -> Self {
        Self { mend: Some(mend), ..Self::new(step, Mark::Failed, text) }
    }

    /// Adds a line of detail.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn mend(self, mend: Mend) -> Self {
        Self { mend: Some(mend), ..self }
    }
}

impl Mend {
    /// Makes a remedy of one command.
    pub fn by(command: impl Into<String>) -> Self {
        Self { commands: vec![command.into()], ..Self::default() }
    }

    /// Makes a remedy in words, without a command.
    pub fn told(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds words.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// Adds the page with more.
    #[must_use]
    pub fn page(self, page: &'static str) -> Self {
        Self { page, ..self }
    }
}
