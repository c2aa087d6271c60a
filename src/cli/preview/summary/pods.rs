//! The number of Pods of an object, as its manifest gives it.

use serde_json::Value;

use crate::manifest::Object;

/// The number of Pods from one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pods {
    /// The manifest's number, or the API's default.
    Number(u64),
    /// One for each matching node.
    OnEachNode,
}

impl Pods {
    /// Reads the number from an object with a Pod template. A Job runs `parallelism` Pods at a time, but not more than
    /// `completions`.
    pub(super) fn of(object: &Object, value: &Value) -> Self {
        let number = |pointer: &str| value.pointer(pointer).and_then(Value::as_u64);
        let of_job = |spec: &str| {
            let parallel = number(&format!("{spec}/parallelism")).unwrap_or(1);
            number(&format!("{spec}/completions")).map_or(parallel, |completions| parallel.min(completions))
        };
        match (object.group(), object.kind.as_str()) {
            ("apps", "DaemonSet") => Self::OnEachNode,
            ("batch", "Job") => Self::Number(of_job("/spec")),
            ("batch", "CronJob") => Self::Number(of_job("/spec/jobTemplate/spec")),
            ("", "PodTemplate") => Self::Number(0),
            _ => Self::Number(number("/spec/replicas").unwrap_or(1)),
        }
    }

    /// Formats the number for a table.
    pub(super) fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::OnEachNode => "1/node".to_owned(),
        }
    }

    /// Returns the number for totals, with one Pod of a DaemonSet.
    pub(super) fn at_least(self) -> u64 {
        match self {
            Self::Number(number) => number,
            Self::OnEachNode => 1,
        }
    }
}
