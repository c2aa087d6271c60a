//! The bundles of the webhook configurations: the CAs in them, and the content that they should have.

use std::time::SystemTime;

use super::schedule::Lifetimes;
use crate::cert::{Certificate, pem_of};

/// The `caBundle` of each entry of each webhook configuration; `None` for a configuration that does not exist, so it needs no
/// bundle.
pub type Bundles = Vec<Option<Vec<Vec<u8>>>>;

/// The certificates of every entry.
pub(super) struct ParsedBundles {
    configurations: Vec<Option<Vec<Vec<Certificate>>>>,
}

/// A CA, and the start of the current period in which podwright has observed it.
pub(super) struct Sighting {
    pub(super) ca: Certificate,
    pub(super) since: SystemTime,
}

impl ParsedBundles {
    pub(super) fn parse(bundles: &Bundles) -> Self {
        let parse = |entries: &Vec<Vec<u8>>| entries.iter().map(|pem| Certificate::all_of(pem)).collect();
        Self { configurations: bundles.iter().map(|entries| entries.as_ref().map(parse)).collect() }
    }

    /// Reports whether every entry has this CA.
    pub(super) fn all_have(&self, ca: &Certificate) -> bool {
        self.entries().all(|entry| entry.contains(ca))
    }

    /// Reports whether every entry verifies the serving certificate.
    pub(super) fn all_verify(&self, serving: &Certificate, now: SystemTime) -> bool {
        self.first_without(serving, now).is_none()
    }

    /// Returns the index of the first configuration that does not verify the serving certificate.
    pub(super) fn first_without(&self, serving: &Certificate, now: SystemTime) -> Option<usize> {
        let accepts = |entry: &Vec<Certificate>| entry.iter().any(|ca| ca.is_valid(now) && serving.is_signed_by(ca));
        let refuses =
            |configuration: &Option<Vec<Vec<Certificate>>>| configuration.iter().flatten().any(|entry| !accepts(entry));
        self.configurations.iter().position(refuses)
    }

    /// Returns the valid CAs of all entries that are not known, without duplicates.
    pub(super) fn unknown(&self, known: &[Certificate], now: SystemTime) -> Vec<Certificate> {
        let mut unknown: Vec<Certificate> = Vec::new();
        for certificate in self.entries().flatten() {
            let useful = certificate.is_ca() && certificate.is_valid(now);
            if useful && !known.contains(certificate) && !unknown.contains(certificate) {
                unknown.push(certificate.clone());
            }
        }
        unknown
    }

    fn entries(&self) -> impl Iterator<Item = &Vec<Certificate>> {
        self.configurations.iter().flatten().flatten()
    }
}

/// Returns a sighting of each CA. A CA with an earlier sighting keeps its start.
pub(super) fn sighted(before: &[Sighting], cas: Vec<Certificate>, now: SystemTime) -> Vec<Sighting> {
    let since = |ca: &Certificate| before.iter().find(|known| known.ca == *ca).map_or(now, |known| known.since);
    cas.into_iter().map(|ca| Sighting { since: since(&ca), ca }).collect()
}

/// The CAs for the bundle of every entry.
pub(super) struct WantedBundle<'a> {
    pub(super) known: &'a [Certificate],
    pub(super) unknown: &'a [Sighting],
    pub(super) lifetimes: Lifetimes,
}

impl WantedBundle<'_> {
    /// Returns the known CAs, and the unknown ones within their grace period, as PEM; nothing without a known CA.
    pub(super) fn pem(&self, now: SystemTime) -> Option<Vec<u8>> {
        let grace = self.lifetimes.unknown_ca_grace();
        let unknown = self.unknown.iter().filter(|sighting| now < sighting.since + grace).map(|sighting| &sighting.ca);
        let mut all: Vec<Certificate> = self.known.iter().chain(unknown).cloned().collect();
        all.sort_by(|one, other| one.order().cmp(&other.order()));
        all.dedup_by(|one, other| one.der() == other.der());
        (!self.known.is_empty()).then(|| pem_of(&all))
    }
}
