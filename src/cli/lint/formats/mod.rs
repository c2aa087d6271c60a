//! The formats of findings, for people, editors and CI.

mod json;
mod junit;
mod sarif;

use std::fmt::Write as _;

use super::identity::checkout_path;
use super::report::{Report, Reported};
use crate::cli::analysis::{Finding, Level};
use crate::cli::io::colors::Paint;
use crate::cli::io::input::InputError;

/// The value of `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FindingFormat {
    /// FILE:LINE:COLUMN: LEVEL: MESSAGE [CODE]
    #[default]
    Text,
    /// Workflow commands, which GitHub Actions shows at the line
    Github,
    /// One JSON object with all findings and the counts of the summary
    Json,
    /// JUnit XML: a test case for each object with Pods
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// The content of an output.
#[derive(Clone, Copy)]
pub(super) struct Output<'o> {
    pub(super) report: &'o Report<'o>,
    /// Unreadable files and folders.
    pub(super) unread: &'o [InputError],
    pub(super) paint: Paint,
    /// Warnings count as failures.
    pub(super) fail_on_warning: bool,
}

impl Output<'_> {
    /// Returns the text in this format.
    pub(super) fn text(self, format: FindingFormat) -> serde_json::Result<String> {
        let findings = self.report.findings.iter();
        match format {
            FindingFormat::Text => Ok(findings.map(|reported| text(reported, self.paint)).collect()),
            FindingFormat::Github => Ok(findings.map(github).collect()),
            FindingFormat::Json => json::of(self),
            FindingFormat::Junit => Ok(junit::of(self)),
            FindingFormat::Sarif => sarif::of(self),
        }
    }
}

fn text(Reported { finding, .. }: &Reported<'_>, paint: Paint) -> String {
    let Finding { file, line, column, level, code, message, .. } = finding;
    let word = match level {
        Level::Error => paint.red(level.as_str()),
        Level::Warning => paint.yellow(level.as_str()),
        Level::Note => paint.cyan(level.as_str()),
    };
    let place = paint.bold(&format!("{file}:{line}:{column}:"));
    format!("{place} {word}: {message} {}\n", paint.dim(&format!("[{code}]")))
}

/// Formats `::error file=...,line=...::...`, with the same escapes as GitHub's toolkit.
fn github(Reported { finding, identity, .. }: &Reported<'_>) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Finding { line, column, level, code, message, .. } = finding;
    let level = if *level == Level::Note { "notice" } else { level.as_str() };
    let mut command = format!("::{level} file={},line={line},col={column}", property(&checkout_path(&identity.file)));
    let _ = writeln!(command, ",title={}::{}", property(&format!("podwright {code}")), data(message));
    command
}
