//! What is wrong or suspicious, each with its place: an error would be denied, a warning is what whoever applies the object
//! is told.

use serde_json::Value;

use super::{Fate, Fitted};
use crate::annotation::Fault;
use crate::cli::input::tame;
use crate::manifest::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Level {
    /// The Pod would be admitted, and not quite as it was asked for.
    Warning,
    /// The Pod would be denied, or the object cannot be read.
    Error,
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
/// Of an object that cannot be read as what it says it is.
const ODD: &str = "Unreadable";

/// What there is to say of an object, in the order of the places.
pub(in crate::cli) fn findings(fitted: &Fitted<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = fitted.warnings().into_iter().map(|warning| of_warning(fitted, warning)).collect();
    match &fitted.fate {
        Fate::Denied { faults, .. } => {
            findings.extend(faults.named().iter().map(|fault| of_fault(fitted, fault)));
            let more = faults.count() - faults.named().len();
            if more > 0 {
                findings.push(at(
                    fitted,
                    "",
                    Level::Error,
                    (INVALID, format!("and {more} more that cannot be understood")),
                ));
            }
        }
        Fate::Odd(why) => {
            // `annotation podwright.dev/inject: true is not a string`
            let key = why.strip_prefix("annotation ").and_then(|rest| rest.split(": ").next()).unwrap_or_default();
            findings.push(at(fitted, key, Level::Error, (ODD, why.clone())));
        }
        Fate::Fitted { .. } | Fate::NotSent(_) | Fate::Passed => {}
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

fn of_fault(fitted: &Fitted<'_>, fault: &Fault) -> Finding {
    at(fitted, &fault.key, Level::Error, (INVALID, fault.to_string()))
}

/// A warning begins with the key that it is about, and ends with its code in brackets. One about a key that does nothing where
/// it is says in which map that is.
fn of_warning(fitted: &Fitted<'_>, warning: &str) -> Finding {
    let (message, code) = warning.strip_suffix(']').and_then(|text| text.rsplit_once(" [")).unwrap_or((warning, ""));
    let about = message.strip_prefix("annotations ").unwrap_or(message);
    let key = about.split([' ', ':', ',']).next().unwrap_or_default();
    let map = about.split_once(" in ").map(|(_, rest)| rest.split([' ', ':']).next().unwrap_or_default());
    let map = map.filter(|map| map.ends_with("metadata.annotations") || map.ends_with("metadata.labels"));
    let place = match map {
        Some(map) => {
            let steps: Vec<String> = map.split('.').chain([key]).map(str::to_owned).collect();
            fitted.within.place_at(fitted.object, &steps)
        }
        None => fitted.within.place_of(fitted.object, &asked_by(fitted, key)),
    };
    finding(fitted, place, Level::Warning, (code, message.to_owned()))
}

/// At the annotation or label of this key, or at the object.
fn at(fitted: &Fitted<'_>, key: &str, level: Level, told: (&str, String)) -> Finding {
    finding(fitted, fitted.within.place_of(fitted.object, key), level, told)
}

fn finding(fitted: &Fitted<'_>, place: Place, level: Level, (code, message): (&str, String)) -> Finding {
    let Place { line, column, .. } = place;
    Finding { file: fitted.file.to_owned(), line, column, level, code: code.to_owned(), message: tame(&message) }
}

/// The whole key that a warning is about, as it stands in the Pod: `podwright.dev/limits` may have been asked for by a
/// container's key, and `app.podwright.dev/*` means any of that container's.
fn asked_by(fitted: &Fitted<'_>, key: &str) -> String {
    let annotations = fitted.within.pod_value(fitted.object).and_then(|pod| pod.get("metadata")?.get("annotations"));
    let Some(annotations) = annotations.and_then(Value::as_object).filter(|there| !there.contains_key(key)) else {
        return key.to_owned();
    };
    let (any_of, own) = (key.strip_suffix('*'), format!(".{key}"));
    let meant = |there: &&String| any_of.map_or_else(|| there.ends_with(&own), |prefix| there.starts_with(prefix));
    annotations.keys().find(meant).cloned().unwrap_or_else(|| key.to_owned())
}
