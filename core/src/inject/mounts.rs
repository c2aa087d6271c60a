//! The paths of a container's mounts and block devices, and the read-only ones among them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::pod::{Container, Pod, VolumeMount};
use crate::annotation::paths::{comparable, is_at_or_below};

/// The facts that all path checks in one Pod share.
pub(super) struct Paths<'m> {
    /// The names of the read-only volumes. Their mounts are read-only too.
    read_only: HashSet<&'m str>,
    /// `true` if the Pod is for Windows, where different spellings mean the same path.
    pub(super) windows: bool,
}

impl<'m> Paths<'m> {
    /// Collects the facts, once for all containers.
    pub(super) fn of(pod: &'m Pod<'_>) -> Self {
        let read_only = pod.volumes().iter().filter(|volume| volume.read_only);
        let read_only = read_only.map(|volume| volume.name.as_str()).collect();
        Self { read_only, windows: pod.node().windows }
    }

    /// Returns the path in the form for comparison.
    pub(super) fn comparable<'p>(&self, path: &'p str) -> Cow<'p, str> {
        comparable(path, self.windows)
    }
}

/// A container's mounts and devices.
pub(super) struct Mounts<'m>(Vec<Mount<'m>>);

struct Mount<'m> {
    /// The path, in the form for comparison.
    path: Cow<'m, str>,
    read_only: bool,
}

impl<'m> Mounts<'m> {
    /// Collects the existing mounts and devices, and adds these read-only ones.
    pub(super) fn of(
        paths: &Paths<'_>,
        container: &'m Container<'_>,
        read_only: impl Iterator<Item = &'m str>,
    ) -> Self {
        let mounts = container.volume_mounts.0.iter();
        let is_read_only =
            |mount: &VolumeMount<'_>| mount.is_read_only() || paths.read_only.contains(mount.name.as_str());
        let mounts = mounts.map(|mount| (mount.mount_path.as_str(), is_read_only(mount)));
        let devices = container.volume_devices.0.iter().map(|device| (device.device_path.as_str(), false));
        let all = mounts.chain(devices).chain(read_only.map(|path| (path, true)));
        Self(all.map(|(path, read_only)| Mount { path: paths.comparable(path), read_only }).collect())
    }

    /// Returns whether a mount is at this path or below it. The path must be comparable.
    pub(super) fn take(&self, path: &str) -> bool {
        self.0.iter().any(|mount| is_at_or_below(&mount.path, path))
    }

    /// Returns whether the path is in a read-only mount: the nearest mount above it decides. The path must be
    /// comparable.
    pub(super) fn make_read_only(&self, path: &str) -> bool {
        let above = self.0.iter().filter(|mount| is_at_or_below(path, &mount.path));
        above.max_by_key(|mount| mount.path.len()).is_some_and(|mount| mount.read_only)
    }
}
