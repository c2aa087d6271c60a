//! Stand-ins for `admission` and `profile` until those are in the tree; nothing here stays.

/// Stands in for `profile::Configuration`.
#[derive(Default)]
pub struct Configuration;

/// By which path the API server called.
pub(super) enum Route<'a> {
    /// `/mutate`
    Pods,
    /// `/mutate/{profile}`
    Namespace {
        /// The profile the path names.
        profile: &'a str,
    },
}

/// Why there is no review to answer with.
#[derive(Debug)]
pub(super) enum Unanswerable {
    /// 400
    NotAReview(String),
    /// 404
    UnknownProfile(String),
    /// 500
    OurFault(String),
}

impl std::fmt::Display for Unanswerable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::NotAReview(sentence) | Self::UnknownProfile(sentence) | Self::OurFault(sentence)) = self;
        formatter.write_str(sentence)
    }
}

impl std::error::Error for Unanswerable {}

/// Allows everything.
///
/// # Errors
/// As the real one.
pub(super) fn mutate(body: &[u8], route: Route<'_>, _: &Configuration) -> Result<Vec<u8>, Unanswerable> {
    let review: serde_json::Value = serde_json::from_slice(body)
        .map_err(|_| Unanswerable::NotAReview("not an AdmissionReview: expected JSON".to_owned()))?;
    if review["apiVersion"] != "admission.k8s.io/v1" {
        return Err(Unanswerable::NotAReview("not an AdmissionReview of admission.k8s.io/v1".to_owned()));
    }
    if let Route::Namespace { profile } = route {
        if profile != "default" {
            return Err(Unanswerable::UnknownProfile(format!("no profile {profile:?}: there is `default`")));
        }
    }
    let answer = serde_json::json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "response": {"uid": review["request"]["uid"], "allowed": true}});
    Ok(answer.to_string().into_bytes())
}
