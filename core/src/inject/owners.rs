//! Pods that another controller than Kubernetes' own has made.
//!
//! An operator compares its Pods with those that it wants, and deletes one that differs, for ever. So a Namespace's opt-in does
//! not reach such a Pod, and a profile that the Pod asks for replaces no default in it.

use std::borrow::Cow;

use super::context::InjectContext;
use super::pod::Owner;
use super::{Draft, Entry, Outcome, Reason};
use crate::profile::{Configuration, OptIn, Source};

pub(super) const OTHER_CONTROLLER: Reason = Reason {
    code: "OtherController",
    sentence: "this controller created the Pod, and may delete it again and again if podwright changes a field",
    remedy: "Set an annotation in the Pod template of the controller's object. If the controller ignores additional \
             fields, add its kind to ownerKinds in the configuration.",
};

/// Whether the owner may compare its Pods with those that it wants.
pub(super) fn compares(owner: &Owner<'_>, configuration: &Configuration) -> bool {
    !owner.is_built_in() && !configuration.owner_kinds.contains(&owner.to_string())
}

/// The opt-in without what the Namespace turns on.
pub(super) fn withheld(opt_in: OptIn<'_>) -> OptIn<'_> {
    match opt_in {
        OptIn::Namespace { profile } => OptIn::Withheld { profile },
        own @ (OptIn::Pod | OptIn::Withheld { .. }) => own,
    }
}

/// Reports that the Namespace's opt-in does not reach the Pod. Not in the status: that is a difference, too.
pub(super) fn note<'p>(context: InjectContext<'p>, draft: &mut Draft<'p>) {
    if let Some(owner) = context.withheld {
        let outcome = Outcome::Skipped(OTHER_CONTROLLER);
        let item = Cow::Owned(owner.to_string());
        draft.report(Entry { key: "inject", container: "", item, by: Source::Profile, outcome });
    }
}
