//! Workloads of other projects: the API server accepts them injected, nothing of theirs is lost, and a second round is
//! empty.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::charts::{self, ASKING, Workload};
use crate::properties::round;
use crate::untouched::assert_untouched;
use crate::world::world;

/// The API server's limit for all warnings of a request, in characters.
const BUDGET: usize = 4096;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_every_workload_of_the_corpus_fitted() {
    world().namespace("corpus");
    for workload in charts::all() {
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

/// Creates the Pod and checks its second round.
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

/// The golden cases show podwright's result. This test shows that the API server accepts it wherever it accepts the Pod
/// without podwright.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_every_golden_pod_that_it_takes_without_us() {
    world().namespace("golden");
    let (mut taken, mut refused) = (0, 0);
    for (case, pod) in golden_pods() {
        let answer = world().client.dry_run("golden", &pod);
        let plain = world().client.dry_run("golden", &without_ours(&pod));
        if plain.status == 201 {
            taken += 1;
            assert_eq!(answer.status, 201, "{case}: {}", answer.body);
            assert_untouched(&plain.pod(), &answer.pod());
        } else {
            refused += 1;
            assert_eq!(answer.status, plain.status, "{case}: {}\nwithout us: {}", answer.body, plain.body);
        }
    }
    assert!(taken > 100 && refused < 10, "{taken} taken, {refused} refused without us already");
}

/// The golden cases that are not denied, use the built-in configuration and have no opted-in Namespace.
pub fn golden_pods() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let cases = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let elsewhere = |case: &Path| ["namespace.txt", "configuration.yaml"].iter().any(|file| case.join(file).exists());
    let fitted = cases.filter(|case| case.join("expected.yaml").exists() && !elsewhere(case));
    let read = |case: PathBuf| {
        let text = std::fs::read_to_string(case.join("pod.yaml")).unwrap();
        let mut pod: Value = serde_saphyr::from_str(&text).unwrap();
        pod["metadata"].as_object_mut().map(|metadata| metadata.remove("namespace"));
        pod["metadata"]["name"] = Value::from("golden");
        (case.display().to_string(), pod)
    };
    fitted.map(read).collect()
}

fn without_ours(pod: &Value) -> Value {
    let mut pod = pod.clone();
    if let Some(annotations) = pod["metadata"]["annotations"].as_object_mut() {
        annotations.retain(|key, _| !key.contains("podwright.dev"));
    }
    pod
}
