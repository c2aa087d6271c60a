//! Pods as JSON text. Values would not do: a shape may repeat a member or write a number of a million digits.

use std::fmt::Write as _;

/// A Pod's members, each list of them as JSON text without its braces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pod {
    pub(crate) annotations: String,
    /// More members of `metadata`.
    pub(crate) metadata: String,
    pub(crate) spec: String,
    /// The metadata of the workload around it.
    pub(crate) workload: String,
}

impl Pod {
    pub(crate) fn annotated(annotations: impl Into<String>) -> Self {
        Self { annotations: annotations.into(), ..Self::default() }
    }

    pub(crate) fn spec(self, spec: impl Into<String>) -> Self {
        Self { spec: spec.into(), ..self }
    }

    pub(crate) fn metadata(self, metadata: impl Into<String>) -> Self {
        Self { metadata: metadata.into(), ..self }
    }

    /// A spec of one container with these members.
    pub(crate) fn container(self, members: impl AsRef<str>) -> Self {
        let members = members.as_ref();
        self.spec(format!(r#""containers":[{{"name":"app","image":"app"{}{members}}}]"#, comma(members)))
    }

    /// A spec of these containers.
    pub(crate) fn containers(self, containers: impl AsRef<str>) -> Self {
        self.spec(format!(r#""containers":[{}]"#, containers.as_ref()))
    }

    /// The Pod, padded with a foreign annotation to at least this size.
    pub(crate) fn padded(mut self, bytes: usize) -> Self {
        let Self { annotations, metadata, spec, workload } = &self;
        let missing = bytes.saturating_sub(annotations.len() + metadata.len() + spec.len() + workload.len());
        // podwright does not read annotations beyond six times the API's limit.
        let missing = missing.min(1_500_000_usize.saturating_sub(annotations.len()));
        if missing > 0 {
            self.annotations =
                format!("{annotations}{}{}", comma(annotations), member("padding", &"x".repeat(missing)));
        }
        self
    }

    fn object(&self) -> String {
        let Self { annotations, metadata, spec, .. } = self;
        let metadata = format!(r#"{{"annotations":{{{annotations}}}{}{metadata}}}"#, comma(metadata));
        format!(r#"{{"metadata":{metadata},"spec":{{{spec}}}}}"#)
    }

    /// The review of its creation.
    pub(crate) fn review(&self) -> String {
        review("", "Pod", &self.object())
    }

    /// The review of a Deployment with it as the template.
    pub(crate) fn review_of_deployment(&self) -> String {
        let object = format!(r#"{{"metadata":{{{}}},"spec":{{"template":{}}}}}"#, self.workload, self.object());
        review("apps", "Deployment", &object)
    }
}

fn review(group: &str, kind: &str, object: &str) -> String {
    format!(
        r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{{"uid":"u-1","operation":"CREATE","kind":{{"group":"{group}","version":"v1","kind":"{kind}"}},"object":{object}}}}}"#
    )
}

fn comma(members: &str) -> &'static str {
    if members.is_empty() { "" } else { "," }
}

/// Items with commas between them until they take `bytes`, at most `most` of them.
pub(crate) fn list(bytes: usize, most: usize, item: impl Fn(usize) -> String) -> String {
    separated(",", bytes, most, item)
}

/// Items with a separator between them, likewise.
pub(crate) fn separated(separator: &str, bytes: usize, most: usize, item: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for n in 0..most {
        let item = item(n);
        if text.len() + separator.len() + item.len() > bytes {
            break;
        }
        text.push_str(if n == 0 { "" } else { separator });
        text.push_str(&item);
    }
    text
}

/// The text repeated until it takes `bytes`.
pub(crate) fn repeated(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

/// A member with any text as its value.
pub(crate) fn member(key: &str, value: &str) -> String {
    format!("{}:{}", quoted(key), quoted(value))
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c.is_control() => write!(json, "\\u{:04x}", u32::from(c)).unwrap(),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}
