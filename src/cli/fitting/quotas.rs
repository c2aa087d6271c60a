//! ResourceQuotas among the manifests that count Pods only once podwright gives them requests.

use serde_json::Value;

use super::finding::{At, Finding, Level};
use super::namespaces::{Called, Namespaces};
use super::{Fate, Fitted, Read};
use crate::annotation::{Settings, Toggle};
use crate::inject::ReportLine;
use crate::profile::{Configuration, OptIn};
use crate::text::shorten;
use crate::workload::quota::{QUOTA_BY_CLASS, Quota};

/// The end of the report's line on the QoS class, for a Pod without requests of its own.
const BEFORE: &str = " instead of BestEffort";

/// All objects with their results, and the known facts of their Namespaces.
pub(super) struct Manifests<'m, 'r> {
    pub(super) all: &'m [Fitted<'r>],
    pub(super) reads: &'r [Read<'r>],
    pub(super) namespaces: &'m Namespaces<'r>,
    pub(super) configuration: &'m Configuration,
}

impl Manifests<'_, '_> {
    /// The findings, each with the index of its quota.
    pub(super) fn findings(&self) -> Vec<(usize, Finding)> {
        let quotas = self.all.iter().enumerate().filter(|(_, fitted)| fitted.object.kind == "ResourceQuota");
        quotas.filter_map(|(number, fitted)| Some((number, self.finding(fitted)?))).collect()
    }

    fn finding(&self, fitted: &Fitted<'_>) -> Option<Finding> {
        let document = self.reads.get(fitted.document.0)?.stream.documents().get(fitted.document.1)?;
        let at = At { file: fitted.file, document, object: fitted.object };
        let object = document.object_value(fitted.object);
        let quota = Quota::of(&fitted.object.api_version, &fitted.object.kind, object)?;
        let mut counted = self.all.iter().filter(|pod| {
            let spec = self.spec_of(pod).filter(|_| pod.namespace == fitted.namespace);
            spec.is_some_and(|spec| leaves_best_effort(pod, spec) && quota.counts(Some(spec)))
        });
        let pods = match (counted.next(), counted.count()) {
            (Some(first), 0) => shorten(&first.title()),
            (Some(first), more) => format!("{} and {more} more", shorten(&first.title())),
            (None, _) if self.gives_requests(fitted.namespace) && quota.counts(None) => {
                "Pods without requests".to_owned()
            }
            (None, _) => return None,
        };
        let message = format!("podwright gives requests to {pods}: {}", QUOTA_BY_CLASS.sentence);
        let place = document.place_at(fitted.object, &["spec", quota.scopes].map(str::to_owned));
        Some(at.place(place, Level::Warning, (QUOTA_BY_CLASS.code, &message)))
    }

    fn spec_of(&self, fitted: &Fitted<'_>) -> Option<&Value> {
        let document = self.reads.get(fitted.document.0)?.stream.documents().get(fitted.document.1)?;
        document.pod_value(fitted.object)?.get("spec")
    }

    /// Whether the Namespace opted in, with a profile that has requests or limits.
    fn gives_requests(&self, namespace: &str) -> bool {
        let Called::With(OptIn::Namespace { profile }) = self.namespaces.call(namespace) else { return false };
        let some = |settings: &Settings| {
            [&settings.requests, &settings.limits].into_iter().any(|amounts| matches!(amounts, Some(Toggle::Value(_))))
        };
        self.configuration.profile(profile).is_some_and(some)
    }
}

/// Whether podwright's requests take the Pod out of BestEffort. A Pod whose author set such amounts was not in it.
fn leaves_best_effort(fitted: &Fitted<'_>, spec: &Value) -> bool {
    let says_so = |line: &ReportLine| line.item.ends_with(BEFORE);
    matches!(&fitted.fate, Fate::Fitted(injection) if injection.report.lines.iter().any(says_so))
        && Quota::is_best_effort(spec)
}
