//! One replica: what it serves with, what it remembers, and what it makes of what it sees.

use std::time::{Duration, SystemTime};

use super::bundles::{Stranger, Trusting, lingering, wanted};
use super::step::Next;
use super::{Bundles, Changes, Data, Found, Leaf, Lives, Step, due};
use crate::cert::{Certificate, Error, Name, written};

/// How long nothing is looked at, where nothing happens.
const IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// What there is now.
pub struct Seen<'a> {
    /// The Secret's data; absent where there is no Secret.
    pub secret: Option<&'a Data>,
    /// What the webhook configurations trust.
    pub bundles: &'a Bundles,
    /// What time it is.
    pub now: SystemTime,
}

/// What is to be done, all of it now.
pub struct Decision {
    /// A change of the Secret, and what it writes.
    pub secret: Option<(Step, Result<Changes, Error>)>,
    /// For each configuration what every entry's `caBundle` is to be, where it is something else.
    pub bundles: Vec<Option<Vec<u8>>>,
    /// What to serve from now on, where it is something else.
    pub serve: Option<Served>,
    /// Which configuration does not trust what is served, by its number, and why nothing is served where nothing is.
    pub trusted: Result<(), Distrust>,
    /// When to look again, where nothing happens before.
    pub again: SystemTime,
}

/// Why the API server would not accept what is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// There is nothing yet: what is wrong with the Secret.
    NothingServed(String),
    /// The configuration of this number has a bundle under which it does not verify.
    Configuration(usize),
}

/// A serving certificate, and the CA that it verifies under.
#[derive(Clone)]
pub struct Served {
    /// The certificate and its key.
    pub leaf: Leaf,
    /// Who signed it.
    pub ca: Certificate,
}

/// What a replica knows that is nowhere else.
pub struct Replica {
    names: Vec<Name>,
    lives: Lives,
    /// The last that the Secret held and that was whole.
    memory: Option<Data>,
    serving: Option<Served>,
    /// The CAs that all bundles have, and since when.
    trusted: Vec<Stranger>,
    strangers: Vec<Stranger>,
}

impl Replica {
    /// One that serves nothing yet, under these names.
    pub fn new(names: Vec<Name>, lives: Lives) -> Self {
        Self { names, lives, memory: None, serving: None, trusted: Vec::new(), strangers: Vec::new() }
    }

    /// What to do about what there is.
    pub fn look(&mut self, seen: &Seen<'_>) -> Decision {
        let Seen { secret, bundles, now } = *seen;
        let empty = Data::new();
        let data = secret.unwrap_or(&empty);
        let found = Found::read(data, &self.names, now);
        if found.is_whole() {
            self.memory = Some(data.clone());
        }
        let trusting = Trusting::read(bundles);
        self.note_trusted(&found, &trusting, now);
        let serve = self.serve(&found, &trusting, now);
        let step = secret.and_then(|data| self.step(data, &found, now));
        let ours = self.authorities(&found, now);
        self.strangers = lingering(&self.strangers, trusting.strangers(&ours, now), now);
        let again = self.again(&found, now);
        let trusted = self.standing(secret.map(|_| &found), &trusting, now);
        Decision { secret: step, bundles: self.bundles(&ours, bundles, now), serve, trusted, again }
    }

    fn step(&self, data: &Data, found: &Found, now: SystemTime) -> Option<(Step, Result<Changes, Error>)> {
        let memory = self.memory.as_ref().map(|memory| Found::read(memory, &self.names, now));
        let next = match found.next.as_ref() {
            Some(Ok(next)) if self.is_settled(next, now) => Next::Settled,
            _ => Next::Unsettled,
        };
        let step = Step::due((data, found), memory.as_ref(), next, now)?;
        let changes = step.write((found, self.memory.as_ref()), &self.names, self.lives, now);
        Some((step, changes))
    }

    /// The CAs of the Secret, and the one of what is served here, which may be another one.
    fn authorities(&self, found: &Found, now: SystemTime) -> Vec<Certificate> {
        let own = self.serving.iter().filter(|served| served.leaf.certificate.is_valid(now).is_ok());
        let own = own.map(|served| &served.ca);
        found.authorities().into_iter().chain(own).cloned().collect()
    }

    fn note_trusted(&mut self, found: &Found, trusting: &Trusting, now: SystemTime) {
        let known = self.authorities(found, now).into_iter().filter(|ca| trusting.all_have(ca)).collect();
        self.trusted = lingering(&self.trusted, known, now);
    }

    fn is_settled(&self, ca: &Certificate, now: SystemTime) -> bool {
        self.trusted.iter().any(|(known, since)| known == ca && now >= *since + self.lives.settled())
    }

    /// What is in the Secret, as soon as that is no worse than what is served.
    fn serve(&mut self, found: &Found, trusting: &Trusting, now: SystemTime) -> Option<Served> {
        let (leaf, ca) = (found.leaf.as_ref().ok()?, found.ca.as_ref().ok()?);
        let better = match &self.serving {
            None => true,
            Some(served) if served.leaf.certificate == leaf.certificate => false,
            Some(served) => {
                let works = |leaf: &Certificate| leaf.is_valid(now).is_ok() && trusting.all_verify(leaf, now).is_ok();
                let is_used = works(&served.leaf.certificate);
                self.is_settled(ca, now) || served.ca == *ca || (!is_used && works(&leaf.certificate))
            }
        };
        let served = better.then(|| Served { leaf: leaf.clone(), ca: ca.clone() })?;
        self.serving = Some(served.clone());
        Some(served)
    }

    fn bundles(&self, ours: &[Certificate], bundles: &Bundles, now: SystemTime) -> Vec<Option<Vec<u8>>> {
        let wanted = wanted(ours, &self.strangers, self.lives, now);
        let differs = |entries: &Vec<Vec<u8>>| entries.iter().any(|entry| Some(entry) != wanted.as_ref());
        let change = |entries: &Option<Vec<Vec<u8>>>| {
            let entries = entries.as_ref()?;
            if differs(entries) { wanted.clone() } else { None }
        };
        bundles.iter().map(change).collect()
    }

    fn standing(&self, found: Option<&Found>, trusting: &Trusting, now: SystemTime) -> Result<(), Distrust> {
        let Some(served) = &self.serving else {
            let why = match found {
                Some(found) => found.leaf.as_ref().err().cloned().unwrap_or_default(),
                None => "it is not there".to_owned(),
            };
            return Err(Distrust::NothingServed(why));
        };
        trusting.all_verify(&served.leaf.certificate, now).map_err(Distrust::Configuration)
    }

    fn again(&self, found: &Found, now: SystemTime) -> SystemTime {
        let leaf = found.leaf.iter().flat_map(|leaf| [due(&leaf.certificate), leaf.certificate.not_after()]);
        let ca = found.ca.iter().flat_map(|ca| [due(ca), ca.not_after()]);
        let served = self.serving.iter().map(|served| served.leaf.certificate.not_after());
        let previous = found.previous.iter().map(|(_, end)| *end);
        let settled = self.trusted.iter().map(|(_, since)| *since + self.lives.settled());
        let lingered = self.strangers.iter().map(|(_, since)| *since + self.lives.lingers());
        let all = leaf.chain(ca).chain(served).chain(previous).chain(settled).chain(lingered);
        all.filter(|moment| *moment > now).chain([now + IDLE]).min().unwrap_or(now + IDLE)
    }
}

impl Served {
    /// Its end, in a word for the log.
    pub fn told(&self) -> String {
        let names: Vec<String> = self.leaf.certificate.names().iter().map(ToString::to_string).collect();
        format!("{}, until {}", names.join(", "), written(self.leaf.certificate.not_after()))
    }
}
