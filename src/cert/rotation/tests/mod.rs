//! Tests of the rotation: single steps, then a simulated cluster over years, with failures.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod simulation;
mod steps;
mod trust;
mod years;

use std::time::{Duration, SystemTime};

use super::*;
use crate::cert::secret_keys::*;
use crate::cert::{Certificate, Name, Validity};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn names() -> Vec<Name> {
    vec!["podwright.podwright-system.svc".parse().unwrap()]
}

/// The lifetimes of a cluster.
fn lifetimes() -> Lifetimes {
    Lifetimes::new(30 * DAY, 365 * DAY).unwrap()
}

/// The first moment: a whole second, as in certificates.
fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn days(number: u32) -> SystemTime {
    start() + DAY * number
}

/// Applies changes.
fn applied(mut data: SecretData, changes: &SecretChanges) -> SecretData {
    for (key, value) in changes {
        match value {
            Some(value) => data.insert(key.clone(), value.clone()),
            None => data.remove(key),
        };
    }
    data
}

/// Lets the replica decide once, and applies its decision.
fn looked(replica: &mut Replica, data: &mut SecretData, bundles: &mut Bundles, now: SystemTime) -> Decision {
    let decision = replica.decide(&Observation { secret: Some(data), bundles, now });
    if let Some(PlannedStep { changes, .. }) = &decision.secret {
        *data = applied(data.clone(), changes.as_ref().unwrap());
    }
    for (entries, wanted) in bundles.iter_mut().zip(&decision.bundles) {
        if let (Some(entries), Some(wanted)) = (entries, wanted) {
            entries.iter_mut().for_each(|entry| *entry = wanted.clone());
        }
    }
    decision
}

/// Lets the replica decide until it has nothing to do at this moment; returns the steps.
fn rest(replica: &mut Replica, data: &mut SecretData, bundles: &mut Bundles, now: SystemTime) -> Vec<&'static str> {
    let mut steps = Vec::new();
    for _ in 0..10 {
        let decision = looked(replica, data, bundles, now);
        let idle =
            decision.secret.is_none() && decision.serve.is_none() && decision.bundles.iter().all(Option::is_none);
        steps.extend(decision.secret.map(|PlannedStep { step, .. }| step.word()));
        if idle {
            return steps;
        }
    }
    panic!("no end: {steps:?}");
}

/// Returns two configurations with two entries and one, all without a bundle.
fn untrusting() -> Bundles {
    vec![Some(vec![Vec::new(), Vec::new()]), Some(vec![Vec::new()])]
}

/// Returns a replica that serves, its Secret and the bundles.
fn begun() -> (Replica, SecretData, Bundles) {
    let (mut replica, mut data, mut bundles) = (Replica::new(names(), lifetimes()), SecretData::new(), untrusting());
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, start()), ["begin"]);
    (replica, data, bundles)
}

/// Returns a Secret's data with another CA, and a certificate that it signed for these names.
fn other_ca(names: &[Name], validity: Validity) -> SecretData {
    let authority = crate::cert::Authority::create_for(validity).unwrap();
    let pair = authority.issue_for(names, validity).unwrap();
    let pem = [(CA, authority.certificate_pem().to_owned()), (CA_KEY, authority.key_pem())];
    let pem = pem.into_iter().chain([(SERVING, pair.certificate_pem), (SERVING_KEY, pair.key_pem)]);
    pem.map(|(key, pem)| (key.to_owned(), pem.into_bytes())).collect()
}
