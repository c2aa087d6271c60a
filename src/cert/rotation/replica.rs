//! One replica: its memory, its served pair and its decisions.

use std::time::{Duration, SystemTime};

use super::bundles::{Bundles, ParsedBundles, Sighting, WantedBundle, sighted};
use super::schedule::{Lifetimes, renewal_time};
use super::secret_changes::{ChangeError, ChangeMaker, SecretChanges};
use super::step::{Facts, NextCa, RotationStep};
use super::stored::{SecretData, ServingCertificate, StoredCertificates, StoredProblem};
use crate::cert::{Certificate, Name};

/// The longest time until the next check.
const IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// The observed objects, and the time of observation.
pub struct Observation<'a> {
    /// The Secret's data; `None` if the Secret does not exist.
    pub secret: Option<&'a SecretData>,
    /// The bundles of the webhook configurations.
    pub bundles: &'a Bundles,
    /// The current time.
    pub now: SystemTime,
}

/// All actions to take now.
pub struct Decision {
    /// A change of the Secret.
    pub secret: Option<PlannedStep>,
    /// For each configuration, the new `caBundle` of all entries; `None` if it is right.
    pub bundles: Vec<Option<Vec<u8>>>,
    /// The new certificate to serve; `None` if it stays.
    pub serve: Option<Served>,
    /// Whether API servers trust the served certificate.
    pub trusted: Result<(), Distrust>,
    /// The time of the next check, if nothing changes earlier.
    pub again: SystemTime,
}

/// A step and its changes.
pub struct PlannedStep {
    /// The step.
    pub step: RotationStep,
    /// The changes, or the reason why they cannot be made.
    pub changes: Result<SecretChanges, ChangeError>,
}

/// Reasons why an API server would not trust the served certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// The replica serves nothing yet, because the Secret has this problem.
    NothingServed(StoredProblem),
    /// A bundle of the configuration with this index does not verify the certificate.
    Configuration(usize),
}

/// A serving certificate, and its CA.
#[derive(Clone)]
pub struct Served {
    /// The certificate and its key.
    pub serving: ServingCertificate,
    /// The CA that signed it.
    pub ca: Certificate,
}

/// One replica's state, which it shares with no other replica.
pub struct Replica {
    names: Vec<Name>,
    lifetimes: Lifetimes,
    /// The last usable content of the Secret.
    remembered: Option<SecretData>,
    served: Option<Served>,
    /// The CAs in all bundles.
    trusted: Vec<Sighting>,
    /// The CAs in any bundle that this replica does not know.
    unknown: Vec<Sighting>,
}

impl Replica {
    /// Creates a replica that serves nothing yet.
    pub fn new(names: Vec<Name>, lifetimes: Lifetimes) -> Self {
        Self { names, lifetimes, remembered: None, served: None, trusted: Vec::new(), unknown: Vec::new() }
    }

    /// Decides on the actions for the observed objects.
    pub fn decide(&mut self, observation: &Observation<'_>) -> Decision {
        let Observation { secret, bundles, now } = *observation;
        let empty = SecretData::new();
        let stored = StoredCertificates::read(secret.unwrap_or(&empty), &self.names, now);
        if stored.is_whole() {
            self.remembered = secret.cloned();
        }
        let parsed = ParsedBundles::parse(bundles);
        self.note_trusted(&stored, &parsed, now);
        let serve = self.serve(&stored, &parsed, now);
        let step = secret.and_then(|data| self.step(data, &stored, now));
        let known = self.cas(&stored, now);
        self.unknown = sighted(&self.unknown, parsed.unknown(&known, now), now);
        let wanted = WantedBundle { known: &known, unknown: &self.unknown, lifetimes: self.lifetimes }.pem(now);
        Decision {
            secret: step,
            bundles: bundle_changes(bundles, wanted.as_deref()),
            serve,
            trusted: self.check_trusted(secret.map(|_| &stored), &parsed, now),
            again: self.again(&stored, now),
        }
    }

    fn step(&self, data: &SecretData, stored: &StoredCertificates, now: SystemTime) -> Option<PlannedStep> {
        let remembered = self.remembered.as_ref().map(|data| StoredCertificates::read(data, &self.names, now));
        let next_ca = match stored.next_ca.as_ref() {
            Some(Ok(next)) if self.is_trusted(next, now) => NextCa::Trusted,
            _ => NextCa::NotYetTrusted,
        };
        let step = Facts { data, stored, remembered: remembered.as_ref(), next_ca, now }.due()?;
        let (remembered, names, lifetimes) = (self.remembered.as_ref(), self.names.as_slice(), self.lifetimes);
        let changes = ChangeMaker { stored, remembered, names, lifetimes, now }.changes(&step);
        Some(PlannedStep { step, changes })
    }

    /// Returns the Secret's CAs and the served certificate's CA, which may differ from them.
    fn cas(&self, stored: &StoredCertificates, now: SystemTime) -> Vec<Certificate> {
        let own = self.served.iter().filter(|served| served.serving.certificate.is_valid(now));
        let own = own.map(|served| &served.ca);
        stored.cas().into_iter().chain(own).cloned().collect()
    }

    fn note_trusted(&mut self, stored: &StoredCertificates, bundles: &ParsedBundles, now: SystemTime) {
        let trusted = self.cas(stored, now).into_iter().filter(|ca| bundles.all_have(ca)).collect();
        self.trusted = sighted(&self.trusted, trusted, now);
    }

    /// Reports whether this CA has been in every bundle for long enough.
    fn is_trusted(&self, ca: &Certificate, now: SystemTime) -> bool {
        self.trusted.iter().any(|trusted| trusted.ca == *ca && now >= trusted.since + self.lifetimes.propagation())
    }

    /// Switches to the Secret's certificate as soon as API servers trust it at least as well as the served one.
    fn serve(&mut self, stored: &StoredCertificates, bundles: &ParsedBundles, now: SystemTime) -> Option<Served> {
        let (serving, ca) = (stored.serving.as_ref().ok()?, stored.ca.as_ref().ok()?);
        let is_better = match &self.served {
            None => true,
            Some(served) if served.serving.certificate == serving.certificate => false,
            Some(served) => {
                let works =
                    |certificate: &Certificate| certificate.is_valid(now) && bundles.all_verify(certificate, now);
                let rescues = || !works(&served.serving.certificate) && works(&serving.certificate);
                self.is_trusted(ca, now) || served.ca == *ca || rescues()
            }
        };
        let served = is_better.then(|| Served { serving: serving.clone(), ca: ca.clone() })?;
        self.served = Some(served.clone());
        Some(served)
    }

    fn check_trusted(
        &self,
        stored: Option<&StoredCertificates>,
        bundles: &ParsedBundles,
        now: SystemTime,
    ) -> Result<(), Distrust> {
        let Some(served) = &self.served else {
            let problem = stored.and_then(|stored| stored.serving.as_ref().err().cloned());
            return Err(Distrust::NothingServed(problem.unwrap_or(StoredProblem::NoSecret)));
        };
        bundles
            .first_without(&served.serving.certificate, now)
            .map_or(Ok(()), |index| Err(Distrust::Configuration(index)))
    }

    fn again(&self, stored: &StoredCertificates, now: SystemTime) -> SystemTime {
        let moments = |certificate: &Certificate| [renewal_time(certificate), certificate.not_after()];
        let serving = stored.serving.iter().flat_map(|serving| moments(&serving.certificate));
        let ca = stored.ca.iter().flat_map(moments);
        let served = self.served.iter().map(|served| served.serving.certificate.not_after());
        let previous = stored.previous.iter().map(|previous| previous.needed_until);
        let trusted = self.trusted.iter().map(|trusted| trusted.since + self.lifetimes.propagation());
        let unknown = self.unknown.iter().map(|unknown| unknown.since + self.lifetimes.unknown_ca_grace());
        let all = serving.chain(ca).chain(served).chain(previous).chain(trusted).chain(unknown);
        all.filter(|moment| *moment > now).chain([now + IDLE]).min().unwrap_or(now + IDLE)
    }
}

/// Returns the wanted bundle for each configuration with an entry that differs from it.
fn bundle_changes(bundles: &Bundles, wanted: Option<&[u8]>) -> Vec<Option<Vec<u8>>> {
    let change = |entries: &Option<Vec<Vec<u8>>>| {
        let wanted = wanted?;
        let differs = entries.as_ref()?.iter().any(|entry| entry != wanted);
        differs.then(|| wanted.to_vec())
    };
    bundles.iter().map(change).collect()
}
