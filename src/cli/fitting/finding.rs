//! What is wrong or suspicious, each with its place: an error would be denied, a warning is what whoever applies the object
//! is told.

use serde_json::Value;

use super::{Fate, without_place};
use crate::annotation::{Faults, STATUS};
use crate::cli::Error;
use crate::cli::input::{Input, tame};
use crate::inject::{Reason, Root};
use crate::manifest::{Document, Object, ReadError, Stream};
use crate::profile::Configuration;
use crate::text::Position;
use crate::workload::{self, STATUS_IN_MANIFEST, Workload, WorkloadKind, namespace};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Level {
    /// A fact that the user asked for; nothing is wrong.
    Note,
    /// The Pod would be admitted, and not quite as it was asked for.
    Warning,
    /// The Pod would be denied, or the object cannot be read.
    Error,
}

impl Level {
    /// The word of reports, editors and CI.
    pub(in crate::cli) fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something wrong or suspicious.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Finding {
    pub(in crate::cli) file: String,
    /// From 1.
    pub(in crate::cli) line: usize,
    /// From 1.
    pub(in crate::cli) column: usize,
    pub(in crate::cli) level: Level,
    /// The reason's code; `Invalid` for what would be denied.
    pub(in crate::cli) code: String,
    /// Without place and code.
    pub(in crate::cli) message: String,
}

/// Of what would be denied: the reason in the API server's answer.
pub(in crate::cli) const INVALID: &str = "Invalid";
/// The code for a port that podwright guessed.
pub(in crate::cli) const GUESSED: &str = "Guessed";
/// Of an object that cannot be read as what it says it is.
const ODD: &str = "Unreadable";

/// Of a file that is no manifest at all.
const NOT_YAML: &str = "NotYaml";

/// The codes that no report has: of objects and files, not of wishes.
pub(in crate::cli) const REASONS: [Reason; 3] = [
    Reason {
        code: INVALID,
        sentence: "podwright cannot understand the annotation, so the webhook would deny the Pod",
        remedy: "Correct the annotation: the finding names the accepted form and an example. podwright explain KEY has the rules.",
    },
    Reason {
        code: NOT_YAML,
        sentence: "the file is no YAML or JSON that kubectl reads, or has no Kubernetes object",
        remedy: "Correct the file at the named line. Render a template first: helm template CHART | podwright lint -.",
    },
    Reason {
        code: GUESSED,
        sentence: "a profile's probe names no port, so podwright guessed one by the rule in parentheses",
        remedy: "Nothing, if the port is right. Else name the port in an annotation on the Pod, such as http:8080/ready.",
    },
];

/// An object, and where it is.
#[derive(Clone, Copy)]
pub(super) struct At<'r> {
    pub(super) file: &'r str,
    pub(super) document: &'r Document<'r>,
    pub(super) object: &'r Object,
}

/// What there is to say of an object, in the order of the places.
pub(super) fn of(at: At<'_>, fate: &Fate, configuration: &Configuration) -> Result<Vec<Finding>, Error> {
    let mut findings = match fate {
        Fate::NotSent(_) | Fate::Passed => Vec::new(),
        Fate::Odd(why) => vec![of_odd(at, why)],
        Fate::Denied(faults) => of_faults(at, faults),
        Fate::Fitted(injection) => injection.report.warnings.iter().map(|warning| of_warning(at, warning)).collect(),
    };
    if matches!(fate, Fate::Denied(_) | Fate::Fitted(_) | Fate::Passed) {
        findings.extend(misplaced(at, configuration)?);
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    Ok(findings)
}

/// Finds podwright's status in a manifest, on the object or on its Pods. An object with a uid is no manifest but an API server's
/// object.
pub(super) fn status_in_manifest(at: At<'_>) -> Option<Finding> {
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
    is_there.then(|| at.key(STATUS, Level::Warning, (STATUS_IN_MANIFEST.code, &message)))
}

/// Of a file that cannot be read, with a hint where somebody forgot to render a template.
pub(super) fn of_unread(input: &Input, error: &ReadError) -> Finding {
    let template = input.text.contains("{{");
    let hint =
        if template { "; a template has to be rendered first: helm template CHART | podwright preview -" } else { "" };
    Finding {
        file: input.name.clone(),
        line: error.position.line,
        column: error.position.column,
        level: Level::Error,
        code: NOT_YAML.to_owned(),
        message: tame(&format!("{error}{hint}")),
    }
}

/// Reports a file that the user named and that has no object.
pub(super) fn of_no_object(input: &Input, stream: &Stream<'_>) -> Finding {
    let first = stream.documents().iter().flat_map(Document::objects).next();
    Finding {
        file: input.name.clone(),
        line: first.map_or(1, |object| object.line),
        column: first.map_or(1, |object| object.column),
        level: Level::Error,
        code: NOT_YAML.to_owned(),
        message:
            "no Kubernetes object: apiVersion and kind are missing; expected both, such as apiVersion: v1 and kind: Pod"
                .to_owned(),
    }
}

fn of_faults(at: At<'_>, faults: &Faults) -> Vec<Finding> {
    let named = faults.named().iter();
    let mut findings: Vec<Finding> =
        named.map(|fault| at.key(&fault.key, Level::Error, (INVALID, &fault.to_string()))).collect();
    let more = faults.count() - findings.len();
    if more > 0 {
        findings.push(at.key("", Level::Error, (INVALID, &format!("and {more} more that cannot be understood"))));
    }
    findings
}

/// What `/check` points out: our keys on the workload itself, on an object without Pods, on a Namespace, and as labels.
fn misplaced(at: At<'_>, configuration: &Configuration) -> Result<Vec<Finding>, Error> {
    let value = at.document.object_value(at.object);
    let (json, kind) = (serde_json::to_string(value)?, at.object.kind.as_str());
    let said = match at.object.root {
        Some(Root::Pod) => workload::labels_of_pod(&json),
        Some(root) => match Workload::parse(at.object.group(), kind, root, &json) {
            Err(_) if WorkloadKind::find(at.object.group(), kind).is_none() => workload::without_template(kind, &json),
            workload => workload.map(|workload| workload.misplaced()),
        },
        None if (at.object.api_version.as_str(), kind) == ("v1", "Namespace") => {
            workload::without_template(kind, &json).map(|_| namespace::misplaced(value, configuration))
        }
        None => workload::without_template(kind, &json),
    };
    Ok(match said {
        Ok(said) => said.iter().map(|warning| of_warning(at, warning)).collect(),
        Err(error) => vec![of_odd(at, &without_place(&error))],
    })
}

/// `annotation podwright.dev/inject: true is not a string`; labels are read like annotations.
fn of_odd(at: At<'_>, why: &str) -> Finding {
    let key = why.strip_prefix("annotation ").and_then(|rest| rest.split(": ").next()).unwrap_or_default();
    let metadata = at.document.object_value(at.object).get("metadata");
    let has =
        |field: &str| metadata.and_then(|metadata| metadata.get(field)?.get(key)).is_some_and(|it| !it.is_string());
    let is_label = has("labels") && !has("annotations");
    let why = if is_label { why.replacen("annotation", "label", 1) } else { why.to_owned() };
    at.key(key, Level::Error, (ODD, &why))
}

/// A warning begins with the key that it is about, and ends with its code in brackets. One about a key that does nothing where
/// it is says in which map that is.
fn of_warning(at: At<'_>, warning: &str) -> Finding {
    let (message, code) = warning.strip_suffix(']').and_then(|text| text.rsplit_once(" [")).unwrap_or((warning, ""));
    let about = message.strip_prefix("annotations ").unwrap_or(message);
    let key = about.split([' ', ':', ',']).next().unwrap_or_default();
    let map = about.split_once(" in ").map(|(_, rest)| rest.split([' ', ':']).next().unwrap_or_default());
    match map.filter(|map| map.ends_with("metadata.annotations") || map.ends_with("metadata.labels")) {
        Some(map) => {
            let steps: Vec<String> = map.split('.').chain([key]).map(str::to_owned).collect();
            at.place(at.document.place_at(at.object, &steps), Level::Warning, (code, message))
        }
        None => at.key(&asked_by(at, key), Level::Warning, (code, message)),
    }
}

impl At<'_> {
    /// At the annotation or label of this key, or at the object.
    fn key(self, key: &str, level: Level, told: (&str, &str)) -> Finding {
        self.place(self.document.place_of(self.object, key), level, told)
    }

    pub(super) fn place(self, place: Position, level: Level, (code, message): (&str, &str)) -> Finding {
        let Position { line, column, .. } = place;
        Finding { file: self.file.to_owned(), line, column, level, code: code.to_owned(), message: tame(message) }
    }
}

/// The whole key that a warning is about, as it stands in the Pod: `podwright.dev/limits` may have been asked for by a
/// container's key, and `app.podwright.dev/*` means any of that container's.
fn asked_by(at: At<'_>, key: &str) -> String {
    let annotations = at.document.pod_value(at.object).and_then(|pod| pod.get("metadata")?.get("annotations"));
    let Some(annotations) = annotations.and_then(Value::as_object).filter(|there| !there.contains_key(key)) else {
        return key.to_owned();
    };
    let (any_of, own) = (key.strip_suffix('*'), format!(".{key}"));
    let meant = |there: &&String| any_of.map_or_else(|| there.ends_with(&own), |prefix| there.starts_with(prefix));
    annotations.keys().find(meant).cloned().unwrap_or_else(|| key.to_owned())
}
