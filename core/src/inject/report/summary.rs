//! The summary of a report, for events: keys and reasons, and nothing of the Pod's own text.

use crate::inject::{Draft, Entry, Outcome, Reason};
use crate::profile::{Plan, Source};

/// The settings that podwright added to a Pod, and those that it left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The profile.
    pub profile: String,
    /// The keys with an edit of this round, without the prefix, each once.
    pub added: Vec<&'static str>,
    /// The wishes without an effect, each pair of key and reason once.
    pub left_out: Vec<LeftOut>,
}

/// A key without an effect in some container, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The key, without the prefix; empty for annotations with an unknown key.
    pub key: &'static str,
    /// The reason.
    pub reason: Reason,
    /// True if an annotation of the Pod has the key, so its author expects the setting.
    pub is_annotated: bool,
}

impl Summary {
    pub(in crate::inject) fn new(plan: &Plan<'_>, draft: &Draft<'_>) -> Self {
        Self { profile: plan.profile.to_owned(), added: added(draft), left_out: left_out(&draft.entries) }
    }
}

/// Returns the keys of all edits, those of containers first.
fn added(draft: &Draft<'_>) -> Vec<&'static str> {
    let in_containers = draft.in_containers().flat_map(|(_, edits)| edits).map(|edit| edit.key());
    let mut keys = Vec::new();
    for key in in_containers.chain(draft.in_pod().iter().filter_map(|edit| edit.key())) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn left_out(entries: &[Entry<'_>]) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = Vec::new();
    for (entry, reason) in entries.iter().filter_map(|entry| Some((entry, obstacle(entry)?))) {
        let is_annotated = entry.by != Source::Profile;
        // Search from the end, because neighbouring entries are mostly of one kind.
        match all.iter_mut().rev().find(|one| (one.key, one.reason) == (entry.key, reason)) {
            Some(one) => one.is_annotated |= is_annotated,
            None => all.push(LeftOut { key: entry.key, reason, is_annotated }),
        }
    }
    all
}

/// Returns the reason of a wish without an effect. An author's own value is an obstacle to an annotation, but not to a profile.
fn obstacle(entry: &Entry<'_>) -> Option<Reason> {
    match entry.outcome {
        Outcome::Skipped(reason) => Some(reason),
        Outcome::Kept(reason) if entry.by != Source::Profile => Some(reason),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test panics")]

    use super::Summary;
    use crate::inject::pod::Pod;
    use crate::inject::{Root, inject_without_lines};
    use crate::profile::{Configuration, OptIn};

    fn summary(annotations: &str, container: &str) -> Option<Summary> {
        let json =
            format!(r#"{{"metadata": {{"annotations": {annotations}}}, "spec": {{"containers": [{container}]}}}}"#);
        let pod = Pod::parse(json.as_bytes()).unwrap();
        inject_without_lines(&pod, OptIn::Pod, &Configuration::default(), Root::Pod).unwrap().report.summary
    }

    #[test]
    fn it_names_what_this_round_added_and_what_the_author_misses() {
        let annotations = r#"{"podwright.dev/requests": "cpu=1", "podwright.dev/pre-stop-sleep": "5s",
            "podwright.dev/readiness-probe": "true", "podwright.dev/termination-message-policy": "File"}"#;
        let container = r#"{"name": "app", "terminationMessagePolicy": "FallbackToLogsOnError"}"#;
        let summary = summary(annotations, container).unwrap();
        assert_eq!(summary.added, ["requests", "pre-stop-sleep", "termination-grace-period"]);
        let left_out: Vec<_> = summary.left_out.iter().map(|one| (one.key, one.reason.code)).collect();
        assert_eq!(left_out, [("termination-message-policy", "KeptAuthors"), ("readiness-probe", "NoPort")]);
        assert!(summary.left_out.iter().all(|one| one.is_annotated));
    }

    #[test]
    fn under_a_profile_an_obstacle_counts_and_an_authors_value_does_not() {
        let container = r#"{"name": "app", "terminationMessagePolicy": "FallbackToLogsOnError",
            "resources": {"requests": {"cpu": "1", "memory": "1Mi"}}}"#;
        let summary = summary(r#"{"podwright.dev/profile": "web"}"#, container).unwrap();
        assert_eq!(summary.profile, "web");
        assert!(!summary.left_out.is_empty());
        assert!(
            summary.left_out.iter().all(|one| !one.is_annotated && one.reason.code != "KeptAuthors"),
            "{summary:?}"
        );
    }

    #[test]
    fn a_pod_without_a_change_has_none() {
        assert_eq!(summary(r#"{"podwright.dev/inject": "false"}"#, r#"{"name": "app"}"#), None);
        assert_eq!(summary("{}", r#"{"name": "app"}"#), None);
    }
}
