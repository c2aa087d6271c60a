//! The manifest for krew, which installs podwright as a kubectl plugin.

use super::archive::sha256;
use crate::dist::release::{Release, VERSION};

/// A packed binary: its processor, and its archive's name and content.
pub(in crate::dist) struct Packed {
    pub(in crate::dist) processor: &'static str,
    pub(in crate::dist) name: String,
    pub(in crate::dist) content: Vec<u8>,
}

/// The manifest for these archives.
pub(in crate::dist) fn manifest(archives: &[Packed], release: &Release) -> String {
    let platform = |packed: &Packed| {
        include_str!("krew-platform.yaml")
            .replace("{arch}", packed.processor)
            .replace("{uri}", &release.download(&packed.name))
            .replace("{sha256}", &sha256(&packed.content))
    };
    let platforms: String = archives.iter().map(platform).collect();
    include_str!("krew.yaml")
        .replace("{version}", VERSION)
        .replace("{home}", &release.home())
        .replace("{platforms}", platforms.trim_end())
}
