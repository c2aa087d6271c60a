//! Pods that `kubectl apply` created: the manifest in the annotation shows the author's fields.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::generate;

/// The annotation in which `kubectl apply` keeps the manifest.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A Pod that `kubectl apply` created, from a manifest with some explicit defaults and some nulls.
pub fn applied_pod() -> impl Strategy<Value = Value> {
    let defaults = [("terminationMessagePolicy", "File"), ("terminationMessagePath", "/dev/termination-log")];
    let nulls = ["env", "readinessProbe", "livenessProbe", "lifecycle", "resources", "volumeMounts"];
    (generate::pod(), vec(select(defaults.to_vec()), 0..2), vec(select(nulls.to_vec()), 0..3)).prop_map(
        |(mut pod, defaults, nulls)| {
            let mut manifest = pod.clone();
            for (of_pod, of_manifest) in both(&mut pod, &mut manifest) {
                for (field, default) in &defaults {
                    if of_pod.get(*field).is_none() {
                        of_pod[*field] = json!(default);
                        of_manifest[*field] = json!(default);
                    }
                }
                nulls
                    .iter()
                    .filter(|field| of_pod.get(**field).is_none())
                    .for_each(|field| of_manifest[*field] = Value::Null);
            }
            pod["metadata"]["annotations"][LAST_APPLIED] = manifest.to_string().into();
            pod
        },
    )
}

/// The containers of both, pair by pair.
fn both<'a>(pod: &'a mut Value, manifest: &'a mut Value) -> impl Iterator<Item = (&'a mut Value, &'a mut Value)> {
    let of = |pod: &'a mut Value| pod["spec"]["containers"].as_array_mut().into_iter().flatten();
    of(pod).zip(of(manifest))
}

/// Asserts that each field of that manifest is unchanged, and that each null is still unset.
pub fn shown_stays(pod: &Value, fitted: &Value) -> Result<(), TestCaseError> {
    let manifest = pod["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap();
    let manifest: Value = serde_json::from_str(manifest).unwrap();
    let grace = "terminationGracePeriodSeconds";
    if manifest["spec"].get(grace).is_some() {
        prop_assert_eq!(&fitted["spec"][grace], &pod["spec"][grace]);
    }
    let shown = manifest["spec"]["containers"].as_array().unwrap().iter();
    for (nth, shown) in shown.enumerate() {
        let [before, after] = [pod, fitted].map(|pod| &pod["spec"]["containers"][nth]);
        for (field, value) in shown.as_object().unwrap() {
            let is_list = matches!(field.as_str(), "env" | "volumeMounts" | "resources" | "lifecycle");
            prop_assert!(
                before[field] == after[field] || (is_list && !value.is_null()),
                "{}: {} became {}",
                field,
                before,
                after
            );
        }
    }
    Ok(())
}
