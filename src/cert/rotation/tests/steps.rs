//! The first step of one replica on a Secret: each part missing, broken, from another CA or too old.

use super::*;

/// Returns the step of a new replica on a Secret, in a cluster with correct bundles.
fn first_step(data: &SecretData, bundles: &Bundles, now: SystemTime) -> Option<&'static str> {
    let decision = Replica::new(names(), lifetimes()).decide(&Observation { secret: Some(data), bundles, now });
    decision.secret.map(|PlannedStep { step, .. }| step.word())
}

/// Changes the Secret of a serving replica; returns its steps, and the Secret before and after.
fn healed(change: impl Fn(&mut SecretData)) -> (Vec<&'static str>, SecretData, SecretData) {
    let (mut replica, mut data, mut bundles) = begun();
    let before = data.clone();
    change(&mut data);
    let steps = rest(&mut replica, &mut data, &mut bundles, start() + DAY);
    (steps, before, data)
}

#[test]
fn an_empty_secret_begins_and_is_left_alone_until_two_thirds_of_the_certificates_life() {
    let (mut replica, mut data, mut bundles) = begun();
    assert_eq!(data.keys().collect::<Vec<_>>(), [CA, CA_KEY, SERVING, SERVING_KEY]);
    let before = data.clone();
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, days(20) - Duration::from_secs(1)), [""; 0]);
    assert_eq!(data, before);
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, days(20)), ["leaf"]);
    assert!(data[CA] == before[CA] && data[SERVING] != before[SERVING] && data[SERVING_KEY] != before[SERVING_KEY]);
}

#[test]
fn without_a_memory_a_secret_without_a_ca_begins_anew() {
    let (_, data, bundles) = begun();
    let cut = |key: &str| {
        let mut data = data.clone();
        let half = data[key].len() / 2;
        data.get_mut(key).unwrap().truncate(half);
        data
    };
    let without = |keys: &[&str]| {
        let mut data = data.clone();
        keys.iter().for_each(|key| drop(data.remove(*key)));
        data
    };
    let with = |key: &str, value: &[u8]| {
        let mut data = data.clone();
        data.insert(key.to_owned(), value.to_vec());
        data
    };
    let other = other_ca(&names(), lifetimes().ca(start()));
    for (what, data, expected) in [
        ("whole", data.clone(), None),
        ("another key", with("README", b"mine"), None),
        ("empty", SecretData::new(), Some("begin")),
        ("no CA", without(&[CA]), Some("begin")),
        ("half a CA", cut(CA), Some("begin")),
        ("a leaf for a CA", with(CA, &data[SERVING]), Some("begin")),
        ("two CAs", with(CA, &[&data[CA][..], &other[CA]].concat()), Some("begin")),
        ("not text", with(CA, &[0xff; 40]), Some("begin")),
        ("another's CA", with(CA, &other[CA]), Some("begin")),
        ("no leaf", without(&[SERVING]), Some("leaf")),
        ("half a leaf", cut(SERVING), Some("leaf")),
        ("an empty leaf", with(SERVING, b""), Some("leaf")),
        ("no key", without(&[SERVING_KEY]), Some("leaf")),
        ("half a key", cut(SERVING_KEY), Some("leaf")),
        ("another's key", with(SERVING_KEY, &other[SERVING_KEY]), Some("leaf")),
        ("another's leaf", with(SERVING, &other[SERVING]), Some("leaf")),
        ("the CA for a leaf", with(SERVING, &data[CA]), Some("leaf")),
        ("no key of the CA", without(&[CA_KEY]), Some("next_ca")),
        ("half a key of the CA", cut(CA_KEY), Some("next_ca")),
        ("another's key of the CA", with(CA_KEY, &other[CA_KEY]), Some("next_ca")),
        ("no keys at all", without(&[CA_KEY, SERVING_KEY]), Some("begin")),
        ("a next CA without a key", with(NEXT_CA, &other[CA]), Some("tidy")),
        ("nonsense for a previous CA", with(PREVIOUS_CAS, b"nonsense"), Some("tidy")),
        ("a previous CA without a certificate", with(PREVIOUS_CAS, &other[CA]), Some("tidy")),
        ("another cluster's complete content", other.clone(), None),
    ] {
        assert_eq!(first_step(&data, &bundles, start() + DAY), expected, "{what}");
    }
}

#[test]
fn what_has_expired_is_replaced() {
    let (_, data, bundles) = begun();
    assert_eq!(first_step(&data, &bundles, days(30)), Some("leaf"), "after a pause of a month");
    assert_eq!(first_step(&data, &bundles, days(366)), Some("begin"), "after a pause of a year");
}

#[test]
fn a_certificate_for_other_names_is_replaced_and_one_for_more_is_not() {
    let bundles = untrusting();
    let name = |name: &str| name.parse::<Name>().unwrap();
    let more = other_ca(&[names()[0].clone(), name("127.0.0.1")], lifetimes().serving(start()));
    assert_eq!(first_step(&more, &bundles, start() + DAY), None);
    let other = other_ca(&[name("podwright.elsewhere.svc")], lifetimes().serving(start()));
    assert_eq!(first_step(&other, &bundles, start() + DAY), Some("leaf"));
}

#[test]
fn what_a_replica_remembers_is_written_back_and_nothing_changes_for_anyone() {
    let forget = |data: &mut SecretData| data.clear();
    let (steps, before, after) = healed(forget);
    assert_eq!((steps, after), (vec!["restore"], before), "emptied, or deleted and applied anew");
    let other = other_ca(&names(), lifetimes().ca(start()));
    let (steps, before, after) = healed(|data| drop(data.insert(CA.to_owned(), b"nonsense".to_vec())));
    assert_eq!((steps, after), (vec!["restore"], before), "nonsense");
    // With two CAs, the CA of the serving certificate is the right one.
    let (steps, before, after) = healed(|data| drop(data.remove(SERVING)));
    assert_eq!(steps, ["leaf"], "deleting the leaf requests a new one");
    assert_eq!(after[CA], before[CA]);
    let (steps, ..) = healed(|data| drop(data.remove(CA_KEY)));
    assert_eq!(steps, ["next_ca"], "deleting the CA's key requests a new CA");
    let (steps, _, after) = healed(|data| *data = other.clone());
    assert_eq!((steps, after), (vec![], other.clone()), "another CA with its key is accepted");
}

#[test]
fn without_a_secret_what_is_served_stays_and_the_bundles_are_healed() {
    let (mut replica, _, mut bundles) = begun();
    let trusted = bundles.clone();
    bundles = untrusting();
    let seen = Observation { secret: None, bundles: &bundles, now: start() + DAY };
    let decision = replica.decide(&seen);
    assert!(decision.secret.is_none() && decision.serve.is_none(), "podwright may not create a Secret");
    assert_eq!(decision.bundles[0], trusted[0].as_ref().map(|entries| entries[0].clone()));
    let seen = Observation { secret: None, bundles: &bundles, now: start() };
    let decision = Replica::new(names(), lifetimes()).decide(&seen);
    assert_eq!(decision.trusted, Err(Distrust::NothingServed(StoredProblem::NoSecret)));
    assert_eq!(decision.bundles, [None, None]);
}

/// Each previous CA is compared with each certificate: a Secret full of them would cost minutes at every look.
#[test]
fn more_cas_that_were_than_are_ever_written_are_not_looked_at_and_go() {
    let (mut replica, mut data, mut bundles) = begun();
    for _ in 0..9 {
        let other = other_ca(&names(), lifetimes().serving(start()));
        for (key, from) in [(PREVIOUS_CAS, CA), (PREVIOUS_SERVING, SERVING)] {
            data.entry(key.to_owned()).or_default().extend(&other[from]);
        }
    }
    let found = StoredCertificates::read(&data, &names(), start() + DAY);
    assert_eq!((found.previous.len(), found.previous_serving.len()), (4, 4));
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, start() + DAY), ["tidy"]);
    assert_eq!(Certificate::all_of(&data[PREVIOUS_CAS]).len(), 4);
}

#[test]
fn clocks_that_differ_by_minutes_agree() {
    let (_, data, bundles) = begun();
    let minutes = Duration::from_secs(10 * 60);
    assert_eq!(
        first_step(&data, &bundles, start() - minutes),
        None,
        "a clock that is behind: validity began an hour ago"
    );
    assert_eq!(first_step(&data, &bundles, start() + minutes), None, "ahead");
    assert_eq!(first_step(&data, &bundles, start() - 100 * minutes), Some("begin"), "with a clock that is far behind");
}

#[test]
fn lives_that_leave_no_room_are_refused() {
    assert!(Lifetimes::new(30 * DAY, 365 * DAY).is_ok() && Lifetimes::new(30 * DAY, 90 * DAY).is_ok());
    assert!(Lifetimes::new(30 * DAY, 89 * DAY).is_err());
    assert!(Lifetimes::new(Duration::ZERO, DAY).is_err());
}
