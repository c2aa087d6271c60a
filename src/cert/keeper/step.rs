//! One change of the Secret: which one is due, and what it writes.
//!
//! Steps are small, and each leaves a Secret that can be served from: whoever comes next, this replica or another one, goes on
//! from what is there.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::found::{Leaf, PREVIOUS_MOST};
use super::{CA, CA_KEY, Data, Found, KEYS, LEAF, LEAF_KEY, Lives, NEXT, NEXT_KEY, PREVIOUS, PREVIOUS_LEAF, due};
use crate::cert::{Authority, Certificate, Error, Name, pem_of};

/// What the Secret is to hold from now on, by key; nothing where a key is to go.
pub type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// What is to be changed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is no CA: one is made, and a serving certificate. What was wrong.
    Begin(String),
    /// What was there last is written back. What is wrong with what is there now.
    Restore(String),
    /// A new serving certificate. What is wrong with the one that is there, or nothing where it is only time.
    Issue(Option<String>),
    /// A CA that is to come, so that it is trusted before anything is served that it signed. Why, unless it is only time.
    Announce(Option<String>),
    /// The CA to come is the CA, and signs.
    Promote,
    /// What is of no use any more goes.
    Tidy,
}

/// How the CA to come stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Every bundle has had it for long enough.
    Settled,
    /// Not yet, or there is none.
    Unsettled,
}

impl Step {
    /// As a metric's label, and in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Begin(_) => "begin",
            Self::Restore(_) => "restore",
            Self::Issue(_) => "leaf",
            Self::Announce(_) => "next_ca",
            Self::Promote => "ca",
            Self::Tidy => "tidy",
        }
    }

    /// All of the words.
    pub const WORDS: [&'static str; 6] = ["begin", "restore", "leaf", "next_ca", "ca", "tidy"];

    /// What it does and why, for the log.
    pub fn told(&self) -> String {
        match self {
            Self::Begin(why) => format!("a CA and a serving certificate are made: {why}"),
            Self::Restore(why) => format!("what the Secret held before is written back: {why}"),
            Self::Issue(Some(why)) => format!("a serving certificate is made: {why}"),
            Self::Issue(None) => "a serving certificate is made: two thirds of the last one's life are over".to_owned(),
            Self::Announce(Some(why)) => format!("a CA is made that is to follow: {why}"),
            Self::Announce(None) => "a CA is made that is to follow: two thirds of the CA's life are over".to_owned(),
            Self::Promote => "the CA that was to follow is the CA, and has signed a serving certificate".to_owned(),
            Self::Tidy => "CAs are dropped whose last certificate has expired, and what cannot be used".to_owned(),
        }
    }

    /// The one that is due, if any.
    pub(super) fn due(
        (data, found): (&Data, &Found),
        memory: Option<&Found>,
        next: Next,
        now: SystemTime,
    ) -> Option<Self> {
        let restorable = memory.is_some_and(|memory| memory.ca.is_ok() && memory.signer.is_ok());
        let ca = match &found.ca {
            Ok(ca) => ca,
            Err(_) if found.next_signer.is_some() => return Some(Self::Promote),
            Err(why) if restorable => return Some(Self::Restore(why.clone())),
            Err(why) => return Some(Self::Begin(why.clone())),
        };
        let leaf_due = match (&found.leaf, &found.signer) {
            (Err(why), Ok(_)) => return Some(Self::Issue(Some(why.clone()))),
            (Err(_), Err(_)) if found.next_signer.is_some() => return Some(Self::Promote),
            (Err(why), Err(also)) if restorable => return Some(Self::Restore(format!("{why}; {also}"))),
            (Err(why), Err(also)) => return Some(Self::Begin(format!("{why}; {also}"))),
            (Ok(leaf), _) => due_to_be_renewed(leaf, ca, now),
        };
        if leaf_due && found.signer.is_ok() {
            return Some(Self::Issue(None));
        }
        match (&found.next_signer, next) {
            (Some(_), Next::Settled) => return Some(Self::Promote),
            (Some(_), Next::Unsettled) => {}
            (None, _) if found.signer.is_err() => return Some(Self::Announce(found.signer.as_ref().err().cloned())),
            (None, _) if now >= due(ca) => return Some(Self::Announce(None)),
            (None, _) => {}
        }
        found.is_untidy(data).then_some(Self::Tidy)
    }

    /// What it writes; keys are made here, and only here.
    pub(super) fn write(
        &self,
        (found, memory): (&Found, Option<&Data>),
        names: &[Name],
        lives: Lives,
        now: SystemTime,
    ) -> Result<Changes, Error> {
        match self {
            Self::Begin(_) => {
                let authority = Authority::create_for(lives.authority(now))?;
                Ok(join([begun(&authority), issued(&authority, names, lives, now)?, no_next(), kept(found, None)]))
            }
            Self::Restore(_) => Ok(memory.map(restored).unwrap_or_default()),
            Self::Issue(_) => match &found.signer {
                Ok(authority) => issued(authority, names, lives, now),
                Err(why) => Err(Error::new(why.clone())),
            },
            Self::Announce(_) => {
                let authority = Authority::create_for(lives.authority(now))?;
                Ok(Changes::from([
                    set(NEXT, authority.certificate_pem().as_bytes()),
                    set(NEXT_KEY, authority.key_pem().as_bytes()),
                ]))
            }
            Self::Promote => match &found.next_signer {
                Some(next) => {
                    let last = found.ca.as_ref().ok().zip(found.leaf.as_ref().ok());
                    Ok(join([begun(next), issued(next, names, lives, now)?, no_next(), kept(found, last)]))
                }
                None => Err(Error::new(format!("{NEXT} is not there"))),
            },
            Self::Tidy => {
                let next = if found.next_signer.is_some() { Changes::new() } else { no_next() };
                Ok(join([next, kept(found, None)]))
            }
        }
    }
}

/// Where it ends with its CA, a new one would end then as well.
fn due_to_be_renewed(leaf: &Leaf, ca: &Certificate, now: SystemTime) -> bool {
    now >= due(&leaf.certificate) && leaf.certificate.not_after() < ca.not_after()
}

fn begun(authority: &Authority) -> Changes {
    Changes::from([set(CA, authority.certificate_pem().as_bytes()), set(CA_KEY, authority.key_pem().as_bytes())])
}

fn issued(authority: &Authority, names: &[Name], lives: Lives, now: SystemTime) -> Result<Changes, Error> {
    let pair = authority.issue_for(names, lives.leaf(now))?;
    Ok(Changes::from([set(LEAF, pair.certificate_pem.as_bytes()), set(LEAF_KEY, pair.key_pem.as_bytes())]))
}

fn no_next() -> Changes {
    Changes::from([(NEXT.to_owned(), None), (NEXT_KEY.to_owned(), None)])
}

/// The CAs that were, with one more: the newest of them.
fn kept(found: &Found, last: Option<(&Certificate, &Leaf)>) -> Changes {
    let mut authorities: Vec<Certificate> = last.map(|(ca, _)| ca.clone()).into_iter().collect();
    authorities.extend(found.previous.iter().map(|(ca, _)| ca.clone()));
    authorities.truncate(PREVIOUS_MOST);
    let leaves = last.map(|(_, leaf)| leaf.certificate.clone()).into_iter();
    let leaves: Vec<Certificate> = leaves.chain(found.previous_leaves.iter().cloned()).collect();
    let pem = |certificates: &[Certificate]| (!certificates.is_empty()).then(|| pem_of(certificates));
    Changes::from([(PREVIOUS.to_owned(), pem(&authorities)), (PREVIOUS_LEAF.to_owned(), pem(&leaves))])
}

fn restored(memory: &Data) -> Changes {
    KEYS.iter().map(|key| ((*key).to_owned(), memory.get(*key).cloned())).collect()
}

fn set(key: &str, value: &[u8]) -> (String, Option<Vec<u8>>) {
    (key.to_owned(), Some(value.to_vec()))
}

fn join<const N: usize>(changes: [Changes; N]) -> Changes {
    changes.into_iter().flatten().collect()
}
