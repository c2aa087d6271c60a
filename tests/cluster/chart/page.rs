//! Duplicated text: the README's table of values, the configuration's schema in values.schema.json, and versions.
//! `UPDATE_GOLDEN=1` writes the first two.

use std::fmt::Write as _;

use serde_json::Value;

use super::{read, repository};

const START: &str =
    "<!-- values: written by `UPDATE_GOLDEN=1 cargo test --test cluster chart::page` from values.yaml -->\n";
const END: &str = "<!-- /values -->\n";

/// A field of values.yaml.
pub(super) struct Field {
    /// The name with dots, as in `--set`.
    pub(super) name: String,
    default: String,
    description: String,
    section: String,
}

/// Reads the fields with a value on their own line. The comment above describes the field.
pub(super) fn fields() -> Vec<Field> {
    let (mut fields, mut path): (Vec<Field>, Vec<(usize, &str)>) = (Vec::new(), Vec::new());
    let (mut section, mut comment) = (String::new(), Vec::new());
    let text = read("charts/podwright/values.yaml");
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(heading) = trimmed.strip_prefix("# == ").and_then(|rest| rest.strip_suffix(" ==")) {
            heading.clone_into(&mut section);
        } else if let Some(words) = trimmed.strip_prefix("# ") {
            comment.push(words);
        } else if let Some((key, default)) = trimmed.split_once(':') {
            let depth = line.len() - trimmed.len();
            path.retain(|(outer, _)| *outer < depth);
            path.push((depth, key));
            let default = default.trim().to_owned();
            if default.is_empty() {
                assert_eq!(comment, [""; 0], "{key}: only a field with a value has a comment");
                continue;
            }
            let name = path.iter().map(|(_, key)| *key).collect::<Vec<_>>().join(".");
            assert!(!comment.is_empty() && !section.is_empty(), "{name} has no comment or no section");
            fields.push(Field { name, default, description: comment.join(" "), section: section.clone() });
            comment.clear();
        } else {
            comment.clear();
        }
    }
    fields
}

fn table() -> String {
    let (mut text, mut section) = (String::new(), String::new());
    for field in fields() {
        if field.section != section {
            section.clone_from(&field.section);
            let _ = write!(text, "\n### {section}\n\n| value | default | meaning |\n| --- | --- | --- |\n");
        }
        let description = field.description.replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | `{}` | {description} |", field.name, field.default);
    }
    text + "\n"
}

/// Compares a file with its expected text, or writes it.
fn is_current(path: &str, expected: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(repository().join(path), expected).expect("written");
    }
    assert!(read(path) == expected, "{path} is out of date; UPDATE_GOLDEN=1 writes it");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_page_has_every_value() {
    let path = "charts/podwright/README.md";
    let page = read(path);
    let (before, rest) = page.split_once(START).expect("the start of the values");
    let (_, after) = rest.split_once(END).expect("their end");
    is_current(path, &format!("{before}{START}{}{END}{after}", table()));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_schema_has_the_configurations_schema() {
    let path = "charts/podwright/values.schema.json";
    let mut schema: Value = serde_json::from_str(&read(path)).unwrap();
    let configuration = &mut schema["properties"]["configuration"];
    assert_eq!(configuration["if"]["type"], "object");
    configuration["then"] = serde_json::from_str(&read("docs/configuration.schema.json")).unwrap();
    is_current(path, &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}

/// A field without a rule would accept anything; a rule without a field is a mistake.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_schema_knows_every_value() {
    let schema: Value = serde_json::from_str(&read("charts/podwright/values.schema.json")).unwrap();
    for field in fields() {
        let mut place = &schema;
        for key in field.name.split('.') {
            assert_eq!(place["additionalProperties"], false, "{}", field.name);
            place = &place["properties"][key];
        }
        let has_rule = ["type", "enum"].iter().any(|rule| !place[rule].is_null());
        assert!(has_rule, "{}: {place}", field.name);
    }
    let known: Vec<String> = fields().iter().map(|field| field.name.split('.').next().unwrap().to_owned()).collect();
    let named = schema["properties"].as_object().unwrap().keys();
    // Helm passes `global` to each chart, and `enabled` if a parent chart has it as the condition.
    let is_helms = |name: &&String| ["global", "enabled"].contains(&name.as_str());
    assert!(named.filter(|name| !is_helms(name)).all(|name| known.contains(name)));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_chart_has_podwrights_version() {
    let chart: Value = serde_saphyr::from_str(&read("charts/podwright/Chart.yaml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!((&chart["version"], &chart["appVersion"]), (&version.into(), &version.into()));
    let images: Value =
        serde_saphyr::from_str(chart["annotations"]["artifacthub.io/images"].as_str().unwrap()).unwrap();
    assert_eq!(images[0]["image"], format!("podwright:{version}"));
    let changes: Value =
        serde_saphyr::from_str(chart["annotations"]["artifacthub.io/changes"].as_str().unwrap()).unwrap();
    assert!(!changes.as_array().unwrap().is_empty());
}
