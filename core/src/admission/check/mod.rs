//! The check of an applied object: a workload, a Namespace or a changed Pod. Its author gets the warnings.
//!
//! A controller creates the Pods of a workload. Their denials appear only in events, and their warnings nowhere, so the
//! check reports both when the workload is applied. It never denies or changes a workload. It does not know the
//! Namespace's label, so it covers only the annotations on the template.

use super::answer::{Answer, Unanswerable, unwritable};
use super::request::{Applied, Request};
use super::response;
use crate::inject::pod::JSON;
use crate::inject::{self, RESTRICTS_NOTHING, Reason, Refused, Root, TOO_LARGE, warnings};
use crate::profile::{Configuration, OptIn};
use crate::text::shorten;
use crate::workload::namespace::{self, Profiles};
use crate::workload::{self, Workload, WorkloadKind};

const PODS_DENIED: Reason = Reason {
    code: "PodsDenied",
    sentence: "podwright would deny every Pod of this workload because of invalid annotations",
    remedy: "Correct the annotations on the Pod template. Until then the workload gets no new Pods; its FailedCreate events have the reason.",
};
const UNREADABLE: Reason = Reason {
    code: "Unreadable",
    sentence: "podwright could not read the object, so it checked nothing in it",
    remedy: "Correct the field with the wrong type: kubectl apply --dry-run=server names it.",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 2] = [PODS_DENIED, UNREADABLE];

/// Answers the review of an applied object. Unlike [`answer`](super::answer) for `Route::Workloads`, it can know the webhook entries.
///
/// # Errors
/// The body is not an AdmissionReview v1, or podwright cannot write the answer.
pub fn check(body: &[u8], profiles: Profiles<'_>) -> Result<Answer, Unanswerable> {
    let request = Request::unread(body)?;
    let told = match request.applied() {
        Some(applied) => of_object(applied, profiles).map_err(unwritable)?,
        None => Vec::new(),
    };
    response::warned(request.uid.as_str(), told).map_err(unwritable)
}

fn of_object(applied: Applied<'_, '_>, profiles: Profiles<'_>) -> Result<Vec<String>, serde_json::Error> {
    let Applied { group, kind, object, old } = applied;
    if object.len() > JSON {
        return Ok(vec![too_large(kind)]);
    }
    let root = match (group, kind) {
        ("", "Pod") => return Ok(old.and_then(|old| workload::updated(old, object).ok()).unwrap_or_default()),
        ("", "Namespace") => {
            let read = serde_json::from_str(object);
            return Ok(read.map(|read| namespace::misplaced(&read, profiles)).unwrap_or_default());
        }
        _ => root_of(applied),
    };
    match root.map(|root| Workload::parse(group, kind, root, object)) {
        Some(Ok(workload)) => of_workload(kind, &workload, profiles.configuration),
        Some(Err(error)) if WorkloadKind::find(group, kind).is_some() => Ok(vec![unreadable(kind, &error)]),
        // An object of another kind with the same shape.
        None | Some(Err(_)) => Ok(workload::without_template(kind, object).unwrap_or_default()),
    }
}

/// Finds the Pod template. Objects of foreign kinds are parsed as a whole for it; API servers send few of them.
fn root_of(Applied { group, kind, object, .. }: Applied<'_, '_>) -> Option<Root> {
    let own = WorkloadKind::find(group, kind).map(|kind| kind.template);
    own.or_else(|| workload::template_in(group, kind, &serde_json::from_str(object).ok()?))
}

/// Returns the warning for an object above 1 MiB. etcd accepts hardly more, and the limit bounds the memory of a check.
fn too_large(kind: &str) -> String {
    let told = format!(
        "podwright did not check this {}: its JSON is larger than 1 MiB. Make it smaller, or check its manifest with `podwright lint`.",
        shorten(kind)
    );
    warnings::bounded(&told, TOO_LARGE)
}

fn of_workload(
    kind: &str,
    workload: &Workload<'_>,
    configuration: &Configuration,
) -> Result<Vec<String>, serde_json::Error> {
    let of_pods = match inject::check(workload.template(), OptIn::Pod, configuration) {
        Ok(report) => report.warnings.into_iter().map(unless_opted_in).collect(),
        Err(Refused::Faults(faults)) => {
            let before = format!("podwright would deny the Pods of this {}: ", shorten(kind));
            warnings::of_faults(&before, &faults, PODS_DENIED)
        }
        Err(Refused::Unwritable(error)) => return Err(error),
    };
    Ok([workload.misplaced(), of_pods].concat())
}

/// Adds a condition to a warning about restrictions without effect: they have one if the Namespace opted in.
fn unless_opted_in(warning: String) -> String {
    let restricts_nothing = warning.ends_with(&format!("[{}]", RESTRICTS_NOTHING.code));
    if restricts_nothing { warning.replace(" ignored: ", " ignored unless the Namespace opted in: ") } else { warning }
}

fn unreadable(kind: &str, error: &serde_json::Error) -> String {
    let what = shorten(&error.to_string());
    warnings::bounded(
        &format!(
            "podwright did not check this {} because a field is invalid: {what}. Correct it and apply the object again.",
            shorten(kind)
        ),
        UNREADABLE,
    )
}

#[cfg(test)]
mod tests;
