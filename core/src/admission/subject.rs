//! The subject of a review, for the log: the names in it and nothing else of the object.
//!
//! Most requests write no log line, so the names are read from the body separately, only for a line. The names are the
//! requester's, so they are escaped to one line and their length is limited.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::inject::pod::{Field, Str};
use crate::text::within;

/// The longest name in Kubernetes, a DNS subdomain. The API server calls webhooks before it validates names.
const CHARACTERS: usize = 253;

/// The names in a review. Each may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// `request.uid`, as in the API server's logs.
    pub uid: Option<String>,
    /// `request.namespace`
    pub namespace: Option<String>,
    /// `request.kind.kind`
    pub kind: Option<String>,
    /// `request.name`, or the object's `metadata.name`.
    pub name: Option<String>,
    /// The object's `metadata.generateName`, if it has no name yet.
    pub generate_name: Option<String>,
}

#[derive(Deserialize)]
struct SubjectReview<'a> {
    #[serde(borrow, default)]
    request: Field<SubjectRequest<'a>>,
}

#[derive(Deserialize)]
struct SubjectRequest<'a> {
    #[serde(borrow, default)]
    uid: Str<'a>,
    #[serde(borrow, default)]
    namespace: Str<'a>,
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(borrow, default)]
    kind: Field<SubjectKind<'a>>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct SubjectKind<'a> {
    #[serde(borrow, default)]
    kind: Str<'a>,
}

#[derive(Deserialize)]
struct SubjectObject<'a> {
    #[serde(borrow, default)]
    metadata: Field<SubjectMetadata<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubjectMetadata<'a> {
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(borrow, default)]
    generate_name: Str<'a>,
}

impl Subject {
    /// Reads the names from the body of a review. Returns none for any other body.
    pub fn of(body: &[u8]) -> Self {
        let review = serde_json::from_slice::<SubjectReview<'_>>(body);
        review.ok().and_then(|review| review.request.as_ref().map(SubjectRequest::subject)).unwrap_or_default()
    }
}

impl SubjectRequest<'_> {
    fn subject(&self) -> Subject {
        // A broken object must not hide the uid.
        let object = self.object.and_then(|object| serde_json::from_str::<SubjectObject<'_>>(object.get()).ok());
        let metadata = object.as_ref().and_then(|object| object.metadata.as_ref());
        let name = noted(&self.name).or_else(|| metadata.and_then(|metadata| noted(&metadata.name)));
        let generate_name = metadata.filter(|_| name.is_none()).and_then(|metadata| noted(&metadata.generate_name));
        Subject {
            uid: noted(&self.uid),
            namespace: noted(&self.namespace),
            kind: self.kind.as_ref().and_then(|kind| noted(&kind.kind)),
            name,
            generate_name,
        }
    }
}

fn noted(name: &Str<'_>) -> Option<String> {
    let name = name.as_str();
    (!name.is_empty()).then(|| within(name, CHARACTERS))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

    use serde_json::{Value, json};

    use super::*;

    fn of(request: &Value) -> Subject {
        Subject::of(json!({ "request": request }).to_string().as_bytes())
    }

    #[test]
    fn the_name_is_the_requests_or_the_objects_or_its_generate_name() {
        let named = |name: &str| (Some(name.to_owned()), None);
        for (request, expected) in [
            (json!({"name": "web", "object": {"metadata": {"name": "other", "generateName": "web-"}}}), named("web")),
            (json!({"name": "", "object": {"metadata": {"name": "web", "generateName": "web-"}}}), named("web")),
            (json!({"object": {"metadata": {"generateName": "web-"}}}), (None, Some("web-".to_owned()))),
            (json!({"name": null, "object": null}), (None, None)),
        ] {
            let subject = of(&request);
            assert_eq!((subject.name, subject.generate_name), expected, "{request}");
        }
    }

    #[test]
    fn a_broken_object_does_not_hide_the_other_names() {
        let request = json!({"uid": "u-1", "namespace": "shop", "kind": {"kind": "Pod"}, "object": {"metadata": 1}});
        let some = |text: &str| Some(text.to_owned());
        let expected = Subject { uid: some("u-1"), namespace: some("shop"), kind: some("Pod"), ..Subject::default() };
        assert_eq!(of(&request), expected);
        assert_eq!(Subject::of(b"{"), Subject::default());
    }

    #[test]
    fn a_name_stays_on_one_line_and_is_bounded() {
        let name = of(&json!({"name": format!("a\n\u{1b}[31m\u{85}{}", "x".repeat(9_999))})).name.unwrap();
        assert!(!name.contains(char::is_control) && name.starts_with("a\\n\\u{1b}[31m"), "{name}");
        assert!(name.len() < 300, "{name}");
    }
}
