//! Lives of seconds, under a constant stream of Pods and with `failurePolicy: Fail`: nothing is refused, everything is injected.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Place, eventually};

const LIVES: [&str; 4] = ["--leaf-life", "9s", "--ca-life", "40s"];

#[test]
fn row_33_certificates_and_cas_change_under_load_and_nothing_is_refused() {
    let place = Place::new();
    let one = place.replica("one", &LIVES);
    let two = place.replica("two", &LIVES);
    place.install(&one.url(), "Fail");
    one.is_ready();
    two.is_ready();
    eventually("injected", || place.injects());
    let (mut authorities, mut leaves, mut pods) = (BTreeSet::new(), BTreeSet::new(), 0);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(75) {
        for _ in 0..20 {
            assert_eq!(place.injects(), Ok(()), "Pod {pods}, after {:?}\n{}", begun.elapsed(), one.log());
            pods += 1;
        }
        let secret = place.secret();
        authorities.insert(secret["ca.crt"].as_str().expect("a CA").to_owned());
        leaves.insert(secret["tls.crt"].as_str().expect("a certificate").to_owned());
        for replica in [&one, &two] {
            let (ready, told) = replica.readiness();
            assert!(ready, "{told}\n{}", replica.log());
        }
    }
    assert!(authorities.len() >= 3, "{} CAs\n{}", authorities.len(), one.log());
    assert!(leaves.len() >= 8, "{} certificates", leaves.len());
    assert!(pods > 200, "{pods} Pods");
}
