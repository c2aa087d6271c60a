//! Patterns for the texts of settings. They accept every text that the annotation's parser accepts, and few others.
//!
//! A pattern is valid in ECMAScript, in Go (Helm) and in Rust, so it has no look-around. The parser trims a text, so blanks
//! around it are accepted.

use serde_json::{Value, json};

use crate::annotation::downward::{Resource, WELL_KNOWN};

/// A text that turns the setting off.
const OFF: &str = "false";
/// A name in a path that is neither `.` nor `..`.
const NAME: &str = r"(?:[^/.]|\.[^/.]|\.\.[^/])[^/]*";
/// The numbers of seconds, minutes and hours up to a week.
const SECONDS: &str = "0*(?:[0-9]{1,5}|[1-5][0-9]{5}|60[0-3][0-9]{3}|604[0-7][0-9]{2}|604800)";
const MINUTES: &str = "0*(?:[0-9]{1,4}|100[0-7][0-9]|10080)";
const HOURS: &str = "0*(?:[0-9]{1,2}|1[0-5][0-9]|16[0-8])";

/// Returns the schema of a text with this pattern, or of `false`.
pub(super) fn text(pattern: &str) -> Value {
    json!({"type": "string", "pattern": format!(r"^\s*(?:{OFF}|{pattern})\s*$")})
}

/// Returns the schema of a text that does not have another pattern.
pub(super) fn text_without(pattern: &str, without: &str) -> Value {
    let not = json!({"pattern": format!(r"^\s*(?:{without})\s*$")});
    json!({"type": "string", "pattern": format!(r"^\s*(?:{OFF}|{pattern})\s*$"), "not": not})
}

/// A duration: `5`, `5s`, `1m30s`, also with fractions of hours and minutes, and with words for the units.
pub(super) fn duration() -> String {
    let hours = format!(r"{HOURS}\s*h(?:(?:ou)?rs?)?");
    let minutes = format!(r"{MINUTES}\s*m(?:in(?:ute)?s?)?");
    let seconds = format!(r"{SECONDS}(?:[.,]0+)?\s*s(?:ec(?:ond)?s?)?");
    // Parts of a second must add up to whole seconds.
    let part = r"(?:[0-9]*000|0+)(?:[.,]0+)?\s*(?:m(?:illi)?s(?:ec(?:ond)?s?)?|millis?|(?:[uµμn]|micro|nano)s?(?:ec(?:ond)?s?)?)";
    let fraction = r"[0-9]+[.,][0-9]+\s*(?:h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?)";
    let clock = r"[0-9]+:[0-9]{2}:[0-9]{2}(?:[.,]0+)?";
    let and = r"(?:\s*,\s+|\s*)";
    let (tail, last) = (format!("(?:{and}(?:{part}))*"), format!("(?:{and}{fraction})?"));
    let from_seconds = format!("{seconds}{tail}");
    let from_minutes = format!("{minutes}(?:{and}{seconds})?{last}{tail}");
    let from_hours = format!("{hours}(?:{and}{minutes})?(?:{and}{seconds})?{last}{tail}");
    format!("{SECONDS}|{from_seconds}|{from_minutes}|{from_hours}|{fraction}|{clock}|{part}{tail}")
}

/// A duration of zero.
pub(super) fn zero() -> &'static str {
    r"0[0:.,\sa-zµμ]*"
}

/// The quantity of a resource: a multiple of 1m of cpu, or whole bytes.
pub(super) fn quantity(resource: Resource) -> String {
    let decimals = |most: u32| format!(r"(?:[0-9]+(?:\.[0-9]{{0,{most}}}0*)?|\.[0-9]{{1,{most}}}0*)");
    let whole = |zeros: &str| format!(r"(?:(?:[0-9]*{zeros}|0+)(?:\.0*)?|\.0+)");
    let any = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)";
    let rest = format!("{any}(?:[TPE]|[KMGTPE]i|[eE][+-]?[0-9]+)");
    let forms = match resource {
        Resource::Cpu => {
            format!(
                "{}|{}m|{}u|{}n|{}k|{any}[MG]|{rest}",
                decimals(3),
                whole("[0-9]"),
                whole("000"),
                whole("0{6}"),
                decimals(6)
            )
        }
        Resource::Memory | Resource::EphemeralStorage => format!(
            r"(?:[0-9]+(?:\.0*)?|\.0+)|{}m|{}u|{}n|{}k|{}M|{}G|{rest}",
            whole("000"),
            whole("0{6}"),
            whole("0{9}"),
            decimals(3),
            decimals(6),
            decimals(9)
        ),
    };
    format!(r"\+?(?:{forms})")
}

/// Amounts as one text: `cpu=100m,memory=128Mi`.
pub(super) fn amounts() -> String {
    let entries = Resource::ALL.map(|resource| format!(r"{}\s*=\s*(?:{})", resource.as_str(), quantity(resource)));
    let entry = format!("(?:{})", entries.join("|"));
    format!(r"{entry}(?:\s*,\s*{entry}){{0,{}}}", Resource::ALL.len() - 1)
}

/// A variable: a well-known name, `OTEL`, or `NAME=SOURCE`.
pub(super) fn variable() -> String {
    let names: Vec<&str> = WELL_KNOWN.iter().map(|known| known.name).collect();
    format!(r"(?:OTEL|{}|[-._a-zA-Z][-._a-zA-Z0-9]*\s*=\s*[^,\s][^,]*)", names.join("|"))
}

/// Variables as one text.
pub(super) fn variables() -> String {
    let variable = variable();
    format!(r"{variable}(?:\s*,\s*{variable})*")
}

/// A folder for the volume. A path may have dots and doubled slashes, which the parser cleans.
pub(super) fn mount_path() -> Value {
    let pattern = r#"/[^:]*[^/:][^:]*|[A-Za-z]:[\\/][^<>:"|?*]*[^\\/<>:"|?*][^<>:"|?*]*"#;
    text_without(pattern, &owned("|dev/+termination-log"))
}

/// A file for the termination message, in its shortest form.
pub(super) fn message_path() -> Value {
    let pattern = r#"(?:/[^/]+)+|[A-Za-z]:(?:\\[^\\/<>:"|?*]+)+"#;
    let unclean = r"(?:/[^/]+)*/\.\.?(?:/.*)?|[A-Za-z]:(?:.*\\)?\.\.?(?:\\.*)?";
    text_without(pattern, &format!("{}|{unclean}", owned("")))
}

/// The paths that the container runtime or Windows uses.
fn owned(more: &str) -> String {
    let with_content = format!(r"proc|sys|etc/+(?:hosts|hostname|resolv\.conf)|dev/+(?:mqueue|pts){more}");
    let windows = r"[cC]:[\\/]+[wW][iI][nN][dD][oO][wW][sS](?:[\\/]+(?:[^\\/.]|\.[^\\/.])[^\\/]*)*[\\/]*";
    format!(r"/+(?:(?:{with_content})(?:/+{NAME})*|dev|dev/+shm|\.\.?)?/*|{windows}")
}
