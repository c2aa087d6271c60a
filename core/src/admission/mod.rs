//! AdmissionReview bytes in, AdmissionReview bytes out (`admission.k8s.io/v1`).
//!
//! Independent of HTTP, TLS and the cluster. A Pod with invalid annotations is denied. A workload of such Pods is
//! allowed with warnings. A request without an answer is an error, and the server turns it into an HTTP status.

mod answer;
mod check;
mod controller;
mod oversized;
mod request;
mod response;
mod subject;

use crate::annotation::nearest;
use crate::inject::{self, Reason, Refused, Root};
use crate::profile::{Configuration, OptIn};
use crate::workload;
use crate::workload::namespace::Profiles;
use answer::unwritable;
pub use answer::{Answer, AnswerKind, Route, Unanswerable};
pub use check::check;
pub use controller::PodController;
pub use oversized::oversized;
use request::Request;
pub use subject::Subject;

/// Returns every reason for a warning about a Pod or a workload, with its keys. A reason for any key has an empty list.
pub fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let any: &'static [&'static str] = &[];
    let ours = workload::reasons().chain(check::REASONS).chain(oversized::REASONS);
    inject::reasons().chain(ours.map(move |reason| (any, reason)))
}

/// Answers the review of a new Pod, or of a new or changed workload.
///
/// Other kinds and operations, which a wrong webhook configuration may send, are allowed unchanged.
///
/// ```
/// use podwright_core::admission::{AnswerKind, Route, answer};
/// use podwright_core::profile::Configuration;
///
/// let review = br#"{
///     "apiVersion": "admission.k8s.io/v1",
///     "kind": "AdmissionReview",
///     "request": {
///         "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
///         "operation": "CREATE",
///         "kind": {"group": "", "version": "v1", "kind": "Pod"},
///         "object": {
///             "metadata": {"annotations": {"podwright.dev/pre-stop-sleep": "5s"}},
///             "spec": {"containers": [{"name": "web", "image": "nginx"}]}
///         }
///     }
/// }"#;
/// let answer = answer(review, Route::Pods, &Configuration::default())?;
/// assert_eq!(answer.outcome, AnswerKind::Patched);
/// assert!(answer.body.starts_with(br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":"#));
/// # Ok::<(), podwright_core::admission::Unanswerable>(())
/// ```
///
/// # Errors
/// The body is not an AdmissionReview v1, the path has an unknown profile, or podwright cannot write the answer.
pub fn answer(body: &[u8], route: Route<'_>, configuration: &Configuration) -> Result<Answer, Unanswerable> {
    match route {
        Route::Pods => mutate(body, OptIn::Pod, configuration),
        Route::Namespace { profile } => mutate(body, opt_in(profile, configuration)?, configuration),
        Route::Workloads => check(body, Profiles { configuration, with_entry: None }),
    }
}

fn mutate(body: &[u8], opt_in: OptIn<'_>, configuration: &Configuration) -> Result<Answer, Unanswerable> {
    let request = Request::of_pod(body)?;
    let uid = request.uid.as_str();
    let Some(pod) = request.created_pod() else {
        return response::untouched(uid).map_err(unwritable);
    };
    match inject::inject_without_lines(pod, opt_in, configuration, Root::Pod) {
        Ok(injection) => response::fitted(uid, injection).map_err(unwritable),
        Err(Refused::Faults(faults)) => response::denied(uid, &faults).map_err(unwritable),
        Err(Refused::Unwritable(error)) => Err(unwritable(error)),
    }
}

fn opt_in<'a>(profile: &'a str, configuration: &Configuration) -> Result<OptIn<'a>, Unanswerable> {
    if configuration.profile(profile).is_some() {
        return Ok(OptIn::Namespace { profile });
    }
    let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
    let meant = nearest(profile, configuration.profile_names()).map(|name| format!("; did you mean /mutate/{name}?"));
    let meant = meant.unwrap_or_default();
    let profile = crate::text::shorten(profile);
    Err(Unanswerable::UnknownProfile(format!(
        "unknown profile in the path /mutate/{profile}: expected one of {known}{meant}"
    )))
}

#[cfg(test)]
mod tests;
