//! The findings about one object: faults, warnings and misplaced keys.

use serde_json::Value;

use super::finding::{Finding, INVALID, Level, Message, ObjectInFile, UNREADABLE, by_place};
use super::object::{Verdict, without_place};
use crate::annotation::{Faults, STATUS};
use crate::inject::Root;
use crate::profile::Configuration;
use crate::profile::file::{API_VERSION, KIND};
use crate::workload::namespace::{self, Profiles};
use crate::workload::{self, STATUS_IN_MANIFEST, Workload, WorkloadKind};

/// Returns all findings about an object except the one about its status, sorted by position.
///
/// # Errors
/// If the object cannot be written as JSON.
pub(super) fn of_object(
    at: ObjectInFile<'_>,
    verdict: &Verdict,
    configuration: &Configuration,
) -> Result<Vec<Finding>, serde_json::Error> {
    let mut findings = match verdict {
        Verdict::NotSent(_) | Verdict::OtherKind => Vec::new(),
        Verdict::Unreadable(why) => vec![of_unreadable(at, why)],
        Verdict::Denied(faults) => of_faults(at, faults),
        Verdict::Injected(injection) => {
            injection.report.warnings.iter().map(|warning| of_warning(at, warning)).collect()
        }
    };
    if matches!(verdict, Verdict::Denied(_) | Verdict::Injected(_) | Verdict::OtherKind) {
        findings.extend(misplaced(at, configuration)?);
    }
    findings.sort_by_key(by_place);
    Ok(findings)
}

/// Finds podwright's status in a manifest, on the object or its Pod template. Ignores an object with a uid, which comes from an
/// API server.
pub(super) fn status_in_manifest(at: ObjectInFile<'_>) -> Option<Finding> {
    let object = at.document.object_value(at.object);
    let has =
        |object: &Value, field: &str| object.get("metadata").is_some_and(|metadata| metadata.get(field).is_some());
    let reports = |object: &Value| {
        let annotations = object.get("metadata").and_then(|metadata| metadata.get("annotations"));
        annotations.is_some_and(|annotations| annotations.get(STATUS).is_some())
    };
    let is_there = reports(object) || at.document.pod_value(at.object).is_some_and(reports);
    let is_there = is_there && !has(object, "uid");
    let message = format!("{STATUS}: {}", STATUS_IN_MANIFEST.sentence);
    is_there.then(|| at.finding_at_key(STATUS, warning(STATUS_IN_MANIFEST.code, &message)))
}

fn of_faults(at: ObjectInFile<'_>, faults: &Faults) -> Vec<Finding> {
    let named = faults.named().iter();
    let mut findings: Vec<Finding> =
        named.map(|fault| at.finding_at_key(&fault.key, error(INVALID, &fault.to_string()))).collect();
    let more = faults.count() - findings.len();
    if more > 0 {
        findings.push(at.finding_at_key(
            "",
            error(INVALID, &format!("{more} more invalid annotations; correct these first, then run podwright again")),
        ));
    }
    findings
}

/// Returns the warnings of `/check`, about podwright's keys in the wrong place: on the workload itself, on an object without Pods,
/// on a Namespace, or as labels.
fn misplaced(at: ObjectInFile<'_>, configuration: &Configuration) -> Result<Vec<Finding>, serde_json::Error> {
    let value = at.document.object_value(at.object);
    let (json, kind) = (serde_json::to_string(value)?, at.object.kind.as_str());
    let warnings = match at.object.root {
        Some(Root::Pod) => workload::labels_of_pod(&json),
        Some(root) => match Workload::parse(at.object.group(), kind, root, &json) {
            Err(_) if WorkloadKind::find(at.object.group(), kind).is_none() => workload::without_template(kind, &json),
            workload => workload.map(|workload| workload.misplaced()),
        },
        None if at.object.is_namespace() => {
            workload::without_template(kind, &json).map(|_| of_namespace(value, configuration))
        }
        // `podwright fn` reads its labels.
        None if (at.object.api_version.as_str(), kind) == (API_VERSION, KIND) => Ok(Vec::new()),
        None => workload::without_template(kind, &json),
    };
    Ok(match warnings {
        Ok(warnings) => warnings.iter().map(|warning| of_warning(at, warning)).collect(),
        Err(error) => vec![of_unreadable(at, &without_place(&error))],
    })
}

/// Returns the warnings of `/check` about a Namespace, and the note about its profile. The webhook entries are unknown here.
fn of_namespace(namespace: &Value, configuration: &Configuration) -> Vec<String> {
    let note = namespace::Labels::of(namespace).note(configuration);
    let profiles = Profiles { configuration, with_entry: None };
    namespace::misplaced(namespace, profiles).into_iter().chain(note).collect()
}

/// Places messages such as `annotation podwright.dev/inject: true is not a string`. The core reads labels like annotations, so
/// this names a label correctly.
fn of_unreadable(at: ObjectInFile<'_>, why: &str) -> Finding {
    let key = why.strip_prefix("annotation ").and_then(|rest| rest.split(": ").next()).unwrap_or_default();
    let metadata = at.document.object_value(at.object).get("metadata");
    let has =
        |field: &str| metadata.and_then(|metadata| metadata.get(field)?.get(key)).is_some_and(|it| !it.is_string());
    let is_label = has("labels") && !has("annotations");
    let why = if is_label { why.replacen("annotation", "label", 1) } else { why.to_owned() };
    at.finding_at_key(key, error(UNREADABLE, &why))
}

/// Places a warning, which begins with its key and ends with its code in brackets. A warning about a misplaced key also names the
/// map.
fn of_warning(at: ObjectInFile<'_>, text: &str) -> Finding {
    let (message, code) = text.strip_suffix(']').and_then(|text| text.rsplit_once(" [")).unwrap_or((text, ""));
    let about = message.strip_prefix("annotations ").unwrap_or(message);
    let key = about.split([' ', ':', ',']).next().unwrap_or_default();
    let map = about.split_once(" in ").map(|(_, rest)| rest.split([' ', ':']).next().unwrap_or_default());
    match map.filter(|map| map.ends_with("metadata.annotations") || map.ends_with("metadata.labels")) {
        Some(map) => {
            let steps: Vec<String> = map.split('.').chain([key]).map(str::to_owned).collect();
            at.finding_at(at.document.place_at(at.object, &steps), key, warning(code, message))
        }
        None => at.finding_at_key(&whole_key(at, key), warning(code, message)),
    }
}

/// Returns the key as in the Pod. A warning about `podwright.dev/limits` may concern a container's key, and
/// `app.podwright.dev/*` means any key of that container.
fn whole_key(at: ObjectInFile<'_>, key: &str) -> String {
    let annotations = at.document.pod_value(at.object).and_then(|pod| pod.get("metadata")?.get("annotations"));
    let Some(annotations) = annotations.and_then(Value::as_object).filter(|there| !there.contains_key(key)) else {
        return key.to_owned();
    };
    let (any_of, own) = (key.strip_suffix('*'), format!(".{key}"));
    let meant = |there: &&String| any_of.map_or_else(|| there.ends_with(&own), |prefix| there.starts_with(prefix));
    annotations.keys().find(meant).cloned().unwrap_or_else(|| key.to_owned())
}

fn error<'m>(code: &'m str, text: &'m str) -> Message<'m> {
    Message { level: Level::Error, code, text }
}

/// A warning, or a note if nothing may be wrong.
fn warning<'m>(code: &'m str, text: &'m str) -> Message<'m> {
    let level = if code == namespace::NEEDS_AN_ENTRY.code { Level::Note } else { Level::Warning };
    Message { level, code, text }
}
