//! The work of all features on one Pod: edits to make, and entries of the report.

use std::collections::BTreeMap;

use super::pod::{ContainerAt, JSON, Pod, Slot};
use super::{Entry, InContainer, InPod};
use crate::annotation::downward::{ResourceField, Section};
use crate::annotation::quantity::Quantity;

/// The work of all features on one Pod.
#[derive(Debug, Default)]
pub struct Draft<'p> {
    in_pod: Vec<InPod>,
    in_containers: BTreeMap<Slot, Vec<InContainer<'p>>>,
    /// In the order of the features, and of the containers within one.
    pub entries: Vec<Entry<'p>>,
    /// The bytes of JSON of all wishes so far.
    bytes: usize,
    /// The items that the edits add to the Pod.
    items: usize,
}

/// The fewest bytes that an entry counts for, which also bounds entries without an edit.
pub(super) const ENTRY_BYTES: usize = 48;

/// The bytes that a text takes as JSON, at most: a quote takes two, and the kubelet's `$$` is two as well.
pub(super) fn in_json(text: &str) -> usize {
    2 * text.len()
}

impl<'p> Draft<'p> {
    /// Adds an edit of the Pod as a whole.
    pub fn edit_pod(&mut self, edit: InPod) {
        self.items += usize::from(matches!(edit, InPod::Volume(_) | InPod::Status(_)));
        self.in_pod.push(edit);
    }

    /// Adds an edit of a container.
    pub fn edit(&mut self, slot: Slot, edit: InContainer<'p>) {
        self.items += usize::from(matches!(edit, InContainer::Env(_) | InContainer::Mount(_)));
        self.in_containers.entry(slot).or_default().push(edit);
    }

    /// The edits of the Pod as a whole, in the order in which they were asked for.
    pub fn in_pod(&self) -> &[InPod] {
        &self.in_pod
    }

    /// The edits of each container, likewise.
    pub fn in_containers(&self) -> impl Iterator<Item = (Slot, &[InContainer<'p>])> {
        self.in_containers.iter().map(|(slot, edits)| (*slot, edits.as_slice()))
    }

    /// The edits of earlier features to this container.
    pub fn edits_of(&self, slot: Slot) -> &[InContainer<'p>] {
        self.in_containers.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// The amount that the kubelet will report to the container once the edits so far are made. The unit does not matter.
    pub fn amount(&self, pod: &Pod<'_>, at: ContainerAt<'_>, of: ResourceField) -> Option<Quantity> {
        let ResourceField { section, resource, .. } = of;
        let ours = |section| {
            // Amounts come first, and many variables may follow.
            let amounts = self.edits_of(at.slot).iter().map_while(InContainer::amount);
            let mut same = amounts.filter(|added| (added.section, added.resource) == (section, resource));
            same.next().map(|added| added.amount.quantity())
        };
        // A limit of zero is none to the kubelet.
        let counts = |amount: &Quantity| section == Section::Requests || !amount.is_zero();
        // The Pod's own limit stands in where the container has none, so ours comes first.
        ours(section)
            .filter(counts)
            .or_else(|| pod.amount(at.container, section, resource))
            .or_else(|| ours(Section::Limits).filter(counts))
    }

    /// Counts a setting of about this many bytes of JSON, even if it is not injected, so that a second round gives the same
    /// result. Texts count [`in_json`].
    pub fn spend(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Whether the settings exceed the bound to one Pod. Then podwright does nothing, so features can stop.
    pub fn is_overspent(&self) -> bool {
        self.bytes > JSON
    }

    /// The number of items that the edits add to the Pod.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Adds an entry to the report.
    pub fn report(&mut self, entry: Entry<'p>) {
        self.spend(ENTRY_BYTES);
        self.entries.push(entry);
    }
}
