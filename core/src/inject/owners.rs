//! Pods of controllers other than Kubernetes' own.
//!
//! An operator may compare its Pods with its template and delete each Pod that differs, again and again. A Namespace's
//! opt-in therefore does not apply to such a Pod, and a profile replaces no default in it.

use std::borrow::Cow;

use super::context::InjectContext;
use super::pod::Owner;
use super::{Draft, Entry, Outcome, Reason};
use crate::profile::{Configuration, OptIn, Source};

pub(super) const OTHER_CONTROLLER: Reason = Reason {
    code: "OtherController",
    sentence: "this controller created the Pod, and may delete it again and again if podwright changes a field",
    remedy: "Set podwright's annotations in the Pod template of the controller's object. If the controller ignores \
             additional fields, add its kind to ownerKinds in the configuration.",
};

/// Returns whether the owner may compare its Pods with its template.
pub(super) fn compares(owner: &Owner<'_>, configuration: &Configuration) -> bool {
    !owner.is_built_in() && !configuration.owner_kinds.contains(&owner.to_string())
}

/// Removes the Namespace's part from the opt-in.
pub(super) fn withheld(opt_in: OptIn<'_>) -> OptIn<'_> {
    match opt_in {
        OptIn::Namespace { profile } => OptIn::Withheld { profile },
        own @ (OptIn::Pod | OptIn::Withheld { .. }) => own,
    }
}

/// Reports that the Namespace's opt-in does not apply to the Pod. The status stays unwritten, because it would be a
/// difference too.
pub(super) fn note<'p>(context: InjectContext<'p>, draft: &mut Draft<'p>) {
    if let Some(owner) = context.withheld {
        let outcome = Outcome::Skipped(OTHER_CONTROLLER);
        let item = Cow::Owned(owner.to_string());
        draft.report(Entry { key: "inject", container: "", item, by: Source::Profile, outcome });
    }
}
