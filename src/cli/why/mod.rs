//! `podwright why`: the first cause why a Pod, a workload or a Namespace has or lacks podwright's settings.
//!
//! Reads with the user's own rights. Its only other requests are dry runs, which store nothing.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::error::{Error, UNREADABLE, WRONG};
use super::io::cluster::{ClusterOptions, PodwrightOptions, given_flags, namespace_name};
use super::io::colors::Paint;
use super::io::findings::{Format, ReportOptions, StepDocument, write_finding};
use super::io::input::tame;
use super::io::output::print;
use crate::inspect::Finding;
use crate::inspect::installed::{Installed, InstalledNames};
use crate::inspect::pod::is_object_name;
use crate::inspect::read::{Scope, cluster_state};
use crate::inspect::why::{Conclusion, Subject, WhyError, conclusion, why};
use crate::text::shorten;

/// Find out why a Pod, a workload or a Namespace lacks podwright's settings
///
/// Walks the steps in order: opt-in, webhook entry, endpoints, trust, profile, a dry run, the existing Pods, denials, and the
/// API server's fail-open counter. Stops at the first cause and prints the command that fixes it. Changes nothing: the dry run
/// stores no Pod.
///
/// Marks: ✔ as it should be, ✘ a cause, ‼ a warning, ? unknown, such as an object that you may not see, - not applicable.
///
/// Exit codes: 0 as it should be; 1 cause found; 2 could not tell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # A Pod, a workload, all Pods of a Namespace
  podwright why pod/web-7c9f -n shop
  podwright why deployment/web -n shop
  podwright why namespace/shop

  # With another user's rights
  podwright why deployment/web -n shop --as jane

  # Print only the commands of the remedy
  podwright why namespace/shop -o json | jq -r '.steps[].remedy.commands[]?'")]
pub(super) struct Why {
    /// Kind and name, such as pod/web-7c9f; any kind with a Pod template
    #[arg(value_name = "KIND/NAME", required = true, num_args = 1..=2)]
    object: Vec<String>,

    /// Namespace of the object [default: the context's namespace]
    #[arg(long, short, value_name = "NAME", value_parser = namespace_name)]
    namespace: Option<String>,

    #[command(flatten)]
    report: ReportOptions,

    #[command(flatten)]
    cluster: ClusterOptions,

    #[command(flatten)]
    podwright: PodwrightOptions,
}

/// The answer in JSON. Later versions may add fields.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'f> {
    api_version: &'static str,
    kind: &'static str,
    subject: &'f str,
    conclusion: &'static str,
    steps: Vec<StepDocument<'f>>,
}

impl Why {
    /// Walks the steps and prints them.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let (output, paint) = (self.report.output, Paint::for_stdout(self.report.color));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (subject, findings) = runtime.block_on(self.walk())?;
        let conclusion = conclusion(&findings);
        print(&match output {
            Format::Text => text(&subject, &findings, &conclusion, paint),
            Format::Json => json(&subject, &findings, &conclusion)?,
        })?;
        Ok(match conclusion {
            Conclusion::AsItShouldBe => ExitCode::SUCCESS,
            Conclusion::CauseFound => ExitCode::from(WRONG),
            Conclusion::Unknown => ExitCode::from(UNREADABLE),
        })
    }

    async fn walk(self) -> Result<(String, Vec<Finding>), Error> {
        let (kind, name) = kind_and_name(&self.object)?;
        let given = given_flags(&self.cluster, &self.podwright, &self.report.tls_secret);
        let (places, stated) = self.podwright.places()?;
        let reader = self.cluster.connect().await?;
        reader.must_answer().await.map_err(|failure| Error::Unreadable(failure.to_string()))?;
        let namespace = self.namespace.unwrap_or_else(|| reader.default_namespace().to_owned());
        let subject = Subject::read(&reader, &namespace, &kind, &name).await.map_err(unreadable)?;
        let scope = Scope::Namespace(subject.namespace.clone());
        let state = cluster_state(&reader, &scope, &places, stated).await?;
        let names = InstalledNames { places, tls_secret: self.report.tls_secret };
        let installed = Installed::read(&reader, state.entries.seen(), names).await;
        let mut findings = why(&reader, &subject, &state, &installed).await.map_err(unreadable)?;
        findings.iter_mut().for_each(|finding| given.complete(finding));
        Ok((subject.title(), findings))
    }
}

fn unreadable(error: WhyError) -> Error {
    Error::Unreadable(error.to_string())
}

/// Splits `KIND/NAME`, or `KIND NAME`.
fn kind_and_name(words: &[String]) -> Result<(String, String), Error> {
    let split = match words {
        [kind, name] if !kind.contains('/') && !name.contains('/') => Some((kind.as_str(), name.as_str())),
        [one] => one.split_once('/'),
        _ => None,
    };
    match split {
        Some((kind, name)) if !kind.is_empty() && is_object_name(name) => Ok((kind.to_owned(), name.to_owned())),
        _ => {
            let given = words.join(" ");
            let expected =
                "expected KIND/NAME with a name of lower-case letters, digits, '-' and '.', such as deployment/web";
            Err(Error::Unreadable(format!("invalid object \"{}\": {expected}", shorten(&given))))
        }
    }
}

fn text(subject: &str, findings: &[Finding], conclusion: &Conclusion, paint: Paint) -> String {
    let mut text = format!("{}\n", paint.bold(&tame(subject)));
    findings.iter().for_each(|finding| write_finding(&mut text, finding, paint));
    if *conclusion == Conclusion::Unknown {
        text.push_str("Could not tell, because of the steps with a ? mark.\n");
    }
    text
}

fn json(subject: &str, findings: &[Finding], conclusion: &Conclusion) -> Result<String, serde_json::Error> {
    let conclusion = match conclusion {
        Conclusion::AsItShouldBe => "asItShouldBe",
        Conclusion::CauseFound => "causeFound",
        Conclusion::Unknown => "unknown",
    };
    let steps = findings.iter().map(StepDocument::from).collect();
    let document = Document { api_version: "podwright.dev/v1alpha1", kind: "Why", subject, conclusion, steps };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::kind_and_name;

    #[test]
    fn an_object_is_named_in_one_word_or_two() {
        let named =
            |words: &[&str]| kind_and_name(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok();
        let web = Some(("pod".to_owned(), "web".to_owned()));
        assert_eq!([named(&["pod/web"]), named(&["pod", "web"])], [web.clone(), web]);
        assert_eq!(
            [named(&["web"]), named(&["pod/"]), named(&["pod/web", "x"]), named(&["a/b/c"])],
            [None, None, None, None]
        );
    }
}
