//! The notes about facts that the user may not see, and their consequences.

use crate::inspect::read::Surveyed;
use crate::inspect::{ClusterState, Known, Unseen};

/// Returns the notes, each once.
pub(super) fn notes(state: &ClusterState, surveyed: &Surveyed) -> Vec<String> {
    let mut notes = of_state(state);
    for unseen in &surveyed.unseen {
        let note = of_unseen(unseen);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    if surveyed.inconsistent {
        notes.push(
            "the list of Pods expired while it was read; a Pod that changed meanwhile may be missing or counted twice"
                .into(),
        );
    }
    if surveyed.unreadable > 0 {
        notes.push(format!("{} Pods are not counted, because their JSON has an unknown form", surveyed.unreadable));
    }
    notes
}

fn of_state(state: &ClusterState) -> Vec<String> {
    let mut notes = Vec::new();
    match &state.entries {
        Known::Unseen(unseen) => notes.push(format!("{unseen}; assuming the webhook entries of podwright's manifests")),
        Known::Seen(entries) if entries.iter().next().is_none() => notes.push(format!(
            "MutatingWebhookConfiguration {} does not exist or has no entry for Pods, so the API server calls podwright for no \
             Pod; name another one with --webhook-configuration",
            entries.configuration
        )),
        Known::Seen(_) => {}
    }
    if let Some(unseen) = state.profiles.source.unseen() {
        notes.push(format!(
            "{unseen}; injected Pods are not compared with today's profiles. Give the configuration with --config FILE"
        ));
    }
    let read = state.namespaces.read.values().filter_map(Known::unseen);
    let unseen = read.chain(&state.namespaces.unlisted);
    let consequence = match &state.namespaces.stated_profile {
        Some(profile) => format!("assuming an opt-in with the profile {profile}"),
        None => {
            "Pods without podwright's status are unknown. State the opt-in with --namespace-profile PROFILE".to_owned()
        }
    };
    notes.extend(unseen.map(|unseen| format!("{unseen}; {consequence}")));
    notes
}

fn of_unseen(unseen: &Unseen) -> String {
    let (Unseen::NotAllowed(object) | Unseen::Absent(object) | Unseen::Failed { object, .. }) = unseen;
    match object.as_str() {
        "Events" => format!("{unseen}; denied Pods of StatefulSets, DaemonSets and Jobs are not found"),
        kinds => format!("{unseen}; their Pods are listed under the {kinds}, and their denied Pods are not found"),
    }
}
