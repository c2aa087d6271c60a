//! What is wrong or suspicious, each with its place: an error would be denied, a warning is what whoever applies the object
//! is told.

use serde_json::Value;

use super::{Fate, Fitted};
use crate::annotation::{Fault, PREFIX};

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
        Fate::Odd(why) => findings.push(at(fitted, "", Level::Error, (ODD, why.clone()))),
        Fate::Fitted { .. } | Fate::NotSent(_) | Fate::Passed => {}
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

fn of_fault(fitted: &Fitted<'_>, fault: &Fault) -> Finding {
    at(fitted, &fault.key, Level::Error, (INVALID, fault.to_string()))
}

/// A warning begins with the key that it is about, and ends with its code in brackets.
fn of_warning(fitted: &Fitted<'_>, warning: &str) -> Finding {
    let (message, code) = warning.strip_suffix(']').and_then(|text| text.rsplit_once(" [")).unwrap_or((warning, ""));
    let key = message.split([' ', ':', ',']).next().unwrap_or_default();
    let key = key.strip_prefix(PREFIX).map_or_else(|| key.to_owned(), |name| asked_by(fitted, name));
    at(fitted, &key, Level::Warning, (code, message.to_owned()))
}

/// At the annotation or label of this key, or at the object.
fn at(fitted: &Fitted<'_>, key: &str, level: Level, (code, message): (&str, String)) -> Finding {
    let place = fitted.within.place_of(fitted.object, key);
    let message = message.replace(|c: char| c.is_control(), " ");
    Finding {
        file: fitted.file.to_owned(),
        line: place.line,
        column: place.column,
        level,
        code: code.to_owned(),
        message,
    }
}

/// The whole key under which a feature was asked for: the Pod's, else the first container's.
fn asked_by(fitted: &Fitted<'_>, name: &str) -> String {
    let whole = format!("{PREFIX}{name}");
    let annotations = fitted.within.pod_value(fitted.object).and_then(|pod| pod.get("metadata")?.get("annotations"));
    let Some(annotations) = annotations.and_then(Value::as_object).filter(|there| !there.contains_key(&whole)) else {
        return whole;
    };
    let own = format!(".{whole}");
    annotations.keys().find(|key| key.ends_with(&own)).cloned().unwrap_or(whole)
}
