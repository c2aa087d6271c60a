//! The request, borrowed from the body. A Pod is parsed in the same pass.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::Unanswerable;
use crate::inject::pod::{Census, Extent, Outline, Pod, Str, needs_census, objects};
use crate::text::{shorten, within};

pub(super) const API_VERSION: &str = "admission.k8s.io/v1";
pub(super) const KIND: &str = "AdmissionReview";
/// The most characters of a parser's error in a message.
const CHARACTERS: usize = 400;

/// `AdmissionReview.request` with its `object` as the view `O`.
#[derive(Debug)]
pub(super) struct Request<'a, O> {
    /// The identifier that the answer repeats.
    pub(super) uid: Str<'a>,
    operation: Str<'a>,
    kind: GroupKind<'a>,
    object: Option<O>,
    old_object: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Review<'a, O> {
    #[serde(borrow, default)]
    api_version: Str<'a>,
    #[serde(borrow, default)]
    kind: Str<'a>,
    request: Option<RawRequest<'a, O>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct RawRequest<'a, O> {
    #[serde(borrow, default)]
    uid: Str<'a>,
    #[serde(borrow, default)]
    operation: Str<'a>,
    #[serde(borrow, default)]
    kind: GroupKind<'a>,
    #[serde(default = "none")]
    object: Option<O>,
    #[serde(borrow)]
    old_object: Option<&'a RawValue>,
}

fn none<O>() -> Option<O> {
    None
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct GroupKind<'a> {
    #[serde(borrow, default)]
    group: Str<'a>,
    #[serde(borrow, default)]
    kind: Str<'a>,
}

objects!(Review<O>, RawRequest<O>, GroupKind);

/// Returns the parser's error, shortened: serde repeats a string of the wrong type in full.
fn shortened(error: &serde_json::Error) -> String {
    within(&error.to_string(), CHARACTERS)
}

impl<'a> Request<'a, Pod<'a>> {
    /// Parses a body with a Pod in it.
    pub(super) fn of_pod(body: &'a [u8]) -> Result<Self, Unanswerable> {
        // One check for the whole body: a parser of bytes checks each string by itself, which is slower.
        let Ok(text) = std::str::from_utf8(body) else { return Err(not_utf_8()) };
        match read_pod(text) {
            Ok(review) => Self::of(review),
            Err(error) => Self::without_view(body, &error),
        }
    }

    /// Returns the Pod, if the request creates one.
    pub(super) fn created_pod(&self) -> Option<&Pod<'a>> {
        self.object.as_ref().filter(|_| self.creates_pod())
    }

    /// Parses the body again, without its Pod: only a request that creates a Pod must have a valid one.
    fn without_view(body: &'a [u8], error: &serde_json::Error) -> Result<Self, Unanswerable> {
        let request = Request::unread(body)?;
        if request.creates_pod() {
            // The API server decoded this Pod and wrote it anew: it has no duplicate keys and no wrong types.
            return Err(Unanswerable::NotAReview(format!(
                "the Pod in the {KIND} is invalid ({}): expected JSON as the API server writes it",
                shortened(error)
            )));
        }
        Ok(Self { uid: request.uid, operation: request.operation, kind: request.kind, object: None, old_object: None })
    }
}

impl<'a> Request<'a, &'a RawValue> {
    /// Parses a body without its object.
    pub(super) fn unread(body: &'a [u8]) -> Result<Self, Unanswerable> {
        let review = serde_json::from_slice::<Review<'a, &'a RawValue>>(body).map_err(|error| {
            let expected = format!("expected an {KIND} of {API_VERSION}");
            Unanswerable::NotAReview(format!("the body is invalid ({}): {expected} as JSON", shortened(&error)))
        })?;
        Self::of(review)
    }

    /// Returns the object's kind and JSON, if the request creates or updates it.
    pub(super) fn applied(&self) -> Option<Applied<'_, 'a>> {
        let applied = matches!(self.operation.as_str(), "CREATE" | "UPDATE");
        let (group, kind) = (self.kind.group.as_str(), self.kind.kind.as_str());
        let old = self.old_object.map(RawValue::get);
        self.object.filter(|_| applied).map(|object| Applied { group, kind, object: object.get(), old })
    }
}

/// Parses a review with its Pod, or with only the Pod's metadata if the Pod has too many items.
fn read_pod(text: &str) -> Result<Review<'_, Pod<'_>>, serde_json::Error> {
    if needs_census(text.len()) && is_beyond(text)? {
        return Ok(serde_json::from_str::<Review<'_, Outline<'_>>>(text)?.map(Pod::from));
    }
    let review = serde_json::from_str::<Review<'_, Pod<'_>>>(text)?;
    Ok(review.map(|pod| Pod { extent: Extent::Within(text, pod_bytes), ..pod }.with_evidence()))
}

fn is_beyond(text: &str) -> Result<bool, serde_json::Error> {
    let review = serde_json::from_str::<Review<'_, Census<'_>>>(text)?;
    Ok(review.request.and_then(|request| request.object).is_some_and(|census| census.is_beyond(text.len())))
}

/// Returns the length of the Pod in a review, without its `managedFields`.
fn pod_bytes(text: &str) -> usize {
    let review = serde_json::from_str::<Review<'_, &RawValue>>(text).ok();
    let Some(object) = review.and_then(|review| review.request?.object).map(RawValue::get) else { return text.len() };
    let census = serde_json::from_str::<Census<'_>>(object);
    census.map_or(object.len(), |census| census.without_managed_fields(object.len()))
}

/// A created or updated object.
#[derive(Clone, Copy)]
pub(super) struct Applied<'r, 'a> {
    pub(super) group: &'r str,
    pub(super) kind: &'r str,
    /// The object as JSON.
    pub(super) object: &'a str,
    /// The previous object as JSON, in an update.
    pub(super) old: Option<&'a str>,
}

/// Returns the error for other bytes: JSON is UTF-8 (RFC 8259).
fn not_utf_8() -> Unanswerable {
    Unanswerable::NotAReview(format!("the body is not UTF-8: expected an {KIND} of {API_VERSION} as JSON"))
}

impl<'a, O> Review<'a, O> {
    fn map<P>(self, view: impl Fn(O) -> P) -> Review<'a, P> {
        let Self { api_version, kind, request } = self;
        let request = request.map(|RawRequest { uid, operation, kind, object, old_object }| {
            let object = object.map(&view);
            RawRequest { uid, operation, kind, object, old_object }
        });
        Review { api_version, kind, request }
    }
}

impl<'a, O> Request<'a, O> {
    fn creates_pod(&self) -> bool {
        self.operation.as_str() == "CREATE" && self.kind.kind.as_str() == "Pod"
    }

    fn of(review: Review<'a, O>) -> Result<Self, Unanswerable> {
        let (version, kind) = (review.api_version.as_str(), review.kind.as_str());
        if (version, kind) != (API_VERSION, KIND) {
            return Err(Unanswerable::NotAReview(format!(
                "the body has kind \"{}\" and apiVersion \"{}\": expected {KIND} and {API_VERSION}",
                shorten(kind),
                shorten(version)
            )));
        }
        let request = review.request.filter(|request| !request.uid.as_str().is_empty()).ok_or_else(|| {
            Unanswerable::NotAReview(format!("the {KIND} has no `request.uid`: expected one, which the answer repeats"))
        })?;
        let RawRequest { uid, operation, kind, object, old_object } = request;
        Ok(Self { uid, operation, kind, object, old_object })
    }
}
