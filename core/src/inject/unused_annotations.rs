//! Annotations without an effect on this Pod.
//!
//! podwright reports them and never refuses them: another webhook may add the container later, and a newer version may
//! know the key.

use std::borrow::Cow;
use std::collections::HashSet;

use super::context::InjectContext;
use super::pod::Pod;
use super::{Draft, Entry, Outcome, Reason};
use crate::annotation::PREFIX;
use crate::annotation::containers::Selection;
use crate::annotation::keys::{self, Scope};
use crate::profile::{Source, Wishes};

const UNKNOWN_KEY: Reason = Reason {
    code: "UnknownKey",
    sentence: "this version of podwright does not know the key",
    remedy: "Correct the key, or update podwright. `podwright explain` lists the known keys.",
};
const UNKNOWN_CONTAINER: Reason = Reason {
    code: "UnknownContainer",
    sentence: "the Pod has no container with this name",
    remedy: "Correct the name. If another webhook adds the container, no action is needed: podwright then runs again.",
};
const EXCLUDED: Reason = Reason {
    code: "Excluded",
    sentence: "the configuration excludes this container, so only its own keys apply",
    remedy: "Use a key of the container: CONTAINER.podwright.dev/KEY.",
};
/// A caller that does not know the Namespace's opt-in must say so: the Namespace may give the annotation something to
/// restrict.
pub const RESTRICTS_NOTHING: Reason = Reason {
    code: "RestrictsNothing",
    sentence: "the Pod has no inject, profile or feature key to restrict",
    remedy: "Add podwright.dev/inject: \"true\", or remove podwright.dev/containers.",
};

const REACHES_NOBODY: Reason = Reason {
    code: "ReachesNobody",
    sentence: "it applies to no container of this Pod",
    remedy: "Check podwright.dev/containers, and excludeContainers in the configuration.",
};
const LEFT_OUT: Reason = Reason {
    code: "LeftOut",
    sentence: "the container's inject key is false, which disables its other keys",
    remedy: "Remove CONTAINER.podwright.dev/inject, or the container's other keys.",
};

/// Given with `onInvalidAnnotation: Warn` in the configuration.
pub(super) const INVALID_ANNOTATION: Reason = Reason {
    code: "InvalidAnnotation",
    sentence: "the annotation is invalid, and the configuration admits the Pod without it",
    remedy: "Correct the annotation. The warning names the accepted form; `podwright explain KEY` has the rules.",
};

/// All reasons of this file.
pub(super) const REASONS: [Reason; 7] =
    [UNKNOWN_KEY, UNKNOWN_CONTAINER, EXCLUDED, RESTRICTS_NOTHING, REACHES_NOBODY, LEFT_OUT, INVALID_ANNOTATION];

pub(super) fn note<'p>(pod: &Pod<'_>, context: InjectContext<'p>, draft: &mut Draft<'p>) {
    for fault in context.faults.named() {
        draft.report(unused("", Source::Pod, Cow::Borrowed(&fault.key), INVALID_ANNOTATION));
    }
    for key in &context.directives.unknown {
        draft.report(unused("", Source::Pod, Cow::Borrowed(key), UNKNOWN_KEY));
    }
    note_containers(pod, context, draft);
    note_reach(context, draft);
}

/// Reports containers that do not exist, and containers that the annotation cannot select.
fn note_containers<'p>(pod: &Pod<'_>, context: InjectContext<'p>, draft: &mut Draft<'p>) {
    let InjectContext { directives, configuration, .. } = context;
    let names: HashSet<&str> = pod.containers().map(|at| at.container.name.as_str()).collect();
    for (name, layer) in &directives.containers {
        let keys = || Cow::Owned(format!("{name}.{PREFIX}*"));
        if !names.contains(name.as_str()) {
            draft.report(unused("", Source::Pod, keys(), UNKNOWN_CONTAINER));
        } else if layer.inject == Some(false) && !layer.settings.is_empty() {
            draft.report(unused("", Source::Container, keys(), LEFT_OUT));
        }
    }
    let Some(Selection::Named(selected)) = &directives.pod.containers else { return };
    for name in selected {
        let reason = if !names.contains(name.as_str()) { UNKNOWN_CONTAINER } else { EXCLUDED };
        if reason == UNKNOWN_CONTAINER || configuration.excludes(name) {
            draft.report(unused("containers", Source::Pod, Cow::Borrowed(name), reason));
        }
    }
}

/// Reports keys for the whole Pod that apply to no container.
fn note_reach<'p>(context: InjectContext<'p>, draft: &mut Draft<'p>) {
    let InjectContext { directives, plan, .. } = context;
    let turned_on = directives.pod.settings.turned_on();
    let restricts = plan.everything.is_some() || !directives.pod.settings.is_empty();
    if directives.pod.containers.is_some() && !restricts {
        draft.report(unused("containers", Source::Pod, Cow::Borrowed(""), RESTRICTS_NOTHING));
    }
    let wrong: HashSet<&str> =
        context.faults.named().iter().filter_map(|fault| fault.key.strip_prefix(PREFIX)).collect();
    let reached = plan.reached();
    for key in turned_on.into_iter().filter(|key| is_for_containers(key) && !wrong.contains(key)) {
        if !reached.contains(&key) {
            draft.report(unused(key, Source::Pod, Cow::Borrowed(""), REACHES_NOBODY));
        }
    }
    // If every feature is turned off by its own key, inject has no containers to reach.
    let left = plan.pod.keys().into_iter().any(is_for_containers) && plan.containers.iter().all(Wishes::is_empty);
    if let Some(by) = plan.everything.filter(|_| left) {
        draft.report(unused("inject", by, Cow::Borrowed(""), REACHES_NOBODY));
    }
}

fn is_for_containers(key: &str) -> bool {
    keys::find(key).is_some_and(|key| key.scope == Scope::PodAndContainer)
}

/// Builds the entry for an annotation without an effect.
fn unused<'p>(key: &'static str, by: Source, item: Cow<'p, str>, reason: Reason) -> Entry<'p> {
    Entry { key, container: "", item, by, outcome: Outcome::Skipped(reason) }
}
