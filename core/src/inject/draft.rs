//! The edits and report entries of all features for one Pod.

use std::collections::BTreeMap;

use super::pod::{ContainerAt, JSON, Pod, Slot};
use super::{Entry, InContainer, InPod};
use crate::annotation::downward::{ResourceField, Section};
use crate::annotation::quantity::Quantity;

/// The edits and report entries of all features for one Pod.
#[derive(Debug, Default)]
pub struct Draft<'p> {
    in_pod: Vec<InPod>,
    in_containers: BTreeMap<Slot, Vec<InContainer<'p>>>,
    /// The report's entries, ordered by feature and then by container.
    pub entries: Vec<Entry<'p>>,
    /// The bytes of all settings as JSON.
    bytes: usize,
    /// The number of items that the edits add to the Pod.
    items: usize,
}

/// The fewest bytes that an entry counts as. It also limits the entries without an edit.
pub(super) const ENTRY_BYTES: usize = 48;

/// Returns the most bytes of a text as JSON: a quote takes two bytes, and so does the kubelet's `$$`.
pub(super) fn in_json(text: &str) -> usize {
    2 * text.len()
}

impl<'p> Draft<'p> {
    /// Adds an edit of the Pod as a whole.
    pub fn edit_pod(&mut self, edit: InPod) {
        self.items += usize::from(matches!(edit, InPod::Volume(_) | InPod::Label(_) | InPod::Status(_)));
        self.in_pod.push(edit);
    }

    /// Adds an edit of a container.
    pub fn edit(&mut self, slot: Slot, edit: InContainer<'p>) {
        self.items += usize::from(matches!(edit, InContainer::Env(_) | InContainer::Mount(_)));
        self.in_containers.entry(slot).or_default().push(edit);
    }

    /// Returns the edits of the Pod as a whole, in the order of their addition.
    pub fn in_pod(&self) -> &[InPod] {
        &self.in_pod
    }

    /// Returns the edits of each container, in the order of their addition.
    pub fn in_containers(&self) -> impl Iterator<Item = (Slot, &[InContainer<'p>])> {
        self.in_containers.iter().map(|(slot, edits)| (*slot, edits.as_slice()))
    }

    /// Returns the edits of earlier features to this container.
    pub fn edits_of(&self, slot: Slot) -> &[InContainer<'p>] {
        self.in_containers.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// Returns the amount that the kubelet reports to the container once the edits are made. The unit does not matter.
    pub fn amount(&self, pod: &Pod<'_>, at: ContainerAt<'_>, of: ResourceField) -> Option<Quantity> {
        let ResourceField { section, resource, .. } = of;
        let ours = |section| {
            // Amounts come first; many variables may follow.
            let amounts = self.edits_of(at.slot).iter().map_while(InContainer::amount);
            let mut same = amounts.filter(|added| (added.section, added.resource) == (section, resource));
            same.next().map(|added| added.amount.quantity())
        };
        // The kubelet treats a limit of zero as no limit.
        let counts = |amount: &Quantity| section == Section::Requests || !amount.is_zero();
        // The kubelet falls back to the Pod's own limit only if the container has none, so podwright's comes first.
        ours(section)
            .filter(counts)
            .or_else(|| pod.amount(at.container, section, resource))
            .or_else(|| ours(Section::Limits).filter(counts))
    }

    /// Counts a setting of about this many bytes of JSON. A skipped setting counts too, so that a second round has the
    /// same result. Texts count [`in_json`].
    pub fn spend(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Returns whether the settings exceed the limit of one Pod. podwright then does nothing, so features can stop.
    pub fn is_overspent(&self) -> bool {
        self.bytes > JSON
    }

    /// Returns the number of items that the edits add to the Pod.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Adds an entry to the report.
    pub fn report(&mut self, entry: Entry<'p>) {
        self.spend(ENTRY_BYTES);
        self.entries.push(entry);
    }
}
