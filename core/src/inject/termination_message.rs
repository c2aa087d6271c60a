//! `termination-message-path` and `termination-message-policy`: the source of a container's termination message.
//!
//! The API server accepts any path, but a container does not start if the kubelet cannot create the file. podwright
//! therefore skips a path that conflicts with a mount.

use std::borrow::Cow;

use super::api_defaults;
use super::draft::in_json;
use super::mounts::{Mounts, Paths};
use super::pod::{Container, ContainerAt, Pod};
use super::reason::{KEPT_AUTHORS, KEPT_DEFAULT, OWNERS_DEFAULT, WINDOWS_PATH};
use super::{Draft, Entry, Feature, InContainer, Outcome, Reason};
use crate::profile::{Plan, Source, Wishes};

const PATH: &str = "termination-message-path";
const POLICY: &str = "termination-message-policy";

const MOUNT_AT_MESSAGE: Reason = Reason {
    code: "MountAtMessage",
    sentence: "a mount at or below the path leaves no place for the message file",
    remedy: "Choose a path with no mount at or below it, such as /tmp/termination-log.",
};
const MESSAGE_READ_ONLY: Reason = Reason {
    code: "MessageReadOnly",
    sentence: "the path is in a read-only mount, where the kubelet cannot create the file",
    remedy: "Choose a path in the container's own file system or in a writable mount.",
};

/// Sets the path and the policy, each only if the Pod has the default.
pub(super) const FEATURE: Feature =
    Feature { keys: &[PATH, POLICY], fit, reasons: &[MOUNT_AT_MESSAGE, MESSAGE_READ_ONLY] };

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let context = MessageContext { paths: Paths::of(pod), keeps_defaults: plan.keeps_defaults };
    for (at, wishes) in pod.containers().zip(&plan.containers) {
        if draft.is_overspent() {
            return;
        }
        fit_path(&context, at, wishes, draft);
        fit_policy(&context, at, wishes, draft);
    }
}

/// The facts that all containers of the Pod share.
struct MessageContext<'m> {
    paths: Paths<'m>,
    /// `true` if a profile must not replace a default.
    keeps_defaults: bool,
}

impl MessageContext<'_> {
    fn keeps_default(&self, by: Source) -> bool {
        self.keeps_defaults && by == Source::Profile
    }
}

fn fit_path<'p>(
    context: &MessageContext<'_>,
    ContainerAt { slot, container }: ContainerAt<'p>,
    wishes: &Wishes<'p>,
    draft: &mut Draft<'p>,
) {
    let Some(wish) = wishes.termination_message_path else { return };
    let wanted = wish.value.as_str();
    draft.spend(PATH.len() + in_json(wanted));
    let outcome = match api_defaults::message_path(container) {
        Some(there) if there == wanted => Outcome::InForce,
        Some(api_defaults::MESSAGE_PATH) => Outcome::Kept(KEPT_DEFAULT),
        Some(_) => Outcome::Kept(KEPT_AUTHORS),
        // The wish is the default, so nothing needs to change.
        None if wanted == api_defaults::MESSAGE_PATH => Outcome::InForce,
        None if context.keeps_default(wish.by) => Outcome::Kept(OWNERS_DEFAULT),
        None if wish.value.is_windows() && !context.paths.windows => Outcome::Skipped(WINDOWS_PATH),
        None => match obstacle(&context.paths, ContainerAt { slot, container }, wanted, draft) {
            Some(reason) => Outcome::Skipped(reason),
            None => {
                draft.edit(slot, InContainer::MessagePath(wish.value));
                Outcome::InForce
            }
        },
    };
    draft.report(entry(PATH, container, wish.by, outcome));
}

fn fit_policy<'p>(
    context: &MessageContext<'_>,
    ContainerAt { slot, container }: ContainerAt<'p>,
    wishes: &Wishes<'p>,
    draft: &mut Draft<'p>,
) {
    let Some(wish) = wishes.termination_message_policy else { return };
    let wanted = wish.value.as_str();
    let outcome = match api_defaults::message_policy(container) {
        Some(there) if there == wanted => Outcome::InForce,
        Some(api_defaults::MESSAGE_POLICY) => Outcome::Kept(KEPT_DEFAULT),
        Some(_) => Outcome::Kept(KEPT_AUTHORS),
        None if wanted == api_defaults::MESSAGE_POLICY => Outcome::InForce,
        None if context.keeps_default(wish.by) => Outcome::Kept(OWNERS_DEFAULT),
        None => {
            draft.edit(slot, InContainer::MessagePolicy(*wish.value));
            Outcome::InForce
        }
    };
    draft.report(entry(POLICY, container, wish.by, outcome));
}

fn entry<'p>(key: &'static str, container: &'p Container<'p>, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key, container: container.name.as_str(), item: Cow::Borrowed(""), by, outcome }
}

/// Returns the reason against a message file at this path: a mount of the author or of podwright.
fn obstacle(paths: &Paths<'_>, at: ContainerAt<'_>, path: &str, draft: &Draft<'_>) -> Option<Reason> {
    let ours = draft.edits_of(at.slot).iter().filter_map(|edit| match edit {
        InContainer::Mount(mount) => Some(mount.mount_path),
        _ => None,
    });
    let mounts = Mounts::of(paths, at.container, ours);
    let path = paths.comparable(path);
    match path {
        path if mounts.take(&path) => Some(MOUNT_AT_MESSAGE),
        path if mounts.make_read_only(&path) => Some(MESSAGE_READ_ONLY),
        _ => None,
    }
}
