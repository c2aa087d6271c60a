//! The status annotation: what is in force in the Pod as it then is. Never read to decide anything.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::draft::{Draft, Entry, Outcome};
use super::VERSION;
use crate::profile::Plan;

/// Stands where a container's name would, for what concerns the Pod as a whole; no container can be called this.
const POD: &str = "Pod";

/// By key, the containers.
type Containers<'e> = BTreeMap<&'e str, Vec<&'e str>>;
/// By key and reason, the containers.
type Reasons<'e> = BTreeMap<&'e str, Containers<'e>>;

#[derive(Serialize)]
struct Status<'e> {
    version: &'e str,
    profile: &'e str,
    #[serde(rename = "inForce", skip_serializing_if = "BTreeMap::is_empty")]
    in_force: Containers<'e>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept: Containers<'e>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    adjusted: Reasons<'e>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    skipped: Reasons<'e>,
}

/// The annotation's value; `None` where nothing was wished for.
///
/// # Errors
/// None that is known: its keys are strings.
pub(in crate::inject) fn status(plan: &Plan<'_>, draft: &Draft<'_>) -> Result<Option<String>, serde_json::Error> {
    if draft.entries.is_empty() {
        return Ok(None);
    }
    let mut status = Status {
        version: VERSION,
        profile: plan.profile,
        in_force: BTreeMap::new(),
        kept: BTreeMap::new(),
        adjusted: BTreeMap::new(),
        skipped: BTreeMap::new(),
    };
    for entry in &draft.entries {
        status.take(entry);
    }
    serde_json::to_string(&status).map(Some)
}

impl<'e> Status<'e> {
    fn take(&mut self, entry: &Entry<'e>) {
        let name = if entry.container.is_empty() { POD } else { entry.container };
        let (containers, key) = match entry.outcome {
            // A note on the Pod, or on a container as a whole, says nothing of whether a wish is in force.
            Outcome::Noted(_) if name == POD || entry.item.is_empty() => return,
            Outcome::InForce | Outcome::Noted(_) | Outcome::Doubtful(_) => (&mut self.in_force, entry.key),
            Outcome::Kept(_) => (&mut self.kept, entry.key),
            Outcome::Adjusted(reason) => (self.adjusted.entry(entry.key).or_default(), reason.code),
            Outcome::Skipped(reason) | Outcome::PassedOver(reason) => {
                (self.skipped.entry(entry.key).or_default(), reason.code)
            }
        };
        let names = containers.entry(key).or_default();
        // Entries come container by container, so a name that is there already is the last one.
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
}
