//! `downward-volume`: the Pod's labels and annotations as files, which the kubelet keeps up to date. One volume,
//! mounted in each container whose own paths leave room for it.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, DownwardAPIVolumeSource, ObjectFieldSelector};

use super::api_defaults;
use super::draft::in_json;
use super::mounts::{Mounts, Paths};
use super::pod::{Container, ContainerAt, Pod};
use super::reason::{AUTHORS_NULL, VIRTUAL_NODE, WINDOWS_PATH};
use super::{
    DownwardApiFile, DownwardApiSource, DownwardApiVolume, Draft, Entry, Feature, InContainer, InPod, Outcome,
    ReadOnlyMount, Reason,
};
use crate::annotation::paths::{MountPath, is_at_or_below};
use crate::profile::{Plan, Source, Wish};

const KEY: &str = "downward-volume";

/// The volume's name: descriptive, and unlikely in an author's manifest.
const VOLUME: &str = "downward-api-pod-info";

/// The files, each with its field of the Pod.
const FILES: [DownwardApiFile; 2] =
    [DownwardApiFile::new("labels", "metadata.labels"), DownwardApiFile::new("annotations", "metadata.annotations")];

/// The bytes of the volume and a mount as JSON, without the path.
const BYTES: usize = 96;

const NAME_TAKEN: Reason = Reason {
    code: "VolumeNameTaken",
    sentence: "the Pod has a different volume with the name downward-api-pod-info",
    remedy: "Rename the Pod's volume. If that volume has the same files, set the key to false.",
};
const PATH_TAKEN: Reason = Reason {
    code: "PathTaken",
    sentence: "the mount would hide another mount at or below the path",
    remedy: "Choose another path. CONTAINER.podwright.dev/downward-volume sets it for one container.",
};
const PATH_READ_ONLY: Reason = Reason {
    code: "PathReadOnly",
    sentence: "the path is in a read-only mount, so the container could not start",
    remedy: "Choose a path outside the read-only mount.",
};
const HOLDS_MESSAGE: Reason = Reason {
    code: "HoldsMessage",
    sentence: "the path overlaps the container's terminationMessagePath, and one of them could not be created",
    remedy: "Choose another path, or move terminationMessagePath.",
};

/// Adds a read-only mount to each container, and the volume if any container mounts it.
pub(super) const FEATURE: Feature =
    Feature { keys: &[KEY], fit, reasons: &[NAME_TAKEN, PATH_TAKEN, PATH_READ_ONLY, HOLDS_MESSAGE] };

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let there = pod.volumes().iter().find(|volume| volume.name.as_str() == VOLUME);
    let taken = there.is_some_and(|volume| !api_defaults::same_volume(volume, &source()));
    let paths = Paths::of(pod);
    let is_virtual = pod.node().is_virtual;
    let mut mounted = false;
    for (ContainerAt { slot, container }, wishes) in pod.containers().zip(&plan.containers) {
        if draft.is_overspent() {
            return;
        }
        let Some(wish) = wishes.downward_volume else { continue };
        let path = wish.value.as_str();
        draft.spend(BYTES + in_json(path));
        let outcome = match is_mounted(container, path, &paths) {
            _ if taken => Outcome::Skipped(NAME_TAKEN),
            false if pod.authored().volumes.is_null() || container.authored.volume_mounts.is_null() => {
                Outcome::Skipped(AUTHORS_NULL)
            }
            true => Outcome::InForce,
            false if is_virtual && wish.by == Source::Profile => Outcome::Skipped(VIRTUAL_NODE),
            false if wish.value.is_windows() && !paths.windows => Outcome::Skipped(WINDOWS_PATH),
            false => match obstacle(&paths, container, path) {
                Some(reason) => Outcome::Skipped(reason),
                None => {
                    mounted = true;
                    draft.edit(slot, InContainer::Mount(ReadOnlyMount::new(VOLUME, path)));
                    Outcome::InForce
                }
            },
        };
        draft.report(entry(container, &wish, outcome));
    }
    if mounted && there.is_none() {
        draft.edit_pod(InPod::Volume(DownwardApiVolume { name: VOLUME, source: DownwardApiSource { items: &FILES } }));
    }
}

fn entry<'p>(container: &'p Container<'p>, wish: &Wish<'_, MountPath>, outcome: Outcome) -> Entry<'p> {
    Entry { key: KEY, container: container.name.as_str(), item: Cow::Borrowed(""), by: wish.by, outcome }
}

fn is_mounted(container: &Container<'_>, path: &str, paths: &Paths<'_>) -> bool {
    let path = paths.comparable(path);
    let mut ours = container.volume_mounts.0.iter().filter(|mount| mount.name.as_str() == VOLUME);
    ours.any(|mount| paths.comparable(mount.mount_path.as_str()) == path)
}

/// Returns the reason against a mount at this path: it would hide the author's files or keep the container from
/// starting.
fn obstacle(paths: &Paths<'_>, container: &Container<'_>, path: &str) -> Option<Reason> {
    let mounts = Mounts::of(paths, container, std::iter::empty());
    let path = &paths.comparable(path);
    if mounts.take(path) {
        return Some(PATH_TAKEN);
    }
    if mounts.make_read_only(path) {
        return Some(PATH_READ_ONLY);
    }
    let message = api_defaults::message_path(container).map(|message| paths.comparable(message));
    message.filter(|message| is_at_or_below(message, path) || is_at_or_below(path, message)).map(|_| HOLDS_MESSAGE)
}

/// Builds the volume as the API's own type, for comparison with an existing one.
fn source() -> DownwardAPIVolumeSource {
    let file = |file: DownwardApiFile| DownwardAPIVolumeFile {
        path: file.path.to_owned(),
        field_ref: Some(ObjectFieldSelector { api_version: None, field_path: file.field_ref.field_path.to_owned() }),
        ..DownwardAPIVolumeFile::default()
    };
    DownwardAPIVolumeSource { items: Some(FILES.into_iter().map(file).collect()), ..DownwardAPIVolumeSource::default() }
}
