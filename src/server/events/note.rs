//! The words of events. They are made of podwright's own words and a profile's name, so they are short and on one line.

use crate::admission::PodController;
use crate::inject::{LeftOut, Reason, Summary};
use crate::text::within;

/// The API's limit for a note, in bytes.
const BYTES: usize = 1024;
/// The room for the end of a note.
const END: usize = 160;
/// The maximum characters of a profile's name, as in the configuration.
const PROFILE: usize = 63;

/// An event about one Pod of a controller. Equal events become one with a count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PodEvent {
    pub(super) controller: PodController,
    /// `Normal` or `Warning`.
    pub(super) kind: &'static str,
    /// `Injected` or `Skipped`.
    pub(super) reason: &'static str,
    pub(super) note: String,
}

impl PodEvent {
    /// Returns an event for the added settings and one for those left out, if there are any.
    pub(super) fn all(controller: &PodController, summary: &Summary) -> Vec<Self> {
        let Summary { added, left_out, .. } = summary;
        let kind = if left_out.iter().any(|one| one.is_annotated) { "Warning" } else { "Normal" };
        let injected = (!added.is_empty()).then(|| ("Normal", "Injected", injected(summary)));
        let skipped = (!left_out.is_empty()).then(|| (kind, "Skipped", skipped(summary)));
        let event = |(kind, reason, note)| Self { controller: controller.clone(), kind, reason, note };
        [injected, skipped].into_iter().flatten().map(event).collect()
    }
}

fn injected(Summary { profile, added, .. }: &Summary) -> String {
    format!("podwright added {}{}", added.join(", "), of_profile(profile))
}

fn of_profile(profile: &str) -> String {
    if profile.is_empty() { String::new() } else { format!(" (profile {})", within(profile, PROFILE)) }
}

/// Lists the keys by their reasons. Counts the reasons beyond the limit of a note.
fn skipped(Summary { profile, left_out, .. }: &Summary) -> String {
    let mut reasons: Vec<(Reason, Vec<&str>)> = Vec::new();
    for LeftOut { key, reason, .. } in left_out {
        let key = if key.is_empty() { "annotations" } else { key };
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, keys)) => keys.push(key),
            None => reasons.push((*reason, vec![key])),
        }
    }
    let mut note = format!("podwright left out{} ", of_profile(profile));
    for (place, (Reason { code, sentence, .. }, keys)) in reasons.iter().enumerate() {
        let part = format!("{}{}: {sentence} [{code}]", if place == 0 { "" } else { "; " }, keys.join(", "));
        if note.len() + part.len() + END > BYTES {
            note += &format!("; and more for {} other reasons", reasons.len() - place);
            break;
        }
        note += &part;
    }
    let code = reasons.first().map_or("CODE", |(reason, _)| reason.code);
    note + &format!(". Remedy: podwright explain {code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(added: &[&'static str], left_out: Vec<LeftOut>) -> Summary {
        Summary { profile: "web".to_owned(), added: added.to_vec(), left_out }
    }

    fn of(summary: &Summary) -> Vec<(&'static str, &'static str, String)> {
        let controller = PodController {
            namespace: "shop".to_owned(),
            api_version: "apps/v1".to_owned(),
            kind: "ReplicaSet".to_owned(),
            name: "web".to_owned(),
            uid: "u-1".to_owned(),
        };
        PodEvent::all(&controller, summary).into_iter().map(|event| (event.kind, event.reason, event.note)).collect()
    }

    const NO_PORT: Reason = Reason { code: "NoPort", sentence: "no port is declared", remedy: "Declare one." };

    #[test]
    fn there_is_an_event_for_what_was_added_and_one_for_what_was_left_out() {
        let left_out = |key, is_annotated| LeftOut { key, reason: NO_PORT, is_annotated };
        let added = summary(&["requests", "pre-stop-sleep"], Vec::new());
        let expected = "podwright added requests, pre-stop-sleep (profile web)".to_owned();
        assert_eq!(of(&added), [("Normal", "Injected", expected)]);
        let probes = summary(&[], vec![left_out("liveness-probe", false), left_out("readiness-probe", true)]);
        let expected = "podwright left out (profile web) liveness-probe, readiness-probe: no port is declared [NoPort]. \
                        Remedy: podwright explain NoPort";
        assert_eq!(of(&probes), [("Warning", "Skipped", expected.to_owned())]);
        let of_profile = summary(&["requests"], vec![left_out("liveness-probe", false)]);
        let kinds: Vec<_> = of(&of_profile).into_iter().map(|(kind, reason, _)| (kind, reason)).collect();
        assert_eq!(kinds, [("Normal", "Injected"), ("Normal", "Skipped")]);
        assert_eq!(of(&summary(&[], Vec::new())), []);
    }

    /// The longest notes: each reason of podwright for each of its keys.
    #[test]
    fn a_note_stays_within_the_limit_of_the_api_and_on_one_line() {
        let keys = crate::annotation::Settings::KEYS;
        let every = crate::admission::reasons()
            .flat_map(|(_, reason)| keys.iter().map(move |key| LeftOut { key, reason, is_annotated: true }));
        let summary = Summary { profile: "p\n".repeat(999), added: keys.to_vec(), left_out: every.collect() };
        for (_, _, note) in of(&summary) {
            assert!(note.len() <= BYTES && !note.contains(char::is_control), "{} bytes: {note}", note.len());
        }
        let more = of(&summary).pop().map(|(_, _, note)| note).unwrap_or_default();
        assert!(more.contains("; and more for ") && more.contains(". Remedy: podwright explain "), "{more}");
    }
}
