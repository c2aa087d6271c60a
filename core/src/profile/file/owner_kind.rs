//! An item of `ownerKinds`: a kind and its API group (`CloneSet.apps.kruise.io`), or a kind of the core group (`Node`).

use crate::text::shorten;

/// A valid item.
pub(super) const EXAMPLE: &str = "CloneSet.apps.kruise.io";

/// The pattern for the JSON schema.
pub(super) const PATTERN: &str = "^[A-Z][-A-Za-z0-9]{0,62}(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$";

/// Returns the problem of an invalid item.
pub(super) fn fault(text: &str) -> Option<String> {
    let (kind, group) = text.split_once('.').map_or((text, None), |(kind, group)| (kind, Some(group)));
    let problem = match group.and_then(|group| group.split('.').next()) {
        _ if text.contains('/') => "expected KIND.GROUP, without a slash and without a version",
        Some(first) if is_version(first) => "expected KIND.GROUP, without a version",
        _ if kind.starts_with(|c: char| c.is_ascii_lowercase()) => {
            "expected a kind, which begins with a capital, not a resource"
        }
        _ if !is_kind(kind) || group.is_some_and(|group| !is_group(group)) => {
            "expected KIND.GROUP, or KIND alone for the core group"
        }
        _ => return None,
    };
    Some(format!("invalid kind \"{}\": {problem}, for example {EXAMPLE}", shorten(text)))
}

fn is_kind(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.len() <= 63 && text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(legal)
}

/// Returns whether the text is a DNS subdomain.
fn is_group(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(crate::annotation::containers::is_container_name)
}

/// Returns whether the text is a version, such as `v1` or `v1beta1`.
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
    fn invalid_kinds_each_with_its_reason() {
        let long = format!("A{}.example.com", "b".repeat(63));
        for (text, told) in [
            ("clonesets.apps.kruise.io", "not a resource"),
            ("CloneSet.v1alpha1.apps.kruise.io", ", without a version"),
            ("Job.v1.batch", ", without a version"),
            ("apps.kruise.io/v1alpha1", "without a slash"),
            ("CloneSet/apps.kruise.io", "without a slash"),
            ("", "KIND alone"),
            ("CloneSet.", "KIND alone"),
            ("Clone Set.apps.kruise.io", "KIND alone"),
            ("CloneSet.Apps.kruise.io", "KIND alone"),
            ("*.apps.kruise.io", "KIND alone"),
            (&long, "KIND alone"),
        ] {
            assert!(fault(text).is_some_and(|fault| fault.contains(told)), "{text}: {:?}", fault(text));
        }
    }
}
