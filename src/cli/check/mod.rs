//! `podwright check`: podwright's health in a cluster, or the cluster's readiness for it.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::certs;
use super::error::{Error, UNREADABLE, WRONG};
use super::install;
use super::io::cluster::{ClusterOptions, PodwrightOptions, given_flags};
use super::io::colors::Paint;
use super::io::findings::{Format, ReportOptions, StepDocument, write_finding};
use super::io::output::print;
use crate::cluster::ObjectNames;
use crate::inspect::Mark;
use crate::inspect::check::{Group, healthy, ready_for};
use crate::inspect::installed::{Installed, InstalledNames};
use crate::inspect::read::{Places, Scope, cluster_state};

/// Check podwright's health in a cluster, or with --pre the cluster's readiness for podwright
///
/// Reads with your rights: API server, webhook configurations, endpoints, certificates, replicas with their configuration, rights
/// and policies. With --pre: version, APIs, your rights, a dry run of the manifests, other webhooks. Changes nothing.
///
/// Marks: ✔ as it should be, ✘ a fault, ‼ a warning, ? unknown, such as an object that you may not see, - not applicable.
///
/// Exit codes: 0 no fault; 1 a fault; 2 could not tell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Before the installation
  podwright check --pre

  # After it, and in a pipeline
  podwright check
  podwright check -o json | jq -r '.groups[].steps[] | select(.result == \"failed\") | .message'")]
pub(super) struct Check {
    /// Check the cluster before podwright is installed
    #[arg(long)]
    pre: bool,

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
struct Document<'g> {
    api_version: &'static str,
    kind: &'static str,
    conclusion: &'static str,
    groups: Vec<GroupDocument<'g>>,
}

#[derive(Serialize)]
struct GroupDocument<'g> {
    name: &'g str,
    steps: Vec<StepDocument<'g>>,
}

impl Check {
    /// Checks the cluster and prints the findings.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let (output, paint) = (self.report.output, Paint::for_stdout(self.report.color));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let given = given_flags(&self.cluster, &self.podwright, &self.report.tls_secret);
        let mut groups = runtime.block_on(self.groups())?;
        groups.iter_mut().flat_map(|group| &mut group.findings).for_each(|finding| given.complete(finding));
        let worst = worst(&groups);
        print(&match output {
            Format::Text => text(&groups, worst, paint),
            Format::Json => json(&groups, worst)?,
        })?;
        Ok(match worst {
            Mark::Failed => ExitCode::from(WRONG),
            Mark::Unknown => ExitCode::from(UNREADABLE),
            _ => ExitCode::SUCCESS,
        })
    }

    async fn groups(self) -> Result<Vec<Group>, Error> {
        let (places, stated) = self.podwright.places()?;
        let choice = self.cluster.choice();
        let reader = self.cluster.connect().await?;
        if self.pre {
            return Ok(ready_for(&reader, &install::objects(&places.namespace)?, &places).await);
        }
        let Places { namespace, webhook_configuration, .. } = places.clone();
        // The entries do not depend on Namespaces, so podwright's own one is enough.
        let state = cluster_state(&reader, &Scope::Namespace(namespace), &places, stated).await?;
        let names = InstalledNames { places, tls_secret: self.report.tls_secret };
        let installed = Installed::read(&reader, state.entries.seen(), names).await;
        let certificates = match &installed.service {
            Some(service) if installed.manages_certificates() => {
                let names = ObjectNames {
                    namespace: Some(installed.namespace.clone()),
                    secret: installed.names.tls_secret.clone(),
                    configuration: webhook_configuration,
                };
                certs::problems(choice, names, &service.name).await
            }
            _ => None,
        };
        Ok(healthy(&reader, &state, &installed, certificates).await)
    }
}

/// Returns the mark that decides on the exit code.
fn worst(groups: &[Group]) -> Mark {
    let has = |mark: Mark| groups.iter().any(|group| group.findings.iter().any(|finding| finding.mark == mark));
    [Mark::Failed, Mark::Unknown, Mark::Warning].into_iter().find(|mark| has(*mark)).unwrap_or(Mark::Passed)
}

fn text(groups: &[Group], worst: Mark, paint: Paint) -> String {
    let mut text = String::new();
    for Group { name, findings } in groups {
        text.push_str(&format!("{}\n", paint.bold(name)));
        findings.iter().for_each(|finding| write_finding(&mut text, finding, paint));
        text.push('\n');
    }
    text.push_str(match worst {
        Mark::Failed => "There are faults: see each ✘.\n",
        Mark::Unknown => "Could not tell: see each ? mark.\n",
        Mark::Warning => "No fault; see each ‼.\n",
        Mark::Passed | Mark::Skipped => "Everything is as it should be.\n",
    });
    text
}

fn json(groups: &[Group], worst: Mark) -> Result<String, serde_json::Error> {
    let conclusion = match worst {
        Mark::Failed => "faultFound",
        Mark::Unknown => "unknown",
        Mark::Warning | Mark::Passed | Mark::Skipped => "asItShouldBe",
    };
    let groups = groups
        .iter()
        .map(|it| GroupDocument { name: it.name, steps: it.findings.iter().map(StepDocument::from).collect() });
    let document =
        Document { api_version: "podwright.dev/v1alpha1", kind: "Check", conclusion, groups: groups.collect() };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
