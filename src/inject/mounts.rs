//! Which paths of a container are taken by mounts and block devices, and where nothing can be written.

use std::borrow::Cow;

use super::pod::{Container, Pod};
use crate::annotation::paths::{cleaned, is_at_or_below};

/// A container's mounts and devices.
pub(super) struct Mounts<'m>(Vec<Mount<'m>>);

struct Mount<'m> {
    /// Cleaned.
    path: Cow<'m, str>,
    read_only: bool,
}

impl<'m> Mounts<'m> {
    /// Those that are there, and these read-only ones.
    pub(super) fn of(pod: &Pod<'_>, container: &'m Container<'_>, read_only: impl Iterator<Item = &'m str>) -> Self {
        let mounts = container.volume_mounts.0.iter();
        let mounts = mounts.map(|mount| (mount.mount_path.as_str(), mount.is_read_only(pod.volumes())));
        let devices = container.volume_devices.0.iter().map(|device| (device.device_path.as_str(), false));
        let all = mounts.chain(devices).chain(read_only.map(|path| (path, true)));
        Self(all.map(|(path, read_only)| Mount { path: cleaned(path), read_only }).collect())
    }

    /// Whether something is mounted at this path or below it.
    pub(super) fn take(&self, path: &str) -> bool {
        self.0.iter().any(|mount| is_at_or_below(&mount.path, path))
    }

    /// Whether the mount that this path lies in, the nearest above it, cannot be written to.
    pub(super) fn make_read_only(&self, path: &str) -> bool {
        let above = self.0.iter().filter(|mount| is_at_or_below(path, &mount.path));
        above.max_by_key(|mount| mount.path.len()).is_some_and(|mount| mount.read_only)
    }
}
