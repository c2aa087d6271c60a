//! ResourceQuotas among the manifests that count Pods only because podwright adds requests.

use serde_json::Value;

use super::files::ManifestFile;
use super::finding::{Finding, Level, Message, ObjectInFile};
use super::namespaces::{Namespaces, WebhookCall};
use super::object::AnalyzedObject;
use crate::annotation::{Settings, Toggle};
use crate::inject::ReportLine;
use crate::manifest::Document;
use crate::profile::{Configuration, OptIn};
use crate::text::shorten;
use crate::workload::quota::{QUOTA_BY_CLASS, Quota};

/// The end of the report's line about the QoS class, for a Pod without its own requests.
const BEFORE: &str = " instead of BestEffort";

/// The search for such quotas among all analyzed objects.
pub(super) struct Quotas<'m, 'r> {
    pub(super) all: &'m [AnalyzedObject<'r>],
    pub(super) files: &'r [ManifestFile<'r>],
    pub(super) namespaces: &'m Namespaces<'r>,
    pub(super) configuration: &'m Configuration,
}

impl<'r> Quotas<'_, 'r> {
    /// Returns the findings, each with its quota's index.
    pub(super) fn findings(&self) -> Vec<(usize, Finding)> {
        let quotas = self.all.iter().enumerate().filter(|(_, object)| object.object.kind == "ResourceQuota");
        quotas.filter_map(|(index, object)| Some((index, self.finding(object)?))).collect()
    }

    fn finding(&self, analyzed: &AnalyzedObject<'_>) -> Option<Finding> {
        let (document, object) = (self.document_of(analyzed)?, analyzed.object);
        let at = ObjectInFile { file: analyzed.file, document, object };
        let quota = Quota::of(&object.api_version, &object.kind, document.object_value(object))?;
        let mut counted = self.all.iter().filter(|pod| {
            let spec = self.spec_of(pod).filter(|_| pod.namespace == analyzed.namespace);
            spec.is_some_and(|spec| leaves_best_effort(pod, spec) && quota.counts(Some(spec)))
        });
        let pods = match (counted.next(), counted.count()) {
            (Some(first), 0) => shorten(&first.title()),
            (Some(first), more) => format!("{} and {more} more", shorten(&first.title())),
            (None, _) if self.gives_requests(analyzed.namespace) && quota.counts(None) => {
                "Pods without requests".to_owned()
            }
            (None, _) => return None,
        };
        let message =
            format!("podwright adds requests to {pods}: {}. {}", QUOTA_BY_CLASS.sentence, QUOTA_BY_CLASS.remedy);
        let place = document.place_at(object, &["spec", quota.scopes].map(str::to_owned));
        Some(at.finding_at(
            place,
            quota.scopes,
            Message { level: Level::Warning, code: QUOTA_BY_CLASS.code, text: &message },
        ))
    }

    fn spec_of(&self, analyzed: &AnalyzedObject<'_>) -> Option<&Value> {
        self.document_of(analyzed)?.pod_value(analyzed.object)?.get("spec")
    }

    fn document_of(&self, analyzed: &AnalyzedObject<'_>) -> Option<&'r Document<'r>> {
        self.files.get(analyzed.document.file)?.stream.documents().get(analyzed.document.document)
    }

    /// Reports whether the Namespace opted in with a profile with requests or limits.
    fn gives_requests(&self, namespace: &str) -> bool {
        let WebhookCall::With(OptIn::Namespace { profile }) = self.namespaces.call(namespace) else { return false };
        let some = |settings: &Settings| {
            [&settings.requests, &settings.limits].into_iter().any(|amounts| matches!(amounts, Some(Toggle::Value(_))))
        };
        self.configuration.profile(profile).is_some_and(some)
    }
}

/// Reports whether podwright's requests take the Pod out of BestEffort. A Pod with its author's amounts was not in that class.
fn leaves_best_effort(analyzed: &AnalyzedObject<'_>, spec: &Value) -> bool {
    let says_so = |line: &ReportLine| line.item.ends_with(BEFORE);
    analyzed.report_lines().iter().any(says_so) && Quota::is_best_effort(spec)
}
