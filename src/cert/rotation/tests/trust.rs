//! The content of the bundles, and the certificates that a replica may serve.

use super::*;

fn certificates(bundles: &Bundles) -> Vec<usize> {
    bundles.iter().flatten().flatten().map(|entry| Certificate::all_of(entry).len()).collect()
}

#[test]
fn every_entry_of_every_configuration_has_the_ca_and_wiped_ones_get_it_back() {
    let (mut replica, mut data, mut bundles) = begun();
    let trusted = bundles.clone();
    assert!(bundles.iter().flatten().flatten().all(|entry| *entry == data[CA]));
    for wipe in [0, 1] {
        bundles[wipe].as_mut().unwrap()[0].clear();
        let decision = replica.decide(&Observation { secret: Some(&data), bundles: &bundles, now: start() + DAY });
        assert_eq!(decision.trusted, Err(Distrust::Configuration(wipe)));
        assert_eq!(rest(&mut replica, &mut data, &mut bundles, start() + DAY), [""; 0]);
        assert_eq!(bundles, trusted);
    }
    for nonsense in ["nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        bundles[0].as_mut().unwrap()[1].extend(nonsense.bytes());
        rest(&mut replica, &mut data, &mut bundles, start() + DAY);
        assert_eq!(bundles, trusted, "{nonsense}");
    }
}

#[test]
fn a_configuration_that_is_not_there_stands_in_nobodys_way() {
    let (mut replica, mut data, mut bundles) =
        (Replica::new(names(), lifetimes()), SecretData::new(), vec![None, None]);
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, start()), ["begin"]);
    assert_eq!(looked(&mut replica, &mut data, &mut bundles, start()).trusted, Ok(()));
    bundles[1] = Some(vec![Vec::new()]);
    assert!(looked(&mut replica, &mut data, &mut bundles, start()).trusted.is_err(), "before the bundle trusts the CA");
    assert_eq!(looked(&mut replica, &mut data, &mut bundles, start()).trusted, Ok(()));
}

#[test]
fn somebody_elses_ca_stays_in_a_bundle_for_long_enough_and_not_for_longer() {
    let (mut replica, mut data, mut bundles) = begun();
    let other = other_ca(&names(), lifetimes().ca(start()));
    bundles[0].as_mut().unwrap()[0].extend(&other[CA]);
    let (seen, now) = (start() + DAY, |seconds| start() + DAY + Duration::from_secs(seconds));
    rest(&mut replica, &mut data, &mut bundles, seen);
    assert_eq!(certificates(&bundles), [2, 2, 2], "another replica may still serve with it");
    assert_eq!(looked(&mut replica, &mut data, &mut bundles, seen).again, now(30));
    rest(&mut replica, &mut data, &mut bundles, now(29));
    assert_eq!(certificates(&bundles), [2, 2, 2]);
    rest(&mut replica, &mut data, &mut bundles, now(30));
    assert_eq!(certificates(&bundles), [1, 1, 1]);
}

#[test]
fn another_secret_is_taken_up_when_its_ca_has_been_trusted_for_a_while() {
    let (mut replica, _, mut bundles) = begun();
    let at = |seconds| start() + DAY + Duration::from_secs(seconds);
    let mut data = other_ca(&names(), lifetimes().ca(start()));
    let decision = looked(&mut replica, &mut data, &mut bundles, at(0));
    assert!(decision.serve.is_none(), "no bundle has its CA");
    assert_eq!(certificates(&bundles), [2, 2, 2], "the served CA and the next one");
    assert!(looked(&mut replica, &mut data, &mut bundles, at(1)).serve.is_none(), "API servers may not use it yet");
    assert!(looked(&mut replica, &mut data, &mut bundles, at(10)).serve.is_none());
    let served = looked(&mut replica, &mut data, &mut bundles, at(11)).serve.expect("served");
    assert_eq!(served.serving.certificate_pem().as_bytes(), data[SERVING]);
    // A replica that serves the old one would have added it again by now.
    rest(&mut replica, &mut data, &mut bundles, at(60));
    rest(&mut replica, &mut data, &mut bundles, at(120));
    assert_eq!(certificates(&bundles), [1, 1, 1]);
}

#[test]
fn what_nobody_trusts_gives_way_at_once_to_what_everybody_does() {
    let (mut replica, ..) = begun();
    let mut data = other_ca(&names(), lifetimes().ca(start()));
    let mut bundles = vec![Some(vec![data[CA].clone(), data[CA].clone()]), Some(vec![data[CA].clone()])];
    assert!(looked(&mut replica, &mut data, &mut bundles, start() + DAY).serve.is_some());
}

#[test]
fn a_ca_is_replaced_in_phases() {
    let (mut replica, mut data, mut bundles) = begun();
    let first = data.clone();
    let due = start() + 365 * DAY * 2 / 3;
    let at = |seconds| due + Duration::from_secs(seconds);
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, at(0) - DAY), ["leaf"]);
    assert_eq!(data[CA], first[CA]);
    let leaf = data[SERVING].clone();

    assert_eq!(rest(&mut replica, &mut data, &mut bundles, at(0)), ["next_ca"]);
    assert!(
        data[CA] == first[CA] && data[SERVING] == leaf && data.contains_key(NEXT_CA_KEY),
        "still served by the old one"
    );
    assert_eq!(certificates(&bundles), [2, 2, 2], "both are trusted");
    let next = data[NEXT_CA].clone();
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, at(9)), [""; 0], "API servers take a while");

    assert_eq!(rest(&mut replica, &mut data, &mut bundles, at(10)), ["ca"]);
    assert!(
        data[CA] == next && data[SERVING] != leaf && !data.contains_key(NEXT_CA) && !data.contains_key(NEXT_CA_KEY)
    );
    assert_eq!(data[PREVIOUS_CAS], first[CA]);
    assert_eq!(data[PREVIOUS_SERVING], leaf);
    assert_eq!(certificates(&bundles), [2, 2, 2], "a replica may serve the last certificate of the old one to its end");

    let gone = at(0) - DAY + 30 * DAY;
    rest(&mut replica, &mut data, &mut bundles, gone - Duration::from_secs(1));
    assert_eq!(certificates(&bundles), [2, 2, 2]);
    assert_eq!(rest(&mut replica, &mut data, &mut bundles, gone), ["tidy"]);
    rest(&mut replica, &mut data, &mut bundles, gone + Duration::from_secs(31));
    assert_eq!(certificates(&bundles), [1, 1, 1]);
    assert_eq!(data.keys().collect::<Vec<_>>(), [CA, CA_KEY, SERVING, SERVING_KEY]);
}

#[test]
fn a_ca_to_come_waits_until_every_bundle_has_it() {
    let (mut replica, mut data, bundles) = begun();
    let due = start() + 365 * DAY * 2 / 3;
    // The bundles cannot be written.
    let mut ignored = bundles.clone();
    rest(&mut replica, &mut data, &mut ignored, due);
    for day in 0..100 {
        let seen = Observation { secret: Some(&data), bundles: &bundles, now: due + DAY * day };
        let decision = replica.decide(&seen);
        assert!(decision.bundles.iter().all(Option::is_some));
        if let Some(PlannedStep { step, changes }) = decision.secret {
            assert_eq!(step.word(), "leaf", "on day {day}");
            data = applied(data, &changes.unwrap());
        }
    }
}
