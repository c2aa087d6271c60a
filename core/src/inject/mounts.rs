//! The paths of a container that mounts and block devices take, and those where nothing can be written.

use std::borrow::Cow;
use std::collections::HashSet;

use super::pod::{Container, Pod, VolumeMount};
use crate::annotation::paths::{comparable, is_at_or_below};

/// The facts that the paths in all containers of a Pod depend on.
pub(super) struct Paths<'m> {
    /// The names of the volumes that cannot be written to, whatever their mounts say.
    read_only: HashSet<&'m str>,
    /// Whether the Pod is for Windows, where fewer paths differ.
    pub(super) windows: bool,
}

impl<'m> Paths<'m> {
    /// Collects it, once for all containers.
    pub(super) fn of(pod: &'m Pod<'_>) -> Self {
        let read_only = pod.volumes().iter().filter(|volume| volume.read_only);
        let read_only = read_only.map(|volume| volume.name.as_str()).collect();
        Self { read_only, windows: pod.node().windows }
    }

    /// The path in the form in which paths of this Pod are compared.
    pub(super) fn comparable<'p>(&self, path: &'p str) -> Cow<'p, str> {
        comparable(path, self.windows)
    }
}

/// A container's mounts and devices.
pub(super) struct Mounts<'m>(Vec<Mount<'m>>);

struct Mount<'m> {
    /// Comparable.
    path: Cow<'m, str>,
    read_only: bool,
}

impl<'m> Mounts<'m> {
    /// Those that are there, and these read-only ones.
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

    /// Whether something is mounted at this comparable path or below it.
    pub(super) fn take(&self, path: &str) -> bool {
        self.0.iter().any(|mount| is_at_or_below(&mount.path, path))
    }

    /// Whether the mount that this comparable path lies in, the nearest above it, cannot be written to.
    pub(super) fn make_read_only(&self, path: &str) -> bool {
        let above = self.0.iter().filter(|mount| is_at_or_below(path, &mount.path));
        above.max_by_key(|mount| mount.path.len()).is_some_and(|mount| mount.read_only)
    }
}
