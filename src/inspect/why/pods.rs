//! Steps 7 and 8: the existing Pods, and those that do not exist because of a denial.

use super::dry_run::DryRun;
use super::subject::Target;
use super::walk::Walk;
use crate::annotation::STATUS;
use crate::inject::Reason;
use crate::inspect::command::{quoted, recreate};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::inventory::{Inventory, Row, RowReason, State};
use crate::inspect::pod::{LeftAlone, Missed, Stale, StatusAnnotation, Verdict, verdict};
use crate::inspect::read::{Scope, Survey, survey};
use crate::inspect::workload::WorkloadName;

pub(super) const STEP: &str = "pods";
const DENIALS: &str = "denials";
const PAGE: &str = "docs/diagnose.md#pods";
const PAGE_SIZE: u32 = 500;
/// The maximum number of workloads that the finding of a Namespace names.
const NAMED: usize = 10;

/// Compares the existing Pods with new ones.
pub(super) async fn step(walk: &Walk<'_>, dry_run: &DryRun) -> Vec<Finding> {
    match &walk.subject.target {
        Target::Pod(..) => vec![of_pod(walk, dry_run)],
        Target::Workload(_) | Target::Namespace => of_all(walk).await,
    }
}

fn of_pod(walk: &Walk<'_>, dry_run: &DryRun) -> Finding {
    let status = walk.pod.annotation(STATUS).and_then(StatusAnnotation::parse);
    let settings = status.iter().flat_map(StatusAnnotation::lines).map(|line| format!("In force in {line}"));
    let settings: Vec<String> = settings.collect();
    settings.into_iter().fold(compared(walk, status, dry_run), Finding::detail)
}

fn compared(walk: &Walk<'_>, status: Option<StatusAnnotation>, dry_run: &DryRun) -> Finding {
    match verdict(&walk.pod, walk.state) {
        Verdict::Injected => injected(walk, status, dry_run),
        Verdict::Missed { why, lacks } => {
            let lacks: Vec<String> = lacks.iter().map(ToString::to_string).collect();
            let failed = mended(walk, missed(&why)).detail(format!("Created at {}.", walk.pod.created()));
            let failed = times(walk, &why).into_iter().fold(failed, Finding::detail);
            let failed = match walk.state.entries.unseen() {
                Some(_) => failed.detail("Assuming the webhook entries of podwright's own manifests."),
                None => failed,
            };
            if lacks.is_empty() { failed } else { failed.detail(format!("It lacks {}.", lacks.join(", "))) }
        }
        Verdict::Stale(stale) => {
            let text = match &stale {
                Stale::Differs(differences) => {
                    let named: Vec<String> = differences.iter().map(|it| it.change.phrase(&it.to_string())).collect();
                    format!("the Pod is older than today's profile: a new one would {}", named.join(", and "))
                }
                other => format!("the Pod is out of date: {other}"),
            };
            mended(walk, text)
        }
        Verdict::LeftAlone(LeftAlone::NothingToAdd) => {
            Finding::passed(STEP, "the Pod has everything already; podwright has nothing to add")
        }
        Verdict::LeftAlone(LeftAlone::Finished) => Finding::passed(STEP, "the Pod has ended for good"),
        Verdict::LeftAlone(LeftAlone::Ending) => Finding::passed(STEP, "the Pod is being deleted"),
        Verdict::LeftAlone(LeftAlone::ByRule(reason)) => by_rule(reason),
        Verdict::LeftAlone(LeftAlone::NotCalled(reason)) => {
            Finding::unknown(STEP, format!("podwright is not called for it: {reason}"))
        }
        Verdict::Unknown(why) => by_dry_run(walk, status, dry_run, &why),
    }
}

fn injected(walk: &Walk<'_>, status: Option<StatusAnnotation>, dry_run: &DryRun) -> Finding {
    let Some(own) = status else {
        return Finding::passed(STEP, "the Pod has everything already; podwright has nothing to add");
    };
    let told = format!("podwright {} injected the Pod with the profile {}", own.version, own.profile);
    match walk.state.profiles.source.unseen() {
        None => Finding::passed(STEP, format!("{told}, and would change nothing now")),
        Some(unseen) => by_dry_run(
            walk,
            Some(own),
            dry_run,
            &format!("{told}. It is unknown whether a new one would differ: {unseen}"),
        ),
    }
}

/// Decides by the dry run, if the configuration or the Namespace is unseen.
fn by_dry_run(walk: &Walk<'_>, own: Option<StatusAnnotation>, dry_run: &DryRun, otherwise: &str) -> Finding {
    let decided = |status: &StatusAnnotation| status.has_settings();
    match (own, dry_run.status.as_ref().filter(|status| decided(status))) {
        (Some(own), Some(new)) if own.has_same_settings(new) => {
            Finding::passed(STEP, format!("podwright {} injected the Pod, and a new one would be equal", own.version))
        }
        (Some(_), Some(_)) => mended(walk, "the Pod is out of date: a new one would have other settings".to_owned()),
        (None, Some(_)) => mended(walk, "podwright did not inject the Pod, and would inject a new one".to_owned()),
        (_, None) => Finding::unknown(STEP, otherwise),
    }
}

fn missed(why: &Missed) -> String {
    match why {
        Missed::Invalid(_) => format!("the Pod opted in and has no status: {why}"),
        _ => format!("the Pod opted in, and podwright missed it: {why}"),
    }
}

fn times(walk: &Walk<'_>, why: &Missed) -> Option<String> {
    match why {
        Missed::BeforeLabels => {
            let namespace = walk.state.namespaces.get(&walk.subject.namespace);
            let labelled = namespace.seen().and_then(|it| it.labelled.clone())?;
            Some(format!("The labels of the Namespace were last written at {labelled}."))
        }
        Missed::BeforeConfiguration => {
            let created = walk.state.entries.seen().and_then(|entries| entries.created.clone())?;
            Some(format!("The webhook configuration was created at {created}."))
        }
        _ => None,
    }
}

fn by_rule(reason: Reason) -> Finding {
    let mend = Mend::by(format!("podwright explain {}", reason.code)).text(reason.remedy);
    Finding::failed(STEP, format!("podwright leaves the Pod alone: {}", reason.sentence), mend.page("docs/reasons.md"))
}

/// Makes a failure that a new Pod mends.
fn mended(walk: &Walk<'_>, text: String) -> Finding {
    let own = WorkloadName::new("", "Pod", walk.pod.name());
    let top = walk.subject.workload().map_or(&own, |workload| &workload.name);
    let (command, words) = recreate(&walk.subject.namespace, top, walk.pod.name());
    Finding::failed(STEP, text, Mend::by(command).text(words).page(PAGE))
}

async fn of_all(walk: &Walk<'_>) -> Vec<Finding> {
    // Without a label selector: the labels of a controller, which reports denials, may differ from those of its Pods.
    let scope = Scope::Namespace(walk.subject.namespace.clone());
    let wanted = Survey { scope, labels: None, page_size: PAGE_SIZE };
    let surveyed = match survey(walk.reader, &wanted, walk.state, |_| {}).await {
        Ok(surveyed) => surveyed,
        Err(error) => return vec![Finding::unknown(STEP, error)],
    };
    let findings = match &walk.subject.target {
        Target::Workload(workload) => {
            let rows = surveyed.inventory.rows();
            let row = rows.filter(|(_, name, _)| **name == workload.name).map(|(_, _, row)| row.clone()).next();
            of_row(&walk.subject.namespace, &workload.name, row.unwrap_or_default())
        }
        _ => of_inventory(&walk.subject.namespace, &surveyed.inventory),
    };
    let unseen = surveyed.unseen.iter().map(|unseen| Finding::skipped(DENIALS, unseen.to_string()));
    findings.into_iter().chain(unseen).collect()
}

/// Returns the findings about a workload: its Pods, worst first, and its missing Pods.
fn of_row(namespace: &str, name: &WorkloadName, row: Row) -> Vec<Finding> {
    let (denied, existing): (Vec<&RowReason>, Vec<&RowReason>) =
        row.reasons.iter().partition(|reason| reason.state == State::Denied);
    let denials = denied.first().map(|reason| {
        let text = format!("{} missing Pod{}: {}", reason.pods, plural(reason.pods), reason.text);
        let words = "The template is valid now. The controller tries again by itself; to make it try at once:";
        let command = format!("kubectl rollout restart {} -n {namespace}", quoted(&name.to_string()));
        let mend = if name.can_be_restarted() {
            Mend::by(command).text(words)
        } else {
            Mend::told("Its controller tries again by itself.")
        };
        Finding::failed(DENIALS, text, mend.page("docs/diagnose.md#denials"))
    });
    [Some(pods_of_row(namespace, name, &row, &existing)), denials].into_iter().flatten().collect()
}

fn pods_of_row(namespace: &str, name: &WorkloadName, row: &Row, reasons: &[&RowReason]) -> Finding {
    let (counts, total) = (&row.counts, row.counts.pods);
    let count = |state: State| counts.of(state);
    if total == 0 {
        return Finding::skipped(STEP, format!("{name} has no Pods"));
    }
    let (missed, stale, unknown) = (count(State::Missed), count(State::Stale), count(State::Unknown));
    let lines = |finding: Finding| reasons.iter().fold(finding, |finding, reason| finding.detail(line(reason)));
    match (missed + stale, unknown) {
        (0, 0) if count(State::LeftAlone) == 0 => {
            Finding::passed(STEP, format!("{total} of {total} Pods are as new ones would be"))
        }
        (0, 0) => lines(Finding::passed(
            STEP,
            format!(
                "{total} Pod{}: {} injected, {} left alone",
                plural(total),
                count(State::Injected),
                count(State::LeftAlone)
            ),
        )),
        (0, _) => lines(Finding::unknown(STEP, format!("{unknown} of {total} Pods: their state is unknown"))),
        _ => {
            let text = format!("{total} Pod{}: {missed} missed, {stale} out of date", plural(total));
            let example = reasons.first().map(|reason| reason.example.as_str()).unwrap_or_default();
            let (command, words) = recreate(namespace, name, example);
            let words = match name.can_be_restarted() || missed + stale == 1 {
                true => words.to_owned(),
                false => format!("There are {} such Pods. For each of them: {words}", missed + stale),
            };
            lines(Finding::failed(STEP, text, Mend::by(command).text(words).page(PAGE)))
        }
    }
}

fn line(reason: &RowReason) -> String {
    let state = match reason.state {
        State::LeftAlone => "left alone",
        State::Stale => "out of date",
        other => other.as_str(),
    };
    format!("{} Pod{} {state}: {} (such as {})", reason.pods, plural(reason.pods), reason.sentence(), reason.example)
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Returns the finding about all Pods of a Namespace.
fn of_inventory(namespace: &str, inventory: &Inventory) -> Vec<Finding> {
    let totals = inventory.totals();
    let [denied, missed, stale] = [State::Denied, State::Missed, State::Stale].map(|state| totals.of(state));
    let text = format!(
        "{} Pod{}: {} injected, {missed} missed, {stale} out of date, {denied} denied, {} left alone",
        totals.pods,
        plural(totals.pods),
        totals.of(State::Injected),
        totals.of(State::LeftAlone)
    );
    match (missed + stale + denied, totals.of(State::Unknown)) {
        _ if totals.pods + denied == 0 => vec![Finding::skipped(STEP, "the Namespace has no Pods")],
        (0, 0) => vec![Finding::passed(STEP, text)],
        (0, unknown) => vec![Finding::unknown(STEP, format!("{text}, {unknown} unknown"))],
        _ => vec![of_urgent(namespace, inventory, text)],
    }
}

/// Returns the failure for a Namespace with missed, outdated or denied Pods. A restart mends only some kinds, and no denial.
fn of_urgent(namespace: &str, inventory: &Inventory, text: String) -> Finding {
    let lacks = |row: &Row| row.counts.of(State::Missed) + row.counts.of(State::Stale) > 0;
    let is_urgent = |row: &Row| lacks(row) || row.counts.of(State::Denied) > 0;
    let urgent = inventory.rows().filter(|(_, _, row)| is_urgent(row));
    let (restarted, others): (Vec<_>, Vec<_>) =
        urgent.partition(|(_, name, row)| lacks(row) && name.can_be_restarted() && row.counts.of(State::Denied) == 0);
    let why = |(_, name, _): &(&str, &WorkloadName, &Row)| format!("podwright why {name} -n {namespace}");
    let mend = match (restarted.is_empty(), others.as_slice()) {
        (true, [first, ..]) => Mend::by(why(first)).text("Find the remedy of each workload, such as:"),
        (_, others) => {
            let words = match others.is_empty() {
                true => "Restart the workloads with such Pods:",
                false => "Run the commands above for the workloads that cannot be restarted. Restart the others:",
            };
            let restart = "-o name | xargs -r kubectl rollout restart";
            Mend::by(format!("podwright inventory -n {namespace} {restart} -n {namespace}")).text(words)
        }
    };
    let named = others.iter().chain(&restarted).take(NAMED);
    named.map(why).fold(Finding::failed(STEP, text, mend.page(PAGE)), Finding::detail)
}
