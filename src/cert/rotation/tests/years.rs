//! Years of a cluster: certificates and CAs rotate, replicas race and restart, and Secrets are damaged. API servers accept every
//! served certificate.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::simulation::Simulation;
use super::*;

fn count(cluster: &Simulation, step: &str) -> usize {
    cluster.steps.iter().filter(|word| **word == step).count()
}

#[test]
fn in_two_years_two_replicas_renew_everything_and_are_never_refused() {
    let mut cluster = Simulation::new(lifetimes(), &[(0, 0), (0, 0)]);
    cluster.pass(DAY * 2 * 365);
    assert!(cluster.agrees());
    assert_eq!(
        (count(&cluster, "begin"), count(&cluster, "next_ca"), count(&cluster, "ca")),
        (1, 2, 2),
        "every 243 days"
    );
    assert!((30..=38).contains(&count(&cluster, "leaf")), "every 20 days: {}", count(&cluster, "leaf"));
    assert_eq!(count(&cluster, "restore"), 0);
    assert!(cluster.lost > 0, "they did race");
    assert_eq!(Certificate::all_of(&cluster.bundles[0].as_ref().unwrap()[0]).len(), 1, "old CAs have left");
}

#[test]
fn clocks_that_differ_by_minutes_change_nothing() {
    let mut cluster = Simulation::new(lifetimes(), &[(300, 0), (0, 300), (0, 0)]);
    cluster.pass(DAY * 365);
    assert!(cluster.agrees());
    assert_eq!((count(&cluster, "begin"), count(&cluster, "ca"), count(&cluster, "restore")), (1, 1, 0));
}

#[test]
fn with_lives_of_seconds_everything_is_the_same() {
    let seconds = Duration::from_secs;
    let mut cluster = Simulation::new(Lifetimes::new(seconds(9), seconds(60)).unwrap(), &[(0, 0), (0, 0)]);
    cluster.pass(seconds(600));
    assert_eq!(count(&cluster, "begin"), 1);
    assert!(count(&cluster, "ca") >= 9, "{:?}", cluster.steps);
}

#[test]
fn a_replica_that_is_cut_off_while_the_ca_is_replaced_is_accepted_to_its_certificates_end() {
    let mut cluster = Simulation::new(lifetimes(), &[(0, 0), (0, 0)]);
    cluster.pass(DAY * 243);
    assert_eq!(count(&cluster, "next_ca"), 0);
    cluster.cut_off(1);
    cluster.pass(DAY);
    assert_eq!(count(&cluster, "ca"), 1, "{:?}", cluster.steps);
    while cluster.now + DAY < cluster.end_of(1) {
        cluster.check_called_replicas();
        cluster.pass(DAY);
    }
    assert_eq!(count(&cluster, "tidy"), 0, "and not before that end");
}

#[derive(Debug, Clone)]
enum Event {
    Pass(u64),
    Restart(usize),
    Remove(usize),
    Cut(usize),
    Empty,
    OtherCa,
    Force,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1_u64..60).prop_map(Event::Pass),
        2 => (1_u64..100 * 24 * 60 * 60).prop_map(Event::Pass),
        2 => (0_usize..3).prop_map(Event::Restart),
        2 => (0..ALL.len()).prop_map(Event::Remove),
        2 => (0..ALL.len()).prop_map(Event::Cut),
        1 => Just(Event::Empty),
        1 => Just(Event::OtherCa),
        1 => Just(Event::Force),
    ]
}

fn happens(cluster: &mut Simulation, event: &Event) {
    match event {
        Event::Pass(seconds) => cluster.pass(Duration::from_secs(*seconds)),
        Event::Restart(number) => cluster.restart(*number),
        Event::Remove(key) => cluster.damage(|data| drop(data.remove(ALL[*key]))),
        Event::Cut(key) => cluster.damage(|data| {
            if let Some(value) = data.get_mut(ALL[*key]) {
                let half = value.len() / 2;
                value.truncate(half);
            }
        }),
        Event::Empty => cluster.damage(SecretData::clear),
        Event::OtherCa => {
            let other = other_ca(&names(), lifetimes().ca(cluster.now));
            cluster.damage(|data| *data = other);
        }
        Event::Force => cluster.damage(|data| drop(data.remove(CA_KEY))),
    }
}

/// 24 cases take a quarter of a minute. The macro of proptest would take their number from `PROPTEST_CASES`, which is for cheaper
/// cases.
#[test]
fn whatever_happens_to_the_secret_nobody_who_is_called_is_refused() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let tested = runner.run(&prop::collection::vec(event(), 1..12), |events| {
        let mut cluster = Simulation::new(lifetimes(), &[(0, 0), (60, 0), (0, 60)]);
        cluster.pass(Duration::from_secs(60));
        for event in &events {
            happens(&mut cluster, event);
        }
        cluster.pass(Duration::from_secs(120));
        prop_assert!(cluster.agrees(), "{:?}", cluster.steps);
        Ok(())
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}
