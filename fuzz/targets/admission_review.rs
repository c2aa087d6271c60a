//! A body, on every route: never a panic, and an answer that the API server can use and that keeps every promise.
#![no_main]

use k8s_openapi::ByteString;
use libfuzzer_sys::fuzz_target;
use podwright_core::admission::{Route, Subject, answer};
use podwright_core::profile::Configuration;
use podwright_fuzz::{is_exact, patched, setup, text, untouched};
use serde_json::Value;

fuzz_target!(|body: &[u8]| {
    let setup = setup::of(body);
    let mutate = setup.namespace.map_or(Route::Pods, |profile| Route::Namespace { profile });
    for route in [mutate, Route::Workloads] {
        answered(body, route, &setup.configuration);
    }
    let Subject { uid, namespace, kind, name, generate_name } = Subject::of(body);
    for name in [uid, namespace, kind, name, generate_name].iter().flatten() {
        text::is_name(name);
    }
    // The path also comes from outside.
    if let Some(profile) = std::str::from_utf8(body).ok().filter(|_| setup.namespace.is_none()) {
        let _ = answer(body, Route::Namespace { profile }, &setup.configuration)
            .map_err(|error| text::is_sentence(&error.to_string()));
    }
});

fn answered(body: &[u8], route: Route<'_>, configuration: &Configuration) {
    let Some(response) = response(body, route, configuration) else { return };
    // serde_json cannot hold some numbers that podwright skips; then there is nothing to compare the answer with.
    let Ok(review) = serde_json::from_slice::<Value>(body) else { return };
    assert_eq!(response["uid"], review["request"]["uid"], "the answer is to this request");
    let Some(patch) = patch(&response) else { return };
    assert!(route != Route::Workloads, "a workload is never changed");
    let object = &review["request"]["object"];
    let after = patched(object, &patch);
    untouched(object, &after, "");
    if !is_exact(&review) {
        return;
    }
    let mut again = review.clone();
    again["request"]["object"] = after;
    let again = again.to_string();
    let response = self::response(again.as_bytes(), route, configuration).expect("the second answer differs");
    let patch = self::patch(&response).map(|patch| String::from_utf8_lossy(&patch).into_owned());
    assert_eq!(patch, None, "the second round on {again}");
}

/// The answer, with the assertions that hold for each answer by itself.
fn response(body: &[u8], route: Route<'_>, configuration: &Configuration) -> Option<Value> {
    let answer = match answer(body, route, configuration) {
        Ok(answer) => answer,
        Err(error) => {
            text::is_sentence(&error.to_string());
            return None;
        }
    };
    let review: Value = serde_json::from_slice(&answer.body).expect("the answer is JSON");
    assert_eq!(review["apiVersion"], "admission.k8s.io/v1");
    assert_eq!(review["kind"], "AdmissionReview");
    let response = &review["response"];
    text::are_warnings(
        response["warnings"].as_array().into_iter().flatten().map(|warning| warning.as_str().expect("text")),
    );
    if response["allowed"] == false {
        assert!(route != Route::Workloads && patch(response).is_none(), "{response}");
        assert_eq!(response["status"]["code"], 422);
        text::is_message(response["status"]["message"].as_str().expect("a denial has a message"));
    } else {
        assert_eq!(response["allowed"], true);
    }
    Some(response.clone())
}

fn patch(response: &Value) -> Option<Vec<u8>> {
    let patch = response.get("patch")?;
    assert_eq!(response["patchType"], "JSONPatch");
    let ByteString(patch) = serde_json::from_value(patch.clone()).expect("the patch is base64");
    Some(patch)
}
