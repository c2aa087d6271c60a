//! Workloads that others wrote: the server takes them fitted, nothing of theirs is lost, and a second round is empty.

use serde_json::Value;

use crate::properties::round;
use crate::untouched::assert_untouched;
use crate::workloads::{self, ASKING, Workload};
use crate::world::world;

/// The server's budget for all warnings of a request.
const BUDGET: usize = 4096;

#[test]
fn the_server_takes_every_workload_of_the_corpus_fitted() {
    world().namespace("corpus");
    for workload in workloads::all() {
        if let Some(account) = workload.pod["spec"]["serviceAccountName"].as_str() {
            world().client.create_service_account("corpus", account);
        }
        let plain = world().client.dry_run("corpus", &workload.pod).pod();
        for asking in ASKING {
            let fitted = fit(&workload, asking);
            assert_untouched(&plain, &fitted);
        }
    }
}

/// The Pod as the server returns it, its second round looked at.
fn fit(workload: &Workload, asking: (&str, &str)) -> Value {
    let told = format!("{} {} with {asking:?}", workload.file, workload.name);
    let answer = world().client.dry_run("corpus", &workload.asking(asking));
    let warnings: Vec<_> = answer.warnings.iter().filter(|one| one.contains("podwright.dev")).cloned().collect();
    assert!(warnings.iter().map(|one| one.chars().count()).sum::<usize>() <= BUDGET, "{told}: {warnings:?}");
    assert_eq!(answer.status, 201, "{told}: {}", answer.body);
    let fitted = answer.pod();
    assert!(fitted["metadata"]["annotations"]["podwright.dev/status"].is_string(), "{told}: {fitted}");
    let (patch, report) = round(&fitted).unwrap();
    assert_eq!((patch, report.warnings), (None, warnings), "{told}: the second round differs");
    fitted
}
