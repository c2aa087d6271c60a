//! `podwright why`: the steps from an object to podwright's settings, in order, to the first cause.

mod counter;
mod dry_run;
mod entry;
mod error;
mod kind;
mod near_miss;
mod opt_in;
mod pods;
mod profile;
mod subject;
mod walk;

use crate::cluster::ClusterReader;
use crate::inspect::finding::{Finding, Mark};
use crate::inspect::installed::{Installed, endpoints, trust};
use crate::inspect::state::ClusterState;
pub use error::WhyError;
pub use subject::{Subject, Target, Workload};
use walk::Walk;

/// The steps that a successful dry run proves.
const PROVEN: [&str; 5] = ["opt-in", "webhook-entry", "endpoints", "trust", "profile"];

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything is as it should be.
    AsItShouldBe,
    /// The last step is the cause.
    CauseFound,
    /// Nobody can tell, because of the unknown steps.
    Unknown,
}

/// Walks the steps to the first cause.
///
/// # Errors
/// If the subject has no Pod that could be read.
pub async fn why(
    reader: &ClusterReader,
    subject: &Subject,
    state: &ClusterState,
    installed: &Installed,
) -> Result<Vec<Finding>, WhyError> {
    let json = subject.asking_pod()?;
    let walk = Walk::new(reader, subject, (state, installed), &json)?;
    let mut findings = Findings::default();
    let opt_in = opt_in::step(&walk);
    // Advice to opt in would have no effect here.
    if let Some(obstacle) = entry::obstacle(&walk).filter(|_| opt_in.mark == Mark::Failed) {
        findings.add(Finding::skipped(opt_in.step, opt_in.text));
        findings.add(obstacle);
        return Ok(findings.0);
    }
    if findings.add(opt_in) || findings.add(entry::step(&walk)) {
        return Ok(findings.0);
    }
    if let Some(entry) = entry::representative(&walk)
        && (findings.add(endpoints(reader, installed, entry).await)
            || findings.add(trust(reader, installed, entry).await))
    {
        return Ok(findings.0);
    }
    if findings.add(profile::step(&walk)) {
        return Ok(findings.0);
    }
    let dry_run = dry_run::step(&walk).await;
    if findings.add(dry_run.finding.clone()) {
        return Ok(findings.0);
    }
    for finding in pods::step(&walk, &dry_run).await {
        findings.add(finding);
    }
    findings.add(counter::step(&walk).await);
    Ok(findings.0)
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding; returns whether it is a cause.
    fn add(&mut self, finding: Finding) -> bool {
        let is_cause = finding.mark == Mark::Failed;
        self.0.push(finding);
        is_cause
    }
}

/// Draws the conclusion from all findings.
pub fn conclusion(findings: &[Finding]) -> Conclusion {
    if findings.iter().any(|finding| finding.mark == Mark::Failed) {
        return Conclusion::CauseFound;
    }
    let proven = findings.iter().any(|finding| finding.step == "dry-run" && finding.mark == Mark::Passed);
    let pods = findings.iter().any(|finding| finding.step == pods::STEP && finding.mark == Mark::Passed);
    let counts = |finding: &&Finding| match finding.step {
        step if PROVEN.contains(&step) => !proven,
        // An existing Pod that is as it should be needs no dry run, if all else is known.
        "dry-run" => !pods,
        _ => true,
    };
    match findings.iter().filter(counts).any(|finding| finding.mark == Mark::Unknown) {
        true => Conclusion::Unknown,
        false => Conclusion::AsItShouldBe,
    }
}
