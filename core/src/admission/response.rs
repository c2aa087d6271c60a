//! The answer as JSON. The type is podwright's own: it appends the patch as base64 text and omits absent fields.

use std::collections::BTreeMap;

use base64_simd::STANDARD;
use serde::Serialize;

use super::answer::{Answer, AnswerKind};
use crate::annotation::Faults;
use crate::inject::{Injection, Patch, warnings};

/// The API server's limit for all warnings of one request together.
const CHARACTERS: usize = 4096;
/// The last lines of a denial.
const REMEDY: &str = concat!(
    "Correct the annotations on the Pod or its template. ",
    "To create the Pod without podwright, set podwright.dev/inject: \"false\".\n",
    "All rules of a key: podwright explain KEY, or ",
    env!("CARGO_PKG_HOMEPAGE"),
    // Apart, because `cargo xtask invariants` takes a literal with both for a JSON pointer.
    "/",
    "annotations"
);
/// The last warning of a review with warnings. It is the same for all reviews, so `kubectl apply` prints it once for all
/// objects: kubectl and the API server drop repeated warnings.
const HINT: &str = concat!(
    "podwright: to explain a code in brackets, run `podwright explain CODE` or see ",
    env!("CARGO_PKG_HOMEPAGE"),
    "/reasons"
);
/// The command for the warnings beyond the budget.
const ALL_WARNINGS: &str = "`podwright lint` lists them all";
/// The usual size of an answer without its patch, in bytes.
const REST: usize = 1024;

/// `AdmissionReview.response`, without the patch.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    audit_annotations: BTreeMap<&'a str, String>,
}

/// The `meta/v1` Status without `details`: kubectl drops the message if there are causes in it.
#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}

pub(super) fn untouched(uid: &str) -> Result<Answer, serde_json::Error> {
    warned(uid, Vec::new())
}

pub(super) fn warned(uid: &str, told: Vec<String>) -> Result<Answer, serde_json::Error> {
    let warnings = within_budget(told, "object");
    let outcome = if warnings.is_empty() { AnswerKind::Unchanged } else { AnswerKind::Warned };
    without_patch(outcome, &Response { uid, allowed: true, warnings, ..Response::default() })
}

pub(super) fn oversized(uid: &str, warning: String) -> Result<Answer, serde_json::Error> {
    let warnings = within_budget(vec![warning], "object");
    let response = Response { uid, allowed: true, warnings, ..Response::default() };
    without_patch(AnswerKind::Oversized, &response)
}

pub(super) fn fitted(uid: &str, injection: Injection) -> Result<Answer, serde_json::Error> {
    let Injection { patch, report } = injection;
    let response = Response {
        uid,
        allowed: true,
        status: None,
        warnings: within_budget(report.warnings, "Pod"),
        audit_annotations: report.audit.into_iter().collect(),
    };
    let outcome = if patch.is_some() { AnswerKind::Patched } else { AnswerKind::Unchanged };
    let body = write(&response, patch.as_ref().map(Patch::as_json))?;
    Ok(Answer { body, outcome, counts: report.counts, faults: 0, summary: report.summary })
}

pub(super) fn denied(uid: &str, faults: &Faults) -> Result<Answer, serde_json::Error> {
    let status = Status { code: 422, reason: "Invalid", message: format!("{faults}\n{REMEDY}") };
    let audit_annotations = BTreeMap::from([("denied", "invalid annotations".to_owned())]);
    let response = Response { uid, status: Some(status), audit_annotations, ..Response::default() };
    without_patch(AnswerKind::Denied, &response).map(|answer| Answer { faults: faults.count(), ..answer })
}

/// Returns the warnings within the budget, and the hint if there are any. Counts the others in a warning, because the API server
/// drops them silently.
fn within_budget(mut told: Vec<String>, about: &str) -> Vec<String> {
    if told.is_empty() {
        return told;
    }
    let all = told.len();
    let mut characters: usize = HINT.len() + told.iter().map(|warning| warning.chars().count()).sum::<usize>();
    while characters + (all - told.len()).min(1) * warnings::CHARACTERS > CHARACTERS {
        let Some(last) = told.pop() else { break };
        characters -= last.chars().count();
    }
    let more = all - told.len();
    told.extend((more > 0).then(|| format!("podwright has {more} more warnings about this {about}; {ALL_WARNINGS}")));
    told.push(HINT.to_owned());
    told
}

fn without_patch(outcome: AnswerKind, response: &Response<'_>) -> Result<Answer, serde_json::Error> {
    Ok(Answer { body: write(response, None)?, outcome, counts: Vec::new(), faults: 0, summary: None })
}

/// Writes the review as JSON. The patch is appended by hand: base64 needs no escapes, and a serializer would check
/// every byte for them.
fn write(response: &Response<'_>, patch: Option<&[u8]>) -> Result<Vec<u8>, serde_json::Error> {
    let encoded = patch.map_or(0, |patch| 4 * patch.len().div_ceil(3));
    let mut body = Vec::with_capacity(REST + encoded);
    body.extend_from_slice(br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":"#);
    serde_json::to_writer(&mut body, response)?;
    if let Some(patch) = patch {
        // The closing brace of the response.
        body.pop();
        body.extend_from_slice(br#","patchType":"JSONPatch","patch":""#);
        STANDARD.encode_append(patch, &mut body);
        body.extend_from_slice(br#""}"#);
    }
    body.push(b'}');
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS, HINT, within_budget};

    #[test]
    fn warnings_beyond_the_budget_are_counted_and_a_hint_ends_them() {
        let cut = |count: usize| within_budget(vec!["w".repeat(256); count], "Pod");
        assert_eq!(cut(15).len(), 16);
        let sixteen = cut(16);
        let counted = "podwright has 2 more warnings about this Pod; `podwright lint` lists them all";
        assert_eq!(sixteen.get(14..), Some([counted.to_owned(), HINT.to_owned()].as_slice()));
        assert!(sixteen.iter().map(String::len).sum::<usize>() <= CHARACTERS);
        assert_eq!(within_budget(Vec::new(), "Pod"), [""; 0]);
    }
}
