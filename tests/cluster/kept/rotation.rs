//! Certificates that live for seconds, under a constant stream of Pods and with `failurePolicy: Fail`: no Pod is
//! refused, and all are injected.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Place, eventually};

const LIVES: [&str; 4] = ["--leaf-life", "12s", "--ca-life", "36s"];
/// Two CAs after the first take 56 s: 24 s until due and 4 s to settle, each.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
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
    while authorities.len() < 3 {
        assert!(begun.elapsed() < PATIENCE, "{} CAs\n{}", authorities.len(), one.log());
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
    assert!(leaves.len() >= 5, "{} certificates", leaves.len());
    assert!(pods >= 100, "{pods} Pods");
}
