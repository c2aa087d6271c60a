//! The answer to a review that is too large to read: the object is allowed unchanged, with a warning.
//!
//! Only the start of the review is available. It holds the uid, which API servers write before the object.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::answer::{Answer, Route, Unanswerable, unwritable};
use super::request::{API_VERSION, KIND};
use super::response;
use crate::inject::pod::Str;
use crate::inject::{Reason, warnings};

const TOO_LARGE: Reason = Reason {
    code: "ReviewTooLarge",
    sentence: "the review is larger than 7 MiB, so podwright did not read it and allowed the object unchanged",
    remedy: "Make the object smaller, or set the fields in its manifest. The review of an update also holds the old object.",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 1] = [TOO_LARGE];

/// Answers a review from its start: allowed, with one warning.
///
/// # Errors
/// The start is not an AdmissionReview v1 or has no uid, or podwright cannot write the answer.
pub fn oversized(start: &[u8], route: Route<'_>) -> Result<Answer, Unanswerable> {
    let uid = uid(start).ok_or_else(|| {
        Unanswerable::NotAReview(format!(
            "the body is larger than 7 MiB, and its first 64 KiB have no `request.uid`: expected an {KIND} of \
             {API_VERSION} with the uid before the object, as the API server writes it"
        ))
    })?;
    response::oversized(&uid, warning(route)).map_err(unwritable)
}

fn warning(route: Route<'_>) -> String {
    let (done, remedy) = match route {
        Route::Pods | Route::Namespace { .. } => {
            ("added nothing to", "Make the object smaller, or set the fields in its manifest.")
        }
        Route::Workloads => ("did not check", "Make the object smaller, or check its manifest with `podwright lint`."),
    };
    warnings::bounded(&format!("podwright {done} this object: its review is larger than 7 MiB. {remedy}"), TOO_LARGE)
}

/// Returns the `request.uid` of a truncated review, if the truncated text still has it.
fn uid(start: &[u8]) -> Option<String> {
    let mut head = ReviewHead::default();
    // The truncated end is always an error. Only the fields before it count.
    let _ = HeadVisitor { level: Level::Review, head: &mut head }
        .deserialize(&mut serde_json::Deserializer::from_slice(start));
    head.uid.filter(|uid| !uid.is_empty() && !head.is_other)
}

/// The fields read from a review so far.
#[derive(Default)]
struct ReviewHead {
    uid: Option<String>,
    /// True for another version or kind.
    is_other: bool,
}

#[derive(Clone, Copy)]
enum Level {
    Review,
    Request,
}

/// A visitor for an object that reads its fields in order, up to the uid.
struct HeadVisitor<'h> {
    level: Level,
    head: &'h mut ReviewHead,
}

impl<'de> DeserializeSeed<'de> for HeadVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an {KIND}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self { level, head } = self;
        while let Some(name) = fields.next_key::<Str<'de>>()? {
            match (level, name.as_str()) {
                (Level::Review, "apiVersion") => {
                    head.is_other |= fields.next_value::<Str<'de>>()?.as_str() != API_VERSION
                }
                (Level::Review, "kind") => head.is_other |= fields.next_value::<Str<'de>>()?.as_str() != KIND,
                (Level::Review, "request") => {
                    fields.next_value_seed(HeadVisitor { level: Level::Request, head: &mut *head })?;
                }
                (Level::Request, "uid") => {
                    head.uid = Some(fields.next_value::<Str<'de>>()?.as_str().to_owned());
                    return Err(A::Error::custom("the rest is not read"));
                }
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by panicking")]

    use serde_json::{Value, json};

    use super::*;
    use crate::admission::AnswerKind;

    const HEAD: &str = r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"#;

    #[test]
    fn the_uid_is_read_wherever_the_review_is_cut_off_behind_it() {
        let review = format!(r#"{HEAD}"kind":{{"uid":"x"}},"uid":"a\u002db","object":{{"a":["é\ud83d\ude00"]}}}}"#);
        let known = review.find(",\"object\"").unwrap();
        for cut in 0..=review.len() {
            let expected = (cut >= known).then(|| "a-b".to_owned());
            assert_eq!(
                uid(&review.as_bytes()[..cut]),
                expected,
                "{}",
                String::from_utf8_lossy(&review.as_bytes()[..cut])
            );
        }
    }

    #[test]
    fn a_start_that_is_no_review_with_a_uid_is_not_answered() {
        for start in [
            "",
            "[]",
            r#"{"uid":"u-1""#,
            r#"{"request":null"#,
            r#"{"request":"uid""#,
            &format!(r#"{HEAD}"uid":"","object":{{"#),
            &format!(r#"{HEAD}"uid":7,"object":{{"#),
            &format!(r#"{HEAD}"object":{{"uid":"u-1""#),
            r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"u-1","#,
            r#"{"kind":"Pod","request":{"uid":"u-1","#,
        ] {
            assert!(matches!(oversized(start.as_bytes(), Route::Pods), Err(Unanswerable::NotAReview(_))), "{start}");
        }
    }

    #[test]
    fn the_object_is_allowed_with_one_whole_warning() {
        for (route, words) in [
            (Route::Pods, "podwright added nothing to this object: "),
            (Route::Namespace { profile: "no-such" }, "podwright added nothing to this object: "),
            (Route::Workloads, "podwright did not check this object: "),
        ] {
            let answer = oversized(format!(r#"{HEAD}"uid":"u-1","object":{{"#).as_bytes(), route).unwrap();
            assert_eq!(answer.outcome, AnswerKind::Oversized);
            let mut review: Value = serde_json::from_slice(&answer.body).unwrap();
            let warning = review["response"]["warnings"][0].take();
            let hint = review["response"]["warnings"][1].clone();
            let warning = warning.as_str().unwrap();
            assert!(warning.starts_with(words) && warning.ends_with(". [ReviewTooLarge]"), "{warning}");
            assert!(
                warning.contains("7 MiB. Make the object smaller") && warning.len() <= warnings::CHARACTERS,
                "{warning}"
            );
            assert_eq!(review["response"], json!({"uid": "u-1", "allowed": true, "warnings": [null, hint]}));
        }
    }
}
