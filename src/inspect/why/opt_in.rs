//! Step 1: the opt-in, by the Pod's annotations or the Namespace's labels.

use serde_json::Value;

use super::entry;
use super::near_miss::{self, NearMiss};
use super::subject::Target;
use super::walk::{Changed, Walk};
use crate::annotation::{STATUS, is_ours};
use crate::inject::Root;
use crate::inspect::command::{annotate_template, label_namespace};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::Known;
use crate::inspect::webhook::Reach;
use crate::inspect::workload::WorkloadName;
use crate::text::shorten;
use crate::workload::namespace::{InjectLabel, LABEL, LabelEffect, Labels, PROFILE_LABEL};

const STEP: &str = "opt-in";
const PAGE: &str = "docs/diagnose.md#opt-in";
/// The most keys in one sentence.
const NAMED: usize = 4;

/// Finds the opt-in.
pub(super) fn step(walk: &Walk<'_>) -> Finding {
    let namespace = match &walk.subject.namespace_object {
        Known::Seen(namespace) => namespace,
        Known::Unseen(unseen) => {
            let unknown = Finding::unknown(STEP, unseen);
            return match opted_out(walk) {
                Some(value) => pod_opted_out(walk, &value),
                None => unknown.detail("The labels of the Namespace decide together with the Pod's annotations."),
            };
        }
    };
    let labels = Labels::of(namespace);
    let effect = labels.effect(&walk.state.profiles.configuration);
    match (opted_out(walk), effect) {
        (_, LabelEffect::Disabled) => namespace_opted_out(walk, namespace),
        (Some(value), _) => pod_opted_out(walk, &value),
        (None, LabelEffect::Profile(profile)) => passed_by_label(walk, &format!("{PROFILE_LABEL}: {profile}")),
        (None, LabelEffect::Enabled) => match unknown_profile(walk, namespace) {
            Some(failed) => failed,
            None => passed_by_label(walk, &format!("{LABEL}: {}", label(namespace, LABEL))),
        },
        (None, LabelEffect::PodsDecide) => by_pod(walk, namespace),
    }
}

fn passed_by_label(walk: &Walk<'_>, label: &str) -> Finding {
    Finding::passed(STEP, format!("the Namespace {} opted in by its label {label}", walk.subject.namespace))
}

/// Returns the finding for a Namespace that opted in, but with a profile that does not exist. Its Pods get `default`.
fn unknown_profile(walk: &Walk<'_>, namespace: &Value) -> Option<Finding> {
    if !walk.state.profiles.are_known() || label(namespace, PROFILE_LABEL).is_empty() {
        return None;
    }
    let name = &walk.subject.namespace;
    let miss = near_miss::of_namespace(name, namespace, &walk.state.profiles.configuration).into_iter().next()?;
    let text = format!("{}. Its Pods get the profile default", miss.text);
    Some(walk.with_source(miss.changed, Finding::failed(STEP, text, Mend::by(miss.command).page(PAGE))))
}

/// Decides by the Pod's annotations, because the Namespace's labels do not.
fn by_pod(walk: &Walk<'_>, namespace: &Value) -> Finding {
    let name = &walk.subject.namespace;
    let keys: Vec<&str> =
        walk.annotations().filter(|(key, _)| is_ours(key) && *key != STATUS).map(|(key, _)| key).collect();
    let known = walk.state.profiles.are_known();
    match () {
        () if near_miss::concerns_pods(walk.subject) && !keys.is_empty() => {
            let more = if keys.len() > NAMED { format!(" and {} more", keys.len() - NAMED) } else { String::new() };
            let named: Vec<String> = keys.iter().take(NAMED).map(|key| shorten(key)).collect();
            Finding::passed(STEP, format!("the Pod opted in by its annotation {}{more}", named.join(", ")))
        }
        // A label may name a profile that only the unseen configuration has.
        () if !known && !label(namespace, PROFILE_LABEL).is_empty() => {
            let unseen = walk.state.profiles.source.unseen().map(ToString::to_string).unwrap_or_default();
            let value = shorten(label(namespace, PROFILE_LABEL));
            Finding::unknown(STEP, format!("{unseen}; it may have the profile {value} of the Namespace's label"))
        }
        () => {
            let pods = match near_miss::concerns_pods(walk.subject) {
                true => near_miss::of_pod(walk.subject, &walk.pod_value),
                false => Vec::new(),
            };
            let all = near_miss::of_namespace(name, namespace, &walk.state.profiles.configuration);
            not_opted_in(walk, pods.into_iter().chain(all).collect())
        }
    }
}

fn not_opted_in(walk: &Walk<'_>, misses: Vec<NearMiss>) -> Finding {
    let (name, target) = (&walk.subject.namespace, &walk.subject.target);
    let text = match target {
        Target::Namespace => {
            format!("the Namespace {name} has no label {LABEL} or {PROFILE_LABEL}, so only annotated Pods are injected")
        }
        _ => format!("neither the Pod nor the Namespace {name} opted in"),
    };
    if let Some(first) = misses.first() {
        let text = if misses.len() == 1 { format!("not opted in: {}", first.text) } else { text };
        let failed = Finding::failed(STEP, text, Mend::by(first.command.clone()).page(PAGE));
        let details = if misses.len() == 1 { &[] } else { misses.as_slice() };
        let failed = details.iter().fold(failed, |failed, miss| failed.detail(miss.text.clone()));
        return walk.with_source(first.changed, failed);
    }
    let label = label_namespace(name, &[(LABEL, Some("enabled"))]);
    let reach = entry::reach(walk).unwrap_or(Reach { by_annotation: true, by_label: true });
    if matches!(target, Target::Namespace) || !reach.by_annotation {
        let mend = Mend::by(label).text("Opt in all Pods of the Namespace:").page(PAGE);
        return walk.with_source(Changed::Namespace, Finding::failed(STEP, text, mend));
    }
    let set = [(LABEL, Some("true"))];
    let (command, words) = match walk.subject.workload().and_then(|workload| Some((workload, workload.root()?))) {
        Some((workload, root)) => (annotate_template(name, &workload.name, root, &set), "Opt in this workload:"),
        None => {
            let pod = WorkloadName::new("", "Pod", "");
            (annotate_template(name, &pod, Root::Pod, &set), "Create the Pod anew with an opt-in:")
        }
    };
    let failed = Finding::failed(STEP, text, Mend::by(command).text(words).page(PAGE));
    let failed = walk.with_source(Changed::Workload, failed);
    match reach.by_label {
        true => failed.detail("To opt in the whole Namespace instead:").detail(label),
        false => failed,
    }
}

fn namespace_opted_out(walk: &Walk<'_>, namespace: &Value) -> Finding {
    let name = &walk.subject.namespace;
    let text = format!("the Namespace {name} opted out by its label {LABEL}: {}", label(namespace, LABEL));
    let profile = label(namespace, PROFILE_LABEL);
    let value = if profile.is_empty() { Some("enabled") } else { None };
    let mend = Mend::by(label_namespace(name, &[(LABEL, value)])).text("If that is not intended, opt in:");
    walk.with_source(Changed::Namespace, Finding::failed(STEP, text, mend.page(PAGE)))
}

/// Returns the value with which the Pod opted out.
fn opted_out(walk: &Walk<'_>) -> Option<String> {
    walk.annotations().find(|(key, value)| *key == LABEL && value.trim() == "false").map(|(_, value)| value.to_owned())
}

fn pod_opted_out(walk: &Walk<'_>, value: &str) -> Finding {
    let text = format!("the Pod opted out by its annotation {LABEL}: {value:?}");
    let own = WorkloadName::new("", "Pod", walk.pod.name());
    let (name, root) = match walk.subject.workload() {
        Some(workload) => (&workload.name, workload.root().unwrap_or(Root::PodTemplate)),
        None => (&own, Root::Pod),
    };
    let by_namespace = walk.subject.namespace_object.seen().is_some_and(|namespace| {
        InjectLabel::of(label(namespace, LABEL)) == Some(InjectLabel::Enabled)
            || !label(namespace, PROFILE_LABEL).is_empty()
    });
    // Without the annotation, the Namespace decides again. A Pod outside of such a Namespace needs its own opt-in.
    let value = if by_namespace { None } else { Some("true") };
    let command = annotate_template(&walk.subject.namespace, name, root, &[(LABEL, value)]);
    let mend = Mend::by(command).text("If that is not intended, opt in:").page(PAGE);
    walk.with_source(Changed::Workload, Finding::failed(STEP, text, mend))
}

fn label<'n>(namespace: &'n Value, key: &str) -> &'n str {
    let labels = namespace.get("metadata").and_then(|metadata| metadata.get("labels"));
    labels.and_then(|labels| labels.get(key)?.as_str()).unwrap_or_default()
}
