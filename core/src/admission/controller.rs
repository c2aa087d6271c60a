//! The controller that owns a reviewed Pod, for an event about the Pod.
//!
//! Few reviews cause an event, so the reference is read from the body separately, and only for an event. The requester
//! wrote every text. If a text is invalid for objects in a cluster, the whole reference is unusable.

use serde::Deserialize;

use crate::inject::pod::{Field, List, Scalar, Str, objects};

/// The longest name of an object (RFC 1123 subdomain).
const NAME: usize = 253;
/// The longest label (RFC 1123), such as a Namespace's name. Kinds and uids are shorter too.
const LABEL: usize = 63;

/// The controller of a Pod, from `metadata.ownerReferences`, in the Pod's Namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodController {
    /// `request.namespace`, which is safe in a path.
    pub namespace: String,
    /// The API group and version, such as `apps/v1`.
    pub api_version: String,
    /// The kind, such as `ReplicaSet`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The uid, by which `kubectl describe` finds events.
    pub uid: String,
}

#[derive(Deserialize)]
struct ControllerReview<'a> {
    #[serde(borrow, default)]
    request: Field<ControllerRequest<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ControllerRequest<'a> {
    #[serde(borrow, default)]
    namespace: Str<'a>,
    #[serde(borrow, default)]
    dry_run: Field<Scalar<'a>>,
    #[serde(borrow, default)]
    object: Field<ControlledObject<'a>>,
}

#[derive(Deserialize)]
struct ControlledObject<'a> {
    #[serde(borrow, default)]
    metadata: Field<ControlledMetadata<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ControlledMetadata<'a> {
    #[serde(borrow, default)]
    owner_references: List<Reference<'a>>,
}

/// An owner reference with its uid. The type for injection leaves `uid` out, so that an invalid one fails no review.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Reference<'a> {
    #[serde(borrow, default)]
    api_version: Str<'a>,
    #[serde(borrow, default)]
    kind: Str<'a>,
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(borrow, default)]
    uid: Str<'a>,
    #[serde(borrow, default)]
    controller: Field<Scalar<'a>>,
}

objects!(Reference);

impl PodController {
    /// Reads the controller from the body of a review. Returns none for a dry run, and for a Pod without a controller.
    pub fn of(body: &[u8]) -> Option<Self> {
        let review = serde_json::from_slice::<ControllerReview<'_>>(body).ok()?;
        let request = review.request.as_ref().filter(|request| !is_true(&request.dry_run))?;
        let references = &request.object.as_ref()?.metadata.as_ref()?.owner_references.0;
        let reference = references.iter().find(|reference| is_true(&reference.controller))?;
        Some(Self {
            namespace: label(request.namespace.as_str())?,
            api_version: text(reference.api_version.as_str(), NAME + 1 + LABEL)?,
            kind: text(reference.kind.as_str(), LABEL)?,
            name: text(reference.name.as_str(), NAME)?,
            uid: text(reference.uid.as_str(), LABEL)?,
        })
    }
}

fn is_true(flag: &Field<Scalar<'_>>) -> bool {
    flag.as_ref().is_some_and(|flag| flag.text() == "true")
}

/// Returns the text if it is a label. Any other text could lead to another path on the API server.
fn label(value: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text(value, LABEL).filter(|label| label.bytes().all(allowed))
}

fn text(value: &str, most: usize) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-./:".contains(&byte);
    (!value.is_empty() && value.len() <= most && value.bytes().all(allowed)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::PodController;

    fn reference(changes: &Value) -> Value {
        let mut reference =
            json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "u-1", "controller": true});
        if let (Some(fields), Some(changes)) = (reference.as_object_mut(), changes.as_object()) {
            fields.extend(changes.clone());
        }
        reference
    }

    fn of(request: &Value, references: &Value) -> Option<PodController> {
        let mut request = request.clone();
        if let Some(fields) = request.as_object_mut() {
            fields.insert("object".to_owned(), json!({"metadata": {"ownerReferences": references}}));
        }
        PodController::of(json!({ "request": request }).to_string().as_bytes())
    }

    #[test]
    fn it_is_the_reference_with_controller_true() {
        let others = json!([reference(&json!({"controller": false, "uid": "u-0"})), reference(&json!({}))]);
        let expected = PodController {
            namespace: "shop".to_owned(),
            api_version: "apps/v1".to_owned(),
            kind: "ReplicaSet".to_owned(),
            name: "web-1".to_owned(),
            uid: "u-1".to_owned(),
        };
        assert_eq!(of(&json!({"namespace": "shop", "dryRun": false}), &others), Some(expected));
        for references in [json!(null), json!([]), json!([reference(&json!({"controller": null}))])] {
            assert_eq!(of(&json!({"namespace": "shop"}), &references), None, "{references}");
        }
    }

    #[test]
    fn a_dry_run_has_none() {
        assert_eq!(of(&json!({"namespace": "shop", "dryRun": true}), &json!([reference(&json!({}))])), None);
    }

    #[test]
    fn a_text_that_no_object_has_makes_it_unusable() {
        for namespace in ["", "../../../api/v1/namespaces/other", "shop?x=y", "Shop", &"n".repeat(64)] {
            assert_eq!(of(&json!({"namespace": namespace}), &json!([reference(&json!({}))])), None, "{namespace}");
        }
        for changes in [
            json!({"name": "a\nb"}),
            json!({"name": "x".repeat(254)}),
            json!({"uid": ""}),
            json!({"uid": "u".repeat(64)}),
            json!({"kind": "\u{202e}Job"}),
            json!({"apiVersion": "v".repeat(318)}),
        ] {
            assert_eq!(of(&json!({"namespace": "shop"}), &json!([reference(&changes)])), None, "{changes}");
        }
        for body in
            ["", "[]", r#"{"request": 1}"#, r#"{"request": {"object": {"metadata": {"ownerReferences": [[]]}}}}"#]
        {
            assert_eq!(PodController::of(body.as_bytes()), None, "{body}");
        }
    }
}
