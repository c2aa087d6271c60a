//! One of `ownerKinds`: a kind and its API group, as in `CloneSet.apps.kruise.io`; the kind alone in the core group.

use crate::text::shorten;

/// A kind that would do.
pub(super) const EXAMPLE: &str = "CloneSet.apps.kruise.io";

/// The form, for the JSON schema.
pub(super) const PATTERN: &str = "^[A-Z][-A-Za-z0-9]{0,62}(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$";

/// The problem with an owner kind; none for a good one.
pub(super) fn fault(text: &str) -> Option<String> {
    let (kind, group) = text.split_once('.').map_or((text, None), |(kind, group)| (kind, Some(group)));
    let problem = match group.and_then(|group| group.split('.').next()) {
        _ if text.contains('/') => "has a slash; expected the kind, a dot and its API group without a version",
        Some(first) if is_version(first) => "has a version; expected the kind, a dot and its API group alone",
        _ if kind.starts_with(|c: char| c.is_ascii_lowercase()) => {
            "begins with a small letter, as resources do; expected the kind, in its capitals"
        }
        _ if !is_kind(kind) || group.is_some_and(|group| !is_group(group)) => {
            "is not a kind with its API group; expected KIND.GROUP, or the kind alone in the core group"
        }
        _ => return None,
    };
    Some(format!("\"{}\" {problem}, for example {EXAMPLE}", shorten(text)))
}

fn is_kind(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.len() <= 63 && text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(legal)
}

/// A DNS subdomain.
fn is_group(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(crate::annotation::containers::is_container_name)
}

/// `v1`, `v1beta1`
fn is_version(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('v') else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let stage = ["alpha", "beta"].iter().find_map(|stage| rest.strip_prefix(stage)).unwrap_or(rest);
    text.len() > 1
        && text.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
        && stage.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn kinds_with_their_groups_are_taken() {
        for text in [
            "CloneSet.apps.kruise.io",
            "Rollout.argoproj.io",
            "ValueNode",
            "Job.batch",
            "VMAgent.operator.v-metrics.com",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_kind_is_told() {
        let long = format!("A{}.example.com", "b".repeat(63));
        for (text, told) in [
            ("clonesets.apps.kruise.io", "begins with a small letter"),
            ("CloneSet.v1alpha1.apps.kruise.io", "has a version"),
            ("Job.v1.batch", "has a version"),
            ("apps.kruise.io/v1alpha1", "has a slash"),
            ("CloneSet/apps.kruise.io", "has a slash"),
            ("", "is not a kind"),
            ("CloneSet.", "is not a kind"),
            ("Clone Set.apps.kruise.io", "is not a kind"),
            ("CloneSet.Apps.kruise.io", "is not a kind"),
            ("*.apps.kruise.io", "is not a kind"),
            (&long, "is not a kind"),
        ] {
            assert!(fault(text).is_some_and(|fault| fault.contains(told)), "{text}: {:?}", fault(text));
        }
    }
}
