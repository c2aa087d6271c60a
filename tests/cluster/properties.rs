//! Generated Pods on the real API server: it accepts podwright's result, and a second round is empty.

use podwright::inject::{Refused, Report, Root, inject, pod::Pod};
use podwright::profile::{Configuration, OptIn};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::client::Answer;
use crate::features::without_unknown_fields;
use crate::world::world;

#[path = "../../core/tests/core/generate/mod.rs"]
pub mod generate;

/// Enough to meet every rule several times, within seconds.
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

/// The seed is fixed, so that a failure can be repeated. To look further: `PROPTEST_CASES=5000
/// PROPTEST_RNG_SEED=$RANDOM cargo xtask test --test cluster generated_pods`.
pub fn runner() -> TestRunner {
    let mut seed = *b"podwright, on a real API server.";
    let other = std::env::var("PROPTEST_RNG_SEED").unwrap_or_default();
    seed.iter_mut().zip(other.bytes()).for_each(|(byte, other)| *byte = other);
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_02_generated_pods_are_taken_and_the_second_round_is_empty() {
    let world = world();
    world.namespace("generated-pods");
    let mut runner = runner();
    let pods = std::env::var("PROPTEST_CASES").map_or(PODS, |cases| cases.parse().unwrap());
    let (mut fitted, mut denied, mut warned) = (0, 0, 0);
    for n in 0..pods {
        let pod = match n % 10 {
            0 => generate::with(generate::annotations::with_wrong()).new_tree(&mut runner).unwrap().current(),
            _ => generate::pod().new_tree(&mut runner).unwrap().current(),
        };
        let pod = without_unknown_fields(pod);
        let answer = world.client.dry_run("generated-pods", &pod);
        match round(&pod) {
            Err(message) => {
                denied += 1;
                is_denied(&pod, &answer, &message);
            }
            Ok((patch, report)) => {
                fitted += usize::from(patch.is_some());
                warned += usize::from(!report.warnings.is_empty());
                is_fitted(&pod, answer, report);
            }
        }
    }
    let enough = fitted > pods / 2 && denied > pods / 20 && warned > pods / 5;
    assert!(enough, "{fitted} fitted, {denied} denied, {warned} warned");
}

/// The Pod is denied for each wrong key, in podwright's words.
fn is_denied(pod: &Value, answer: &Answer, message: &str) {
    assert_eq!(answer.status, 422, "{pod}\n{}", answer.body);
    // The webhook adds the remedy.
    assert!(answer.message().contains(message), "{pod}\n{message}\n{}", answer.message());
    for key in generate::annotations::wrong_keys(pod) {
        assert!(message.contains(&format!("\n- {key}: ")), "{key} is missing in {message}");
    }
}

fn is_fitted(pod: &Value, answer: Answer, report: Report) {
    assert_eq!(answer.status, 201, "{pod}\n{}", answer.body);
    // The API server adds warnings of its own, for duplicate variables and ports.
    let told: Vec<_> = answer.warnings.iter().filter(|warning| warning.contains("podwright.dev")).collect();
    assert_eq!(told, report.warnings.iter().collect::<Vec<_>>(), "{pod}");
    let returned = answer.pod();
    let second = round(&returned).unwrap();
    assert_eq!(second, (None, report), "the second round differs\n{pod}\n{returned}");
}
