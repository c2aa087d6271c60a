//! The value of a scalar in kubectl: YAML 1.1 as in `sigs.k8s.io/yaml` (go.yaml.in/yaml/v2, resolve.go), then JSON.

use serde_json::{Number, Value};

use super::ReadErrorKind;
use crate::text::shorten;

/// The supported tags of scalars: YAML's own types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Str,
    Int,
    Float,
    Bool,
    Null,
}

impl Tag {
    /// Returns the tag with this name, without `!!`.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "str" => Some(Self::Str),
            "int" => Some(Self::Int),
            "float" => Some(Self::Float),
            "bool" => Some(Self::Bool),
            "null" => Some(Self::Null),
            _ => None,
        }
    }
}

/// Reads a scalar with a tag.
///
/// # Errors
/// The value has another type than its tag, or [`plain`] fails.
pub(super) fn tagged(text: &str, tag: Tag) -> Result<Value, ReadErrorKind> {
    let value = if tag == Tag::Str { Value::from(text) } else { plain(text)? };
    let fits = match tag {
        Tag::Str => true,
        Tag::Int => value.is_i64() || value.is_u64(),
        Tag::Float => value.is_number(),
        Tag::Bool => value.is_boolean(),
        Tag::Null => value.is_null(),
    };
    if fits { Ok(value) } else { Err(ReadErrorKind::TagMismatch) }
}

/// Reads a scalar without quotes and tag.
///
/// # Errors
/// JSON, and so Kubernetes, does not have the value.
pub(super) fn plain(text: &str) -> Result<Value, ReadErrorKind> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Ok(true.into()),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Ok(false.into());
        }
        ".nan" | ".NaN" | ".NAN" => return Err(unheld(text)),
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.' | b'+' | b'-') if matches!(unsigned(text), ".inf" | ".Inf" | ".INF") => Err(unheld(text)),
        Some(b'0'..=b'9' | b'+' | b'-') => Ok(number(&text.replace('_', "")).unwrap_or_else(|| Value::from(text))),
        // Only Go's `strconv.ParseFloat` reads this. It accepts `_` only between digits, so most paths stay text.
        Some(b'.') if separates_digits(text) => {
            Ok(decimal(&text.replace('_', "")).unwrap_or_else(|| Value::from(text)))
        }
        _ => Ok(Value::from(text)),
    }
}

/// Returns the text without its sign.
fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// Returns whether each `_` is between two digits, as in Go's literals.
fn separates_digits(text: &str) -> bool {
    let is_digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    let around = text.match_indices('_').map(|(at, _)| text.split_at(at));
    around.into_iter().all(|(before, rest)| is_digit(before.chars().next_back()) && is_digit(rest.chars().nth(1)))
}

fn unheld(text: &str) -> ReadErrorKind {
    ReadErrorKind::NotInJson(shorten(text))
}

/// Reads a number. A date is not one: kubectl keeps its text.
fn number(text: &str) -> Option<Value> {
    integer(text).or_else(|| is_decimal(text).then(|| decimal(text)).flatten())
}

/// Reads an integer like Go's `strconv.ParseInt(text, 0, 64)` and then `ParseUint`: prefixes, and octal after a zero.
fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (digits.get(2..)?, 16),
        [b'0', b'o' | b'O', ..] => (digits.get(2..)?, 8),
        [b'0', b'b' | b'B', ..] => (digits.get(2..)?, 2),
        [b'0', _, ..] => (digits.get(1..)?, 8),
        _ => (digits, 10),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let amount = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0_i64.checked_sub_unsigned(amount).map(Value::from);
    }
    // ParseUint accepts no sign, so a larger number with `+` stays text.
    (i64::try_from(amount).is_ok() || !text.starts_with('+')).then(|| Value::from(amount))
}

/// Matches `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_decimal(text: &str) -> bool {
    let text = unsigned(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let mantissa_fits = match (whole, fraction) {
        ("", None | Some("")) => false,
        (whole, fraction) => digits(whole) && fraction.is_none_or(digits),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    mantissa_fits && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Reads a decimal number. One beyond the range of a float stays text.
fn decimal(text: &str) -> Option<Value> {
    text.parse::<f64>().ok().filter(|float| float.is_finite()).and_then(float)
}

/// Returns a float as kubectl sends it in JSON: `1.0` becomes `1`.
pub(super) fn float(float: f64) -> Option<Value> {
    // Exact below 2^53. Above it, Go writes up to 21 digits, which may not fit an integer.
    let whole = float.fract() == 0.0 && float.abs() < 1e21;
    let text = if whole { format!("{float:.0}") } else { String::new() };
    if let Ok(number) = text.parse::<i64>() {
        return Some(Value::from(number));
    }
    text.parse::<u64>().map(Value::from).ok().or_else(|| Number::from_f64(float).map(Value::Number))
}
