//! Shared code of the targets: the promises of ARCHITECTURE.md, as assertions about any input.
//!
//! A target passes bytes and asserts properties of the result; the least of them is that nothing panics. This crate
//! does not know libFuzzer, and nothing is random: the same bytes give the same result.

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

/// Injects into the Pod or the template of an object, and asserts everything except that the patch applies. Returns the
/// patch, if there is one.
///
/// # Panics
/// If a promise is broken.
pub fn fitted(template: &Value, setup: &Setup, root: Root) -> Option<Patch> {
    let json = template.to_string();
    // The API server refuses a Pod with a malformed field that podwright reads.
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

/// Injects into a whole Pod, twice: the patch applies, the author's values are kept, and the second round has nothing
/// to do.
///
/// # Panics
/// If a promise is broken.
pub fn fitted_twice(pod: &Value, setup: &Setup) {
    let Some(patch) = fitted(pod, setup, Root::Pod) else { return };
    let after = patched(pod, patch.as_json());
    untouched(pod, &after, "");
    if let Some(again) = fitted(&after, setup, Root::Pod) {
        panic!("the second round on {after} has {}", String::from_utf8_lossy(again.as_json()));
    }
}

/// The patches of everything in a document, as in `podwright preview`.
pub fn patches<'d>(document: &'d Document<'_>, setup: &Setup) -> Vec<(&'d Object, Patch)> {
    let of = |object: &'d Object| Some((object, fitted(document.pod_value(object)?, setup, object.root?)?));
    document.objects().iter().filter_map(of).collect()
}

/// Whether every number is an integer of 64 bits, which `Value` writes unchanged. Others become floats:
/// `9006666666666666666660` is written as `9.006666666666667e+21`, another Pod, which no API server would send.
pub fn is_exact(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        value => !value.is_f64(),
    }
}
