//! One object of a manifest, and its verdict.

use std::process::ExitCode;

use serde_json::Value;

use super::finding::{Finding, Level, ObjectInFile, by_place};
use super::namespaces::WebhookCall;
use crate::annotation::Faults;
use crate::cli::error::{UNREADABLE, WRONG};
use crate::inject::{self, Injection, Refused, Root, pod::Pod};
use crate::manifest::{Document, Object};
use crate::profile::Configuration;
use crate::text::sentence;
use crate::workload::{TemplateObject, WorkloadKind, owner_of_pods};

/// An object and its verdict.
pub(in crate::cli) struct AnalyzedObject<'r> {
    pub(in crate::cli) file: &'r str,
    pub(in crate::cli) document: DocumentIndex,
    pub(in crate::cli) object: &'r Object,
    /// Its namespace, or the flags' namespace. Empty for a Namespace.
    pub(in crate::cli) namespace: &'r str,
    pub(in crate::cli) verdict: Verdict,
    /// All findings but `status`, sorted by position.
    pub(in crate::cli) findings: Vec<Finding>,
    /// The finding about podwright's status in the manifest. Only `lint` reports it, because `preview -o yaml` writes that status.
    pub(in crate::cli) status: Option<Finding>,
}

/// The index of a file, and of a document in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct DocumentIndex {
    pub(in crate::cli) file: usize,
    pub(in crate::cli) document: usize,
}

/// The webhook's treatment of an object.
pub(in crate::cli) enum Verdict {
    /// The patch and the report for a Pod, or for a workload's Pod template.
    Injected(Injection),
    /// Denied, because of invalid annotations on it or on its Pod template.
    Denied(Faults),
    /// Not sent to the webhook by the API server, for this reason.
    NotSent(&'static str),
    /// An object that is not a Pod or a workload.
    OtherKind,
    /// Without the structure of its kind, for this reason.
    Unreadable(String),
}

impl AnalyzedObject<'_> {
    /// Returns the object's kind and name, such as `Deployment shop/web`.
    pub(in crate::cli) fn title(&self) -> String {
        let kind = if self.object.kind.is_empty() { "object" } else { &self.object.kind };
        let slash = if self.namespace.is_empty() { "" } else { "/" };
        format!("{kind} {}{slash}{}", self.namespace, self.object.name).escape_debug().to_string()
    }

    /// Moves the finding about podwright's status in the manifest to the others.
    pub(in crate::cli) fn report_status(&mut self) {
        self.findings.extend(self.status.take());
        self.findings.sort_by_key(by_place);
    }

    /// Reports whether it is a Pod or has a Pod template.
    pub(in crate::cli) fn has_pods(&self) -> bool {
        !matches!(self.verdict, Verdict::OtherKind)
    }

    /// Reports whether it does not have the structure of its kind.
    pub(in crate::cli) fn is_unreadable(&self) -> bool {
        matches!(self.verdict, Verdict::Unreadable(_))
    }

    /// Reports whether an annotation, a profile or an opt-in concerns it.
    pub(in crate::cli) fn is_concerned(&self) -> bool {
        let is_injected = matches!(&self.verdict, Verdict::Injected(injection) if injection.patch.is_some());
        let is_denied = matches!(self.verdict, Verdict::Denied(_) | Verdict::NotSent(_));
        is_injected || is_denied || !self.report_lines().is_empty() || !self.findings.is_empty()
    }

    /// Returns the patch, if anything changes.
    pub(in crate::cli) fn patch(&self) -> Option<&inject::Patch> {
        match &self.verdict {
            Verdict::Injected(injection) => injection.patch.as_ref(),
            _ => None,
        }
    }

    /// Returns the report's lines; none if the webhook is not called or denies the Pod.
    pub(in crate::cli) fn report_lines(&self) -> &[inject::ReportLine] {
        match &self.verdict {
            Verdict::Injected(injection) => &injection.report.lines,
            _ => &[],
        }
    }
}

/// Returns the exit code: 2 if a file or object was `unread`; 1 for an error, or a warning with `fail_on_warning`; otherwise 0.
pub(in crate::cli) fn exit_code<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    unread: bool,
    fail_on_warning: bool,
) -> ExitCode {
    match findings.map(|finding| finding.level).max() {
        _ if unread => ExitCode::from(UNREADABLE),
        Some(Level::Error) => ExitCode::from(WRONG),
        Some(Level::Warning) if fail_on_warning => ExitCode::from(WRONG),
        _ => ExitCode::SUCCESS,
    }
}

/// Reports whether the object is a workload without a Pod template. In a folder, such an object is a kustomize patch of another
/// file's workload.
pub(super) fn is_partial(document: &Document<'_>, object: &Object) -> bool {
    object.root.is_some() && document.pod_value(object).is_none()
}

/// The status annotation in the injected Pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum StatusAnnotation {
    /// As the webhook writes it, with podwright's version.
    Written,
    /// Absent, for manifests that should not change with podwright's version.
    Omitted,
}

/// Decides on an object as the webhook would.
///
/// # Errors
/// If the patch cannot be written as JSON.
pub(super) fn verdict(
    at: ObjectInFile<'_>,
    call: WebhookCall<'_>,
    configuration: &Configuration,
    status: StatusAnnotation,
) -> Result<Verdict, serde_json::Error> {
    let (object, group) = (at.object, at.object.group());
    let (Some(root), Some(pod)) = (object.root, at.document.pod_value(object)) else {
        return Ok(match object.root {
            Some(root) => Verdict::Unreadable(format!("it has no Pod template; expected one at {}", root.path())),
            None => Verdict::OtherKind,
        });
    };
    let opt_in = match call {
        WebhookCall::With(opt_in) => opt_in,
        WebhookCall::Not(why) => return Ok(Verdict::NotSent(why)),
    };
    let json = serde_json::to_vec(pod)?;
    let view = match Pod::parse(&json) {
        Ok(view) if root == Root::Pod && is_applied(pod) => view.applied_from(&String::from_utf8_lossy(&json)),
        Ok(view) => view,
        // A custom resource of similar structure. Only Kubernetes' own kinds certainly have a Pod template there.
        Err(_) if root != Root::Pod && WorkloadKind::find(group, &object.kind).is_none() => {
            return Ok(Verdict::OtherKind);
        }
        Err(error) => return Ok(Verdict::Unreadable(without_place(&error))),
    };
    let (kind, name) = (object.kind.as_str(), own_name(at));
    let view =
        if root == Root::Pod { view } else { view.owned_by(owner_of_pods(TemplateObject { group, kind, name })) };
    let injected = match status {
        StatusAnnotation::Written => inject::inject(&view, opt_in, configuration, root),
        StatusAnnotation::Omitted => inject::inject_without_status(&view, opt_in, configuration, root),
    };
    match injected {
        Ok(injection) => Ok(Verdict::Injected(injection)),
        Err(Refused::Faults(faults)) => Ok(Verdict::Denied(faults)),
        Err(Refused::Unwritable(error)) => Err(error),
    }
}

/// Returns the object's `metadata.name`. [`Object::name`] may end in `*`.
fn own_name(at: ObjectInFile<'_>) -> &str {
    let metadata = at.document.object_value(at.object).get("metadata");
    metadata.and_then(|metadata| metadata.get("name")?.as_str()).unwrap_or_default()
}

/// Reports whether `kubectl apply` may have created this Pod, and so left evidence of its manifest. `kubectl apply` refuses
/// `generateName`. A controller leaves no such evidence. A Pod with a uid comes from an API server, not from a manifest.
fn is_applied(pod: &Value) -> bool {
    let has = |field: &str| pod.get("metadata").is_some_and(|metadata| metadata.get(field).is_some());
    has("name") && !has("uid") && !has("ownerReferences")
}

/// Removes the position from serde's message, because it refers to JSON that the user never sees. Shortens quoted strings.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    sentence(text.rsplit_once(" at line ").map_or(&text, |(text, _)| text))
}
