//! What the targets share: the promises of ARCHITECTURE.md, as assertions about whatever came in.
//!
//! A target hands over bytes and asserts what must hold of the outcome; that nothing panics is the least of it. Nothing here
//! knows libFuzzer, and nothing is random: what it did once with some bytes, it does again.

#[expect(dead_code, unreachable_pub, reason = "shared with tests, which use all of it")]
#[path = "../../core/tests/core/properties/kept.rs"]
mod kept;
pub mod recipe;
pub mod setup;
pub mod text;

use podwright_core::inject::{Injection, Patch, Refused, Root, inject, pod::Pod};
use podwright_core::manifest::{Document, Object};
use serde_json::Value;

pub use kept::{patched, untouched};
use setup::Setup;

/// Fits the Pod or the template of an object, and asserts what holds of every injection but that the patch applies; the
/// patch, where there is one.
///
/// # Panics
/// Where a promise is broken.
pub fn fitted(template: &Value, setup: &Setup, root: Root) -> Option<Patch> {
    let json = template.to_string();
    // What is no Pod in a field that is read is the API server's to refuse.
    let pod = Pod::parse(json.as_bytes()).ok()?;
    let Injection { patch, report } = match inject(&pod, setup.opt_in(), &setup.configuration, root) {
        Ok(injection) => injection,
        Err(Refused::Faults(faults)) => {
            text::is_message(&faults.to_string());
            return None;
        }
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    };
    text::are_warnings(report.warnings.iter().map(String::as_str));
    patch
}

/// Fits a whole Pod, twice: the patch applies, the author's values are kept, and the second round has nothing to do.
///
/// # Panics
/// Where a promise is broken.
pub fn fitted_twice(pod: &Value, setup: &Setup) {
    let Some(patch) = fitted(pod, setup, Root::Pod) else { return };
    let after = patched(pod, patch.as_json());
    untouched(pod, &after, "");
    if let Some(again) = fitted(&after, setup, Root::Pod) {
        panic!("the second round on {after} has {}", String::from_utf8_lossy(again.as_json()));
    }
}

/// The patches of everything in a document, as `podwright preview` has them.
pub fn patches<'d>(document: &'d Document<'_>, setup: &Setup) -> Vec<(&'d Object, Patch)> {
    let of = |object: &'d Object| Some((object, fitted(document.pod_value(object)?, setup, object.root?)?));
    document.objects().iter().filter_map(of).collect()
}

/// Whether every number is an integer of 64 bits, which `Value` writes again as it was. Others become floats, and
/// `9006666666666666666660` is then `9.006666666666667e+21`: another text, so another Pod, as no API server would send it.
pub fn is_exact(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        value => !value.is_f64(),
    }
}
