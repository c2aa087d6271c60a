//! Generated Pods against the real server: it takes what we make, and the second round on what it returns is empty.

use podwright::inject::{Refused, Report, Root, inject, pod::Pod};
use podwright::profile::{Configuration, OptIn};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::world::world;

#[path = "../generate/mod.rs"]
mod generate;

/// Enough for every rule to be met several times, and few seconds.
const PODS: usize = 300;

/// The patch and the report of one round, or the message of a denial.
pub fn round(pod: &Value) -> Result<(Option<Value>, Report), String> {
    let json = serde_json::to_vec(pod).unwrap();
    match inject(&Pod::parse(&json).unwrap(), OptIn::Pod, &Configuration::default(), Root::Pod) {
        Ok(injection) => {
            let patch = injection.patch.map(|patch| serde_json::from_slice(patch.as_json()).unwrap());
            Ok((patch, injection.report))
        }
        Err(Refused::Faults(faults)) => Err(faults.to_string()),
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    }
}

#[test]
fn row_02_generated_pods_are_taken_and_the_second_round_is_empty() {
    let world = world();
    world.namespace("generated-pods");
    // A seed of its own choice would find more over the years, and would not be found again.
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, b"podwright, on a real API server."),
    );
    let (mut fitted, mut denied, mut warned) = (0, 0, 0);
    for n in 0..PODS {
        let pod = generate::pod().new_tree(&mut runner).unwrap().current();
        let answer = world.client.dry_run("generated-pods", &pod);
        match round(&pod) {
            Err(message) => {
                denied += 1;
                assert_eq!(answer.status, 422, "{n}: {pod}\n{}", answer.body);
                assert!(answer.message().ends_with(&message), "{n}: {message}\n{}", answer.message());
            }
            Ok((patch, report)) => {
                // The server adds warnings of its own: of variables that hide one another, of ports that are twice there.
                let told: Vec<_> = answer.warnings.iter().filter(|warning| warning.contains("podwright.dev")).collect();
                fitted += usize::from(patch.is_some());
                warned += usize::from(!report.warnings.is_empty());
                assert_eq!(answer.status, 201, "{n}: {pod}\n{}", answer.body);
                assert_eq!(told, report.warnings.iter().collect::<Vec<_>>(), "{n}: {pod}");
                let returned = answer.pod();
                let second = round(&returned).unwrap();
                assert_eq!(second, (None, report), "{n}: the second round differs\n{pod}\n{returned}");
            }
        }
    }
    assert!(fitted > PODS / 3 && denied > 5 && warned > PODS / 20, "{fitted} fitted, {denied} denied, {warned} warned");
}
