//! The bundles of the webhook configurations: which CAs they all have, and which bytes they are to hold.

use std::time::SystemTime;

use super::Lives;
use crate::cert::{Certificate, pem_of};

/// The `caBundle` of each entry of each webhook configuration; `None` where there is no such configuration, which is then
/// nobody's to be trusted by.
pub type Bundles = Vec<Option<Vec<Vec<u8>>>>;

/// Every entry's certificates.
pub(super) struct Trusting {
    configurations: Vec<Option<Vec<Vec<Certificate>>>>,
}

/// A certificate in a bundle that is not known here, and since when it is seen.
pub(super) type Stranger = (Certificate, SystemTime);

impl Trusting {
    pub(super) fn read(bundles: &Bundles) -> Self {
        let read = |entries: &Vec<Vec<u8>>| entries.iter().map(|pem| Certificate::all_of(pem)).collect();
        Self { configurations: bundles.iter().map(|entries| entries.as_ref().map(read)).collect() }
    }

    /// Whether everyone who calls has it.
    pub(super) fn all_have(&self, ca: &Certificate) -> bool {
        self.entries().all(|entry| entry.contains(ca))
    }

    /// Whether everyone who calls would accept it; the number of the first configuration that would not.
    pub(super) fn all_verify(&self, leaf: &Certificate, now: SystemTime) -> Result<(), usize> {
        let accepts =
            |entry: &Vec<Certificate>| entry.iter().any(|ca| ca.is_valid(now).is_ok() && leaf.is_signed_by(ca));
        let refuses =
            |configuration: &Option<Vec<Vec<Certificate>>>| configuration.iter().flatten().any(|entry| !accepts(entry));
        self.configurations.iter().position(refuses).map_or(Ok(()), Err)
    }

    /// What is in some bundle and not among these.
    pub(super) fn strangers(&self, known: &[Certificate], now: SystemTime) -> Vec<Certificate> {
        let mut strangers: Vec<Certificate> = Vec::new();
        for certificate in self.entries().flatten() {
            let useful = certificate.signs() && certificate.is_valid(now).is_ok();
            if useful && !known.contains(certificate) && !strangers.contains(certificate) {
                strangers.push(certificate.clone());
            }
        }
        strangers
    }

    fn entries(&self) -> impl Iterator<Item = &Vec<Certificate>> {
        self.configurations.iter().flatten().flatten()
    }
}

/// Those that stay for now, with the moment that each was first seen at.
pub(super) fn lingering(seen: &[Stranger], strangers: Vec<Certificate>, now: SystemTime) -> Vec<Stranger> {
    let since = |stranger: &Certificate| seen.iter().find(|(known, _)| known == stranger).map_or(now, |(_, at)| *at);
    strangers.into_iter().map(|stranger| (stranger.clone(), since(&stranger))).collect()
}

/// What every entry is to hold: the CAs of ours, and strangers until they have lingered. Nothing where there is no CA.
pub(super) fn wanted(ours: &[Certificate], strangers: &[Stranger], lives: Lives, now: SystemTime) -> Option<Vec<u8>> {
    let lingers = strangers.iter().filter(|(_, since)| now < *since + lives.lingers()).map(|(stranger, _)| stranger);
    let mut all: Vec<Certificate> = ours.iter().chain(lingers).cloned().collect();
    all.sort_by(|one, other| one.order().cmp(&other.order()));
    all.dedup_by(|one, other| one.der() == other.der());
    (!ours.is_empty()).then(|| pem_of(&all))
}
