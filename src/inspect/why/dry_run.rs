//! Step 6: a dry run, which shows the Pod that the API server would make now.

use serde_json::Value;

use super::subject::{Target, as_sent};
use super::walk::Walk;
use crate::annotation::STATUS;
use crate::cluster::Answer;
use crate::inject::{Root, inject};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::pod::{LeftAlone, LivePod, Stale, StatusAnnotation, Verdict, verdict};
use crate::inspect::workload::denial_message;
use crate::text::within;

const STEP: &str = "dry-run";
const PAGE: &str = "docs/diagnose.md#dry-run";
/// The most characters of an API server's message.
const MESSAGE: usize = 600;

/// The dry run: the finding, and podwright's status in the answer.
pub(super) struct DryRun {
    pub(super) finding: Finding,
    /// The status annotation of the Pod that the API server would make.
    pub(super) status: Option<StatusAnnotation>,
}

/// Sends the Pod as a dry run.
pub(super) async fn step(walk: &Walk<'_>) -> DryRun {
    let sent = as_sent(walk.pod_value.clone());
    let path = format!("/api/v1/namespaces/{}/pods", walk.subject.namespace);
    let finding = match walk.reader.dry_run(&path, &sent).await {
        Ok(Answer::Accepted(json)) => return accepted(walk, &sent, &json),
        Ok(answer) if answer.is_forbidden() => {
            Finding::unknown(STEP, format!("not allowed to create Pods in Namespace {}", walk.subject.namespace))
        }
        Ok(Answer::Rejected { message, .. }) => rejected(walk, &message),
        Err(failure) => Finding::unknown(STEP, failure),
    };
    DryRun { finding, status: None }
}

fn accepted(walk: &Walk<'_>, sent: &Value, json: &str) -> DryRun {
    let made = match LivePod::parse(json) {
        Ok(made) => made,
        Err(error) => return DryRun { finding: Finding::unknown(STEP, error), status: None },
    };
    let status = made.annotation(STATUS).and_then(StatusAnnotation::parse);
    let finding = match &status {
        Some(status) => compared(walk, &made, status),
        None => without_status(walk, sent),
    };
    DryRun { finding, status }
}

/// Compares the replica's answer with that of this program: a second round must change nothing.
fn compared(walk: &Walk<'_>, made: &LivePod<'_>, status: &StatusAnnotation) -> Finding {
    let told = match status.is_of_a_decision() {
        true => format!("podwright {} injects a new Pod with the profile {}", status.version, status.profile),
        false => format!("podwright {} is called, and has nothing to add", status.version),
    };
    let known = walk.state.profiles.are_known() && walk.state.entries.seen().is_some();
    match verdict(made, walk.state) {
        Verdict::Stale(Stale::Differs(differences)) if known => {
            let named: Vec<String> = differences.iter().map(|it| it.change.phrase(&it.to_string())).collect();
            let text = format!("{told}, but not as the cluster's configuration says. It would: {}", named.join("; "));
            let mend =
                Mend::by("podwright check").text("Compare the replicas' configuration and version with the ConfigMap:");
            Finding::failed(STEP, text, mend.page(PAGE))
        }
        _ => Finding::passed(STEP, told),
    }
}

/// Decides on a Pod that the API server would make without podwright.
fn without_status(walk: &Walk<'_>, sent: &Value) -> Finding {
    if walk.entry().is_none() || walk.state.entries.unseen().is_some() || !walk.state.profiles.are_known() {
        return Finding::unknown(STEP, "a new Pod gets nothing from podwright; the reason is among the unknown steps");
    }
    let text = sent.to_string();
    if let Some(finding) = left_alone(walk, &text) {
        return finding;
    }
    let added = LivePod::parse(&text)
        .ok()
        .and_then(|pod| inject(pod.pod(), walk.opt_in(), &walk.state.profiles.configuration, Root::Pod).ok()?.patch);
    if added.is_none() {
        return Finding::passed(STEP, "a new Pod has everything already, so podwright adds nothing");
    }
    let entry = walk.entry().map(|entry| entry.name.as_str()).unwrap_or_default();
    let text =
        format!("the API server admits a new Pod without podwright: its call by {entry} fails, or has no effect yet");
    let mend = Mend::by(format!("kubectl logs -n {} deployment/{}", walk.installed.namespace, walk.installed.name()));
    let words = "A firewall or a NetworkPolicy between the API server and port 8443 is the usual cause. See if requests arrive:";
    Finding::failed(STEP, text, mend.text(words).page(PAGE))
}

/// Returns the finding for a Pod that podwright leaves alone by a rule. A workload of a custom kind may create its Pods itself,
/// or through a ReplicaSet or a Job.
fn left_alone(walk: &Walk<'_>, sent: &str) -> Option<Finding> {
    let Verdict::LeftAlone(LeftAlone::ByRule(reason)) = verdict(&LivePod::parse(sent).ok()?, walk.state) else {
        return None;
    };
    Some(match &walk.subject.target {
        Target::Workload(workload) => {
            let kind = &workload.name.kind;
            let text = format!(
                "it is unknown who creates the Pods of a {kind}: podwright injects Pods of a ReplicaSet or Job, and leaves \
                 Pods of the {kind} itself alone"
            );
            Finding::unknown(STEP, text).detail(format!("[{}]", reason.code))
        }
        _ => Finding::skipped(STEP, format!("podwright leaves a new Pod alone: {}", reason.sentence)),
    })
}

fn rejected(walk: &Walk<'_>, message: &str) -> Finding {
    let shown = within(message, MESSAGE);
    match denial_message(message, walk.state.entries()) {
        Some(denial) if denial.starts_with("podwright did not answer") => {
            let mend = Mend::by("podwright check").text("podwright is required (failurePolicy: Fail). Find the fault:");
            Finding::failed(
                STEP,
                format!("the API server refuses new Pods: {}", within(&denial, MESSAGE)),
                mend.page(PAGE),
            )
        }
        Some(denial) => {
            let text = format!("podwright denies new Pods: {}", within(&denial, MESSAGE));
            let mend = Mend::told("Correct the annotations that the message names, in the Pod template.");
            Finding::failed(STEP, text, mend.page(PAGE))
        }
        None => Finding::unknown(STEP, format!("the API server refuses a new Pod for another reason: {shown}")),
    }
}
