//! The injection of one Pod: from its annotations to a patch and a report.

use super::context::{InjectContext, Reader};
use super::pod::{self, ANNOTATIONS_BYTES, ITEMS, Pod};
use super::{Draft, FEATURES, InPod, Patch, Report, Root};
use super::{bounds, owners, patch, report, unused_annotations};
use crate::annotation::{Directives, Faults, STATUS};
use crate::profile::{Configuration, OnInvalidAnnotation, OptIn, resolve};

/// The patch for a Pod, and the report on it.
#[derive(Debug, Default)]
pub struct Injection {
    /// The patch; `None` if there is nothing to change.
    pub patch: Option<Patch>,
    /// The outcome of every wish, with the reasons.
    pub report: Report,
}

/// Injects the settings of the annotations and the profile into a Pod, or into the Pod template at `root`.
///
/// # Errors
/// Returns all invalid annotations at once. Nothing is injected then.
///
/// ```
/// use podwright_core::inject::{Refused, Root, inject, pod::Pod};
/// use podwright_core::profile::{Configuration, OptIn};
///
/// let pod = Pod::parse(br#"{"metadata": {"annotations": {"podwright.dev/limits": "memory=256mb"}}, "spec": {}}"#)?;
/// match inject(&pod, OptIn::Pod, &Configuration::default(), Root::Pod) {
///     Err(Refused::Faults(faults)) => assert!(faults.to_string().contains("expected bytes, such as 128Mi")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn inject(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    configuration: &Configuration,
    root: Root,
) -> Result<Injection, Refused> {
    inject_for(pod, Task { opt_in, configuration, reader: Reader::Person, root })
}

/// Does the same as [`inject`], without the status annotation. An existing one stays as it is.
///
/// The status names podwright's version, so rendered manifests with it would change with every upgrade.
///
/// # Errors
/// The same as [`inject`].
pub fn inject_without_status(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    configuration: &Configuration,
    root: Root,
) -> Result<Injection, Refused> {
    inject_for(pod, Task { opt_in, configuration, reader: Reader::Renderer, root })
}

/// Does the same as [`inject`] for the webhook, without the report's lines and the patch's operations.
///
/// # Errors
/// The same as [`inject`].
pub fn inject_without_lines(
    pod: &Pod<'_>,
    opt_in: OptIn<'_>,
    configuration: &Configuration,
    root: Root,
) -> Result<Injection, Refused> {
    inject_for(pod, Task { opt_in, configuration, reader: Reader::Webhook, root })
}

/// Checks the template of an applied workload. Returns a report without a patch.
///
/// # Errors
/// The same as [`inject`].
pub fn check(template: &Pod<'_>, opt_in: OptIn<'_>, configuration: &Configuration) -> Result<Report, Refused> {
    let task = Task { opt_in, configuration, reader: Reader::Applier, root: Root::Pod };
    inject_for(template, task).map(|injection| injection.report)
}

/// The arguments of one injection.
#[derive(Clone, Copy)]
struct Task<'a> {
    opt_in: OptIn<'a>,
    configuration: &'a Configuration,
    reader: Reader,
    root: Root,
}

fn inject_for(pod: &Pod<'_>, task: Task<'_>) -> Result<Injection, Refused> {
    let Task { opt_in, configuration, reader, root } = task;
    if pod.annotations().is_some_and(|annotations| annotations.is_mirror() || annotations.cannot_be_stored()) {
        return Ok(Injection::default());
    }
    let (directives, faults) = match pod.annotations() {
        Some(annotations) => Directives::parse(annotations.ours()),
        None => Default::default(),
    };
    if directives.pod.inject == Some(false) {
        return Ok(Injection::default());
    }
    let names = pod.containers().map(|at| at.container.name.as_str());
    let owner = pod.owner().filter(|owner| owners::compares(owner, configuration));
    let opt_in = owner.map_or(opt_in, |_| owners::withheld(opt_in));
    let (mut plan, more) = resolve(&directives, opt_in, configuration, names);
    plan.keeps_defaults = owner.is_some();
    let faults = match configuration.on_invalid_annotation {
        OnInvalidAnnotation::Deny => faults.and(more).none_or(Faults::default())?,
        OnInvalidAnnotation::Warn => faults.and(more),
    };
    if pod.is_beyond() || pod.items() > ITEMS {
        let asked = plan.everything.is_some() || directives.ask();
        return Ok(if asked { without_patch(bounds::left_as_it_is(reader)) } else { Injection::default() });
    }
    if bounds::are_surely_passed(&plan) {
        return Ok(without_patch(bounds::left_as_it_is(reader)));
    }
    let withheld = owner.filter(|_| matches!(opt_in, OptIn::Withheld { .. }) && plan.everything.is_none());
    let context =
        InjectContext { directives: &directives, plan: &plan, configuration, faults: &faults, reader, withheld };
    run_features(pod, context, root)
}

fn without_patch(report: Report) -> Injection {
    Injection { patch: None, report }
}

/// The error of an injection without a result.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The Pod has invalid annotations.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// podwright could not write a value as JSON: its own fault.
    #[error(transparent)]
    Unwritable(#[from] serde_json::Error),
}

fn run_features<'p>(pod: &'p Pod<'p>, context: InjectContext<'p>, root: Root) -> Result<Injection, Refused> {
    let mut draft = Draft::default();
    for feature in FEATURES {
        (feature.fit)(pod, context.plan, &mut draft);
        if draft.is_overspent() {
            return Ok(without_patch(bounds::left_as_it_is(context.reader)));
        }
    }
    if context.reader == Reader::Applier {
        unused_annotations::note(pod, context, &mut draft);
        return Ok(without_patch(Report::new(context, &draft)));
    }
    let status = report::status(pod, context.plan, &draft)?;
    unused_annotations::note(pod, context, &mut draft);
    owners::note(context, &mut draft);
    if context.reader != Reader::Renderer && !context.leaves_all_alone() {
        note_status(pod, status, &mut draft);
        add_label(pod, context, &mut draft);
    }
    let patch = patch::render(pod, &draft, root)?;
    if patch.as_ref().is_some_and(|patch| bounds::are_passed(pod, &draft, patch)) {
        return Ok(without_patch(bounds::left_as_it_is(context.reader)));
    }
    let patch = match context.reader {
        Reader::Person | Reader::Renderer => patch.map(|patch| patch.with_operations(pod, &draft, root)).transpose()?,
        Reader::Webhook | Reader::Applier => patch,
    };
    let report = Report::new(context, &draft);
    // A second round without a change has no patch, and nothing new to report.
    let tells = context.reader == Reader::Webhook && (patch.is_some() || context.withheld.is_some());
    Ok(Injection { patch, report: if tells { report.with_summary(context, &draft) } else { report } })
}

/// Adds the status annotation, unless the Pod has it already.
///
/// The status depends on the final Pod and its settings, so a second round changes nothing. A status that would exceed
/// the API's limit on annotations is left out. A forged or outdated status is replaced, even if nothing else changes.
fn note_status(pod: &Pod<'_>, status: Option<String>, draft: &mut Draft<'_>) {
    let annotations = pod.annotations();
    let there = annotations.and_then(|annotations| annotations.get(STATUS));
    let status = status.or_else(|| there.map(|_| report::of_nothing()));
    let Some(status) = status.filter(|status| there != Some(status)) else {
        return;
    };
    let others = annotations.map(pod::Annotations::bytes_at_most).unwrap_or_default();
    let replaced = there.map_or(0, |there| STATUS.len() + there.len());
    if others.saturating_sub(replaced) + STATUS.len() + status.len() <= ANNOTATIONS_BYTES {
        draft.edit_pod(InPod::Status(status));
    }
}

/// Adds the label of injected Pods, if the configuration asks for it and any wish is in force. An existing label stays:
/// anybody can write one, so it is no evidence (ADR 12).
fn add_label(pod: &Pod<'_>, context: InjectContext<'_>, draft: &mut Draft<'_>) {
    let injected = || draft.entries.iter().any(|entry| entry.outcome.is_in_force());
    if context.configuration.injected_label && injected() && pod.labels_without_ours().is_some() {
        draft.edit_pod(InPod::Label(context.plan.profile.to_owned()));
    }
}
