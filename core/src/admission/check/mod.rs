//! The check of an applied object: a workload with the warnings that its Pods would get, a Namespace, or a changed Pod. The
//! warnings go to the user who applies it.
//!
//! A Deployment's Pods are created by a controller: what they are denied for stands in an event, and their warnings
//! nowhere. Never refuses and never changes a workload. What a Namespace's label asks for is not known here, so only what
//! the template's own annotations ask for is looked at.

use super::answer::{Answer, Unanswerable, unwritable};
use super::request::{Applied, Request};
use super::response;
use crate::inject::pod::JSON;
use crate::inject::{self, RESTRICTS_NOTHING, Reason, Refused, Root, TOO_LARGE, warnings};
use crate::profile::{Configuration, OptIn};
use crate::text::shorten;
use crate::workload::{self, Workload, WorkloadKind, namespace};

const PODS_DENIED: Reason = Reason {
    code: "PodsDenied",
    sentence: "every Pod of this workload would be denied for its annotations",
    remedy: "Correct the annotations on the Pod template: until then the workload has no Pods, and only its FailedCreate events say so.",
};
const UNREADABLE: Reason = Reason {
    code: "Unreadable",
    sentence: "the object could not be read, so nothing in it was checked",
    remedy: "Correct the field of another kind than the API documents: kubectl apply --dry-run=server names it.",
};

/// Every reason that is given here.
pub(super) const REASONS: [Reason; 2] = [PODS_DENIED, UNREADABLE];

/// Answers a review of a workload: allowed, with whatever there is to say.
pub(super) fn check(body: &[u8], configuration: &Configuration) -> Result<Answer, Unanswerable> {
    let request = Request::unread(body)?;
    let told = match request.applied() {
        Some(applied) => of_object(applied, configuration).map_err(unwritable)?,
        None => Vec::new(),
    };
    response::warned(request.uid.as_str(), told).map_err(unwritable)
}

fn of_object(applied: Applied<'_, '_>, configuration: &Configuration) -> Result<Vec<String>, serde_json::Error> {
    let Applied { group, kind, object, old } = applied;
    if object.len() > JSON {
        return Ok(vec![too_large(kind)]);
    }
    let root = match (group, kind) {
        ("", "Pod") => return Ok(old.and_then(|old| workload::updated(old, object).ok()).unwrap_or_default()),
        ("", "Namespace") => {
            let read = serde_json::from_str(object);
            return Ok(read.map(|read| namespace::misplaced(&read, configuration)).unwrap_or_default());
        }
        _ => root_of(applied),
    };
    match root.map(|root| Workload::parse(group, kind, root, object)) {
        Some(Ok(workload)) => of_workload(kind, &workload, configuration),
        Some(Err(error)) if WorkloadKind::find(group, kind).is_some() => Ok(vec![unreadable(kind, &error)]),
        // Something else of the same shape.
        None | Some(Err(_)) => Ok(workload::without_template(kind, object).unwrap_or_default()),
    }
}

/// Finds the Pod template. An object of a kind that is not Kubernetes' own is parsed as a whole for that; few are sent.
fn root_of(Applied { group, kind, object, .. }: Applied<'_, '_>) -> Option<Root> {
    let own = WorkloadKind::find(group, kind).map(|kind| kind.template);
    own.or_else(|| workload::template_in(group, kind, &serde_json::from_str(object).ok()?))
}

/// The warning for an object of more than 1 MiB: etcd takes hardly more, and its size in memory needs a bound.
fn too_large(kind: &str) -> String {
    let told = format!(
        "podwright did not check this {}: it has more than 1 MiB of JSON. Make it smaller, or check its manifest with `podwright lint`.",
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
            let before = format!("Pods of this {} would be denied: ", shorten(kind));
            warnings::of_faults(&before, &faults, PODS_DENIED)
        }
        Err(Refused::Unwritable(error)) => return Err(error),
    };
    Ok([workload.misplaced(), of_pods].concat())
}

/// A Namespace that opted in gives the template something to restrict, and is not seen here.
fn unless_opted_in(warning: String) -> String {
    let restricts_nothing = warning.ends_with(&format!("[{}]", RESTRICTS_NOTHING.code));
    if restricts_nothing { warning.replace(" ignored: ", " ignored unless the Namespace opted in: ") } else { warning }
}

fn unreadable(kind: &str, error: &serde_json::Error) -> String {
    let what = shorten(&error.to_string());
    warnings::bounded(
        &format!(
            "podwright did not check this {}: it cannot be read: {what}. Correct that field, and apply it again.",
            shorten(kind)
        ),
        UNREADABLE,
    )
}

#[cfg(test)]
mod tests;
