//! The request, borrowed from the body and read in one pass together with its Pod.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unanswerable;
use crate::inject::pod::{Pod, Str};

const API_VERSION: &str = "admission.k8s.io/v1";
const KIND: &str = "AdmissionReview";

/// `AdmissionReview.request`, as far as it is read.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// To be repeated in the answer.
    pub(super) uid: Str<'a>,
    operation: Str<'a>,
    kind: Str<'a>,
    object: Option<Pod<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a, O> {
    #[serde(borrow, default)]
    api_version: Str<'a>,
    #[serde(borrow, default)]
    kind: Str<'a>,
    request: Option<RawRequest<'a, O>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRequest<'a, O> {
    #[serde(borrow, default)]
    uid: Str<'a>,
    #[serde(borrow, default)]
    operation: Str<'a>,
    #[serde(borrow, default)]
    kind: Kind<'a>,
    #[serde(default = "none")]
    object: Option<O>,
}

fn none<O>() -> Option<O> {
    None
}

#[derive(Default, Deserialize)]
struct Kind<'a> {
    #[serde(borrow, default)]
    kind: Str<'a>,
}

impl<'a> Request<'a> {
    /// Reads a body.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Unanswerable> {
        match serde_json::from_slice::<Review<'a, Pod<'a>>>(body) {
            Ok(review) => Self::of(review),
            Err(error) => Self::without_view(body, &error),
        }
    }

    /// The Pod, where this is the creation of one.
    pub(super) fn created_pod(&self) -> Option<&Pod<'a>> {
        let concerns_us = self.operation.as_str() == "CREATE" && self.kind.as_str() == "Pod";
        self.object.as_ref().filter(|_| concerns_us)
    }

    /// A second look at a body that the view did not take, to tell whose fault that is.
    fn without_view(body: &'a [u8], error: &serde_json::Error) -> Result<Self, Unanswerable> {
        let review = serde_json::from_slice::<Review<'a, &'a RawValue>>(body).map_err(|error| {
            let expected = format!("expected an {KIND} of {API_VERSION}");
            Unanswerable::NotAReview(format!("The body could not be read ({error}); {expected} as JSON."))
        })?;
        let request = Self::of(Review {
            api_version: review.api_version,
            kind: review.kind,
            request: review.request.map(|RawRequest { uid, operation, kind, .. }| RawRequest {
                uid,
                operation,
                kind,
                object: Some(Pod::default()),
            }),
        })?;
        match request.created_pod() {
            None => Ok(request),
            Some(_) => Err(Unanswerable::OurFault(format!("The Pod could not be read: {error}."))),
        }
    }

    fn of(review: Review<'a, Pod<'a>>) -> Result<Self, Unanswerable> {
        let (version, kind) = (review.api_version.as_str(), review.kind.as_str());
        if (version, kind) != (API_VERSION, KIND) {
            let shorten = crate::annotation::fault::shorten;
            return Err(Unanswerable::NotAReview(format!(
                "The body is a \"{}\" of \"{}\"; expected an {KIND} of {API_VERSION}.",
                shorten(kind),
                shorten(version)
            )));
        }
        let request = review.request.filter(|request| !request.uid.as_str().is_empty()).ok_or_else(|| {
            Unanswerable::NotAReview(format!("The {KIND} has no request with a uid; expected one to answer to."))
        })?;
        Ok(Self { uid: request.uid, operation: request.operation, kind: request.kind.kind, object: request.object })
    }
}
