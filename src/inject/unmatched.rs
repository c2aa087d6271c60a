//! What the annotations ask for and what concerns nothing in this Pod: said, never refused, because another webhook may
//! add that container later, and a newer version may know that key.

use std::borrow::Cow;
use std::collections::HashSet;

use super::pod::Pod;
use super::{Draft, Entry, Outcome, Reason};
use crate::annotation::containers::Selection;
use crate::annotation::{Directives, PREFIX};
use crate::profile::{Configuration, Source};

const UNKNOWN_KEY: Reason = Reason { code: "UnknownKey", sentence: "this version of podwright does not know the key" };
const UNKNOWN_CONTAINER: Reason = Reason {
    code: "UnknownContainer",
    sentence: "no container has this name; if another webhook adds it later, its turn comes then",
};
const EXCLUDED: Reason = Reason {
    code: "Excluded",
    sentence: "the configuration excludes this container; only a key of its own reaches it",
};
const RESTRICTS_NOTHING: Reason = Reason {
    code: "RestrictsNothing",
    sentence: "neither inject, nor a profile, nor a feature's key is set for it to restrict",
};

pub(super) fn note<'p>(
    pod: &Pod<'_>,
    directives: &'p Directives,
    configuration: &Configuration,
    draft: &mut Draft<'p>,
) {
    let names: HashSet<&str> = pod.containers().map(|(_, container)| container.name.as_str()).collect();
    let known = |name: &str| names.contains(name);
    for key in &directives.unknown {
        say("", Cow::Borrowed(key), UNKNOWN_KEY, draft);
    }
    for name in directives.containers.keys().filter(|name| !known(name)) {
        say("", Cow::Owned(format!("{name}.{PREFIX}*")), UNKNOWN_CONTAINER, draft);
    }
    if let Some(Selection::Named(names)) = &directives.pod.containers {
        for name in names.iter().filter(|name| !known(name)) {
            say("containers", Cow::Borrowed(name), UNKNOWN_CONTAINER, draft);
        }
        for name in names.iter().filter(|name| known(name) && configuration.excludes(name)) {
            say("containers", Cow::Borrowed(name), EXCLUDED, draft);
        }
    }
    let layer = &directives.pod;
    let turned_on = layer.inject.is_some() || layer.profile.is_some() || !layer.settings.is_empty();
    if layer.containers.is_some() && !turned_on && draft.entries.is_empty() {
        say("containers", Cow::Borrowed(""), RESTRICTS_NOTHING, draft);
    }
}

fn say<'p>(key: &'static str, item: Cow<'p, str>, reason: Reason, draft: &mut Draft<'p>) {
    draft.report(Entry { key, container: "", item, by: Source::Pod, outcome: Outcome::Skipped(reason) });
}
