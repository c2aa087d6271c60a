//! A workload that is applied: what its Pods would hear, told to whoever applies it.
//!
//! A Deployment's Pods are created by a controller: what they are denied for stands in an event, and their warnings
//! nowhere. Never refuses and never changes a workload. What a Namespace's label asks for is not known here, so only what
//! the template's own annotations ask for is looked at.

use super::request::Request;
use super::{Answer, Unanswerable, response, unwritable};
use crate::annotation::fault::shorten;
use crate::inject::{self, RESTRICTS_NOTHING, Reason, Refused, warnings};
use crate::profile::{Configuration, OptIn};
use crate::workload::{Kind, Workload};

const PODS_DENIED: Reason = Reason {
    code: "PodsDenied",
    sentence: "every Pod of this workload would be denied for its annotations",
    remedy: "Correct the annotations on the Pod template: until then the workload has no Pods, and only its FailedCreate events say so.",
};
const UNREADABLE: Reason = Reason {
    code: "Unreadable",
    sentence: "the workload could not be read, so nothing in it was checked",
    remedy: "Look at the workload's own fields; podwright expects them as the API documents them.",
};

/// Every reason that is given here.
pub(super) const REASONS: [Reason; 2] = [PODS_DENIED, UNREADABLE];

/// Answers a review of a workload: allowed, with whatever there is to say.
pub(super) fn check(body: &[u8], configuration: &Configuration) -> Result<Answer, Unanswerable> {
    let request = Request::unread(body)?;
    let told = match request.applied_workload() {
        Some((kind, object)) => of_workload(kind, object, configuration).map_err(unwritable)?,
        None => Vec::new(),
    };
    response::warned(request.uid.as_str(), told).map_err(unwritable)
}

fn of_workload(kind: Kind, object: &str, configuration: &Configuration) -> Result<Vec<String>, serde_json::Error> {
    let workload = match Workload::parse(kind, object) {
        Ok(workload) => workload,
        Err(error) => return Ok(vec![unreadable(kind, &error)]),
    };
    let of_pods = match inject::check(workload.template(), OptIn::Pod, configuration) {
        Ok(report) => report.warnings.into_iter().map(unless_opted_in).collect(),
        Err(Refused::Faults(faults)) => {
            let before = format!("Pods of this {} would be denied: ", kind.name);
            warnings::of_faults(&before, &faults, PODS_DENIED)
        }
        Err(Refused::Unwritable(error)) => return Err(error),
    };
    Ok([workload.misplaced(), of_pods].concat())
}

/// A Namespace that opted in gives the template something to restrict, and is not seen here.
fn unless_opted_in(warning: String) -> String {
    let restricts_nothing = warning.ends_with(&format!("[{}]", RESTRICTS_NOTHING.code));
    if restricts_nothing {
        warning.replace(": skipped, ", ": skipped unless the Namespace opted in, ")
    } else {
        warning
    }
}

fn unreadable(kind: Kind, error: &serde_json::Error) -> String {
    let what = shorten(&error.to_string());
    warnings::bounded(
        &format!("this {}: it could not be read, so nothing in it was checked: {what}", kind.name),
        UNREADABLE,
    )
}

#[cfg(test)]
mod tests;
