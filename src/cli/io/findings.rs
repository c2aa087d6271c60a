//! The findings of `why` and `check`, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::colors::{ColorChoice, Paint};
use super::input::tame;
use crate::inspect::{Finding, Mark, Mend};

/// The value of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Format {
    /// One line for each step
    Text,
    /// All steps as JSON
    Json,
}

/// The options of commands that print findings.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReportOptions {
    /// Output format
    #[arg(long, short, value_name = "FORMAT", default_value = "text", hide_default_value = true)]
    pub(in crate::cli) output: Format,

    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    pub(in crate::cli) color: ColorChoice,

    /// Secret with the certificate, if podwright's Deployment does not show it
    #[arg(long, value_name = "NAME", default_value = "podwright-tls")]
    pub(in crate::cli) tls_secret: String,
}

/// Writes a finding: the mark with the step and the fact, details below it, and the remedy. Names and values in it come
/// from the cluster, so no control character of theirs reaches the terminal.
pub(in crate::cli) fn write_finding(text: &mut String, finding: &Finding, paint: Paint) {
    let Finding { step, mark, text: fact, details, mend } = finding;
    let sign = match mark {
        Mark::Passed => paint.green("✔"),
        Mark::Skipped => paint.dim("-"),
        Mark::Warning => paint.yellow("‼"),
        Mark::Unknown => paint.yellow("?"),
        Mark::Failed => paint.red("✘"),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{sign} {}: {}", paint.bold(step), tame(fact));
    for detail in details {
        let _ = writeln!(text, "    {}", tame(detail));
    }
    if let Some(mend) = mend {
        write_mend(text, mend, paint);
    }
}

fn write_mend(text: &mut String, Mend { text: words, commands, page }: &Mend, paint: Paint) {
    if !words.is_empty() {
        let _ = writeln!(text, "  → {}", tame(words));
    }
    let arrow = if words.is_empty() { "→" } else { " " };
    for command in commands {
        let _ = writeln!(text, "  {arrow} {}", paint.cyan(&tame(command)));
    }
    if !page.is_empty() {
        let _ = writeln!(text, "    {}", paint.dim(&format!("See {page}")));
    }
}

/// A finding in JSON. Later versions may add fields.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct StepDocument<'f> {
    step: &'f str,
    result: &'static str,
    message: &'f str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    details: &'f [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<RemedyDocument<'f>>,
}

#[derive(Serialize)]
struct RemedyDocument<'f> {
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'f str,
    commands: &'f [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    page: &'f str,
}

impl<'f> From<&'f Finding> for StepDocument<'f> {
    fn from(finding: &'f Finding) -> Self {
        let remedy = finding.mend.as_ref();
        let remedy = remedy.map(|it| RemedyDocument { message: &it.text, commands: &it.commands, page: it.page });
        let (step, result, message) = (finding.step, finding.mark.as_str(), finding.text.as_str());
        Self { step, result, message, details: &finding.details, remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::write_finding;
    use crate::cli::io::colors::{ColorChoice, Paint};
    use crate::inspect::{Finding, Mend};

    #[test]
    fn a_finding_is_readable_without_colours() {
        let mend = Mend::by("kubectl get pods").text("Look at the Pods:").page("docs/diagnose.md#endpoints");
        let finding = Finding::failed("endpoints", "none is ready", mend).detail("one: Pending");
        let mut text = String::new();
        write_finding(&mut text, &finding, Paint::for_stdout(ColorChoice::Never));
        let expected = "✘ endpoints: none is ready\n    one: Pending\n  → Look at the Pods:\n    kubectl get pods\n    \
                        See docs/diagnose.md#endpoints\n";
        assert_eq!(text, expected);
    }
}
