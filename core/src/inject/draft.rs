//! What a feature leaves behind: edits to make, and entries of the report.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pod::{Container, JSON, Pod, Slot};
use super::{Guess, InContainer, InPod};
use crate::annotation::downward::{Resource, Section};
use crate::annotation::quantity::Quantity;
use crate::profile::Source;

/// The work of all features on one Pod.
#[derive(Debug, Default)]
pub struct Draft<'p> {
    in_pod: Vec<InPod>,
    in_containers: BTreeMap<Slot, Vec<InContainer<'p>>>,
    /// In the order of the features, and of the containers within one.
    pub entries: Vec<Entry<'p>>,
    /// What has been wished for, in bytes of JSON.
    bytes: usize,
    /// The items that the edits add to the Pod.
    items: usize,
}

/// What became of one wish.
#[derive(Clone, Debug)]
pub struct Entry<'p> {
    /// The key that it was wished for by, without the prefix: `downward-env`. Empty for what is no key of ours.
    pub key: &'static str,
    /// The container that it was wished for; empty where it concerns the Pod as a whole.
    pub container: &'p str,
    /// Which part of the wish: a variable's name. Empty where it has no parts.
    pub item: Cow<'p, str>,
    /// Who wished for it.
    pub by: Source,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It equals what is there, whoever wrote it: so a second round reports what the first one did.
    InForce,
    /// In force, with a port that podwright guessed.
    Guessed(Guess),
    /// In force, with something to know about it.
    Noted(Reason),
    /// In force, with something that whoever asked for it should think about.
    Doubtful(Reason),
    /// It was set otherwise, by the author as a rule, and that stays.
    Kept(Reason),
    /// In force, but not as it was wished for.
    Adjusted(Reason),
    /// Not in force.
    Skipped(Reason),
    /// Not meant for this container, by a rule and not by an obstacle.
    PassedOver(Reason),
}

/// Why: a code that stays the same for ever, and a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, in the form of the API's own condition reasons: `RunsToCompletion`.
    pub code: &'static str,
    /// Goes on behind "skipped, ".
    pub sentence: &'static str,
    /// What whoever does not want it so can do; a sentence.
    pub remedy: &'static str,
}

/// The author's own value comes first.
pub(super) const KEPT_AUTHORS: Reason = Reason {
    code: "KeptAuthors",
    sentence: "it is set otherwise already, and that is kept",
    remedy: "Nothing, where the Pod's own value is meant. Else remove it from the Pod, and the annotation takes effect.",
};

/// Given where the author is known to have written the default value.
pub(super) const KEPT_DEFAULT: Reason = Reason {
    code: "KeptDefault",
    sentence: "the manifest sets it to the default, so podwright keeps it",
    remedy: "Remove the field from the manifest if podwright should set it. Only kubectl apply and server-side apply show \
             what a manifest has; with other clients podwright replaces the default.",
};

/// The author wrote `null`.
pub(super) const AUTHORS_NULL: Reason = Reason {
    code: "AuthorsNull",
    sentence: "the author's manifest sets it to null, which means none",
    remedy: "If the field should stay unset, ignore this. Otherwise remove the null from the manifest.",
};

/// Probes and hooks are for what runs on.
pub(super) const INIT_CONTAINER: Reason = Reason {
    code: "InitContainer",
    sentence: "the API takes no probes and no preStop in an init container that runs to its end",
    remedy: "Nothing; or make the container a native sidecar (restartPolicy: Always) if it is meant to run on.",
};

/// What a profile wishes for is meant for what runs on.
pub(super) const RUNS_TO_COMPLETION: Reason = Reason {
    code: "RunsToCompletion",
    sentence: "the container is expected to end, which a profile's probes and preStop could only disturb",
    remedy: "Nothing; an annotation on the Pod or for the container asks for it all the same.",
};

/// The owner would find a difference.
pub(super) const OWNERS_DEFAULT: Reason = Reason {
    code: "OwnersDefault",
    sentence: "another controller compares the Pod with its own, so a profile replaces no default",
    remedy: "Set this key in an annotation on the Pod, or add the owner's kind to ownerKinds in the configuration.",
};

/// A program stands in for the kubelet.
pub(super) const VIRTUAL_NODE: Reason = Reason {
    code: "VirtualNode",
    sentence: "the Pod may run on a virtual node, most of which cannot provide it and refuse the Pod",
    remedy: "Nothing; an annotation on the Pod asks for it all the same, where the virtual node can provide it.",
};

/// A path with a drive.
pub(super) const WINDOWS_PATH: Reason = Reason {
    code: "WindowsPath",
    sentence: "the path begins with a drive, and the Pod is not for Windows",
    remedy: "Set spec.os.name: windows or the node selector kubernetes.io/os: windows, or use a path such as /etc/podinfo.",
};

/// Reasons that any feature may give.
pub(super) const REASONS: [Reason; 8] = [
    KEPT_AUTHORS,
    KEPT_DEFAULT,
    AUTHORS_NULL,
    INIT_CONTAINER,
    RUNS_TO_COMPLETION,
    OWNERS_DEFAULT,
    VIRTUAL_NODE,
    WINDOWS_PATH,
];

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

    /// What earlier features do to this container.
    pub fn edits_of(&self, slot: Slot) -> &[InContainer<'p>] {
        self.in_containers.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// The amount that the kubelet will report to the container once the edits so far are made.
    pub fn amount(
        &self,
        pod: &Pod<'_>,
        (slot, container): (Slot, &Container<'_>),
        (section, resource): (Section, Resource),
    ) -> Option<Quantity> {
        let ours = |section| {
            // Amounts come first, and many variables may follow.
            self.edits_of(slot)
                .iter()
                .map_while(|edit| edit.amount())
                .find_map(|(of, what, amount)| ((of, what) == (section, resource)).then_some(amount.quantity()))
        };
        let counts = |amount: &Quantity| section == Section::Requests || !amount.is_zero();
        // The Pod's own limit stands in where the container has none, so ours comes first.
        ours(section)
            .filter(counts)
            .or_else(|| pod.amount(container, section, resource))
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

impl Outcome {
    /// Why it is not just in force, where there is something to say.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::InForce => None,
            Self::Guessed(guess) => guess.doubt,
            Self::Noted(reason)
            | Self::Doubtful(reason)
            | Self::Kept(reason)
            | Self::Adjusted(reason)
            | Self::Skipped(reason)
            | Self::PassedOver(reason) => Some(reason),
        }
    }

    /// In a word or two, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::Doubtful(_) => "in force",
            Self::Kept(_) => "kept",
            Self::Adjusted(_) => "adjusted",
            Self::Skipped(_) => "skipped",
            Self::PassedOver(_) => "passed over",
        }
    }

    /// The guessed port, if the outcome has one.
    pub fn guess(self) -> Option<Guess> {
        match self {
            Self::Guessed(guess) => Some(guess),
            _ => None,
        }
    }

    /// Whether whoever asked for it by annotation must hear of it.
    pub fn must_be_heard(self) -> bool {
        !matches!(self, Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::PassedOver(_))
    }
}
