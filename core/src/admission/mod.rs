//! AdmissionReview bytes in, AdmissionReview bytes out (`admission.k8s.io/v1`).
//!
//! Knows nothing of HTTP, TLS or the cluster. A Pod that cannot be understood by its annotations is denied in the answer,
//! and a workload of such Pods is allowed with warnings; a request that cannot be answered is an error, which the server
//! turns into a status.

mod answer;
mod check;
mod oversized;
mod request;
mod response;
mod subject;

use crate::annotation::nearest;
use crate::inject::{self, Reason, Refused, Root};
use crate::profile::{Configuration, OptIn};
use crate::workload;
use answer::unwritable;
pub use answer::{Answer, AnswerKind, Route, Unanswerable};
pub use oversized::oversized;
use request::Request;
pub use subject::Subject;

/// Every reason that a warning may give, of a Pod or of a workload, with the keys that it concerns; none where it may concern
/// any.
pub fn reasons() -> impl Iterator<Item = (&'static [&'static str], Reason)> {
    let any: &'static [&'static str] = &[];
    let ours = workload::reasons().chain(check::REASONS).chain(oversized::REASONS);
    inject::reasons().chain(ours.map(move |reason| (any, reason)))
}

/// Answers a review: of a Pod's creation, or of a workload that was created or changed.
///
/// Anything else that a webhook configuration may send by mistake (another kind, another operation) is allowed as it is.
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
/// A body that is no AdmissionReview v1, a path with an unknown profile, and what would be our own fault.
pub fn answer(body: &[u8], route: Route<'_>, configuration: &Configuration) -> Result<Answer, Unanswerable> {
    match route {
        Route::Pods => mutate(body, OptIn::Pod, configuration),
        Route::Namespace { profile } => mutate(body, opt_in(profile, configuration)?, configuration),
        Route::Workloads => check::check(body, configuration),
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
    let meant = nearest(profile, configuration.profile_names()).map(|name| format!(" Did you mean /mutate/{name}?"));
    let meant = meant.unwrap_or_default();
    let profile = crate::text::shorten(profile);
    Err(Unanswerable::UnknownProfile(format!(
        "The path /mutate/{profile} names a profile that is not configured; expected one of {known}.{meant}"
    )))
}

#[cfg(test)]
mod tests;
