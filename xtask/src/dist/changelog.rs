//! This version's section of CHANGELOG.md, as release notes and as a list for Artifact Hub.

use std::fmt::Write as _;

use xtask::{Error, bail};

use super::release::{Release, VERSION};

/// The kinds of changes that Artifact Hub and Keep a Changelog share.
const KINDS: [&str; 6] = ["added", "changed", "deprecated", "removed", "fixed", "security"];

/// The section of this version without its heading; before the tag, the section `Unreleased` will do.
pub(super) fn section<'a>(changelog: &'a str, release: &Release) -> Result<&'a str, Error> {
    match of(changelog, VERSION) {
        Some(section) => Ok(section),
        None if release.tagged => {
            bail!(
                "CHANGELOG.md has no section for this version: expected a heading such as `## {VERSION} (2026-01-31)`"
            )
        }
        None => of(changelog, "Unreleased")
            .ok_or_else(|| Error::new(format!("CHANGELOG.md has neither `## {VERSION}` nor `## Unreleased`"))),
    }
}

fn of<'a>(changelog: &'a str, name: &str) -> Option<&'a str> {
    let is_its =
        |heading: &str| heading.split_whitespace().next().is_some_and(|word| word.trim_matches(['[', ']']) == name);
    let sections = changelog.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    sections.into_iter().find(|(heading, _)| is_its(heading)).map(|(_, text)| text.trim())
}

/// The changes in the form of Artifact Hub's annotation, in YAML.
pub(super) fn for_artifact_hub(section: &str) -> String {
    let mut text = String::new();
    for part in format!("\n{section}").split("\n### ").skip(1) {
        let kind = part.lines().next().unwrap_or_default().trim().to_lowercase();
        if KINDS.contains(&kind.as_str()) {
            for change in changes(part) {
                let _ = writeln!(text, "- kind: {kind}\n  description: {}", serde_json::Value::from(change));
            }
        }
    }
    text
}

/// The items of a list, each in one line, without the targets of links.
fn changes(part: &str) -> Vec<String> {
    let mut changes: Vec<String> = Vec::new();
    let mut open = false;
    for line in part.lines() {
        if let Some(item) = line.strip_prefix("- ") {
            changes.push(item.to_owned());
            open = true;
        } else if open && line.starts_with("  ") {
            changes.last_mut().into_iter().for_each(|last| *last += &format!(" {}", line.trim()));
        } else {
            open = false;
        }
    }
    changes.iter().map(|change| without_targets(change)).collect()
}

/// `a page` for `[a page](docs/page.md)`.
fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
    rest.fold(first, |text, rest| text + rest).replace('[', "")
}

/// Makes links absolute. Relative ones begin in the folder `from`, such as `charts/podwright`.
pub(super) fn with_absolute_links(text: &str, from: &str, release: &Release) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let relative = !part.starts_with('#') && !part.split(')').next().is_some_and(|target| target.contains("://"));
        let (up, target) = if relative { climbed(from, part) } else { (String::new(), part) };
        let address = if relative { release.page(&up) } else { String::new() };
        format!("{text}]({address}{target}")
    })
}

/// The folder after each `../`, with a slash at its end, and the rest of the target.
fn climbed<'a>(from: &str, mut target: &'a str) -> (String, &'a str) {
    let mut folders: Vec<&str> = from.split('/').filter(|folder| !folder.is_empty()).collect();
    while let Some(rest) = target.strip_prefix("../") {
        folders.pop();
        target = rest;
    }
    (folders.iter().map(|folder| format!("{folder}/")).collect(), target)
}

/// The release notes: how to install, and the changes.
pub(super) fn notes(section: &str, release: &Release, digest: &str) -> String {
    include_str!("release-notes.md")
        .replace("{charts}", &release.charts())
        .replace("{version}", VERSION)
        .replace("{install}", &release.download("install.yaml"))
        .replace("{image}", &format!("{}@{digest}", release.image_with_tag()))
        .replace("{verify}", &release.page("docs/release.md#verify-a-release"))
        .replace("{changes}", &with_absolute_links(section, "", release))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::super::release::{Release, VERSION, example};
    use super::{for_artifact_hub, section, with_absolute_links};

    const LOG: &str = "# Changelog\n\n## Unreleased\n\n### Added\n\nNames ([docs/a.md](docs/a.md)):\n\n- One, in \
                       two\n  lines: [b](docs/b.md).\n- \"Two\".\n\nText.\n\n### Changed\n\n- Three.\n\n## 0.0.1\n\n- Old.\n";

    #[test]
    fn the_section_becomes_a_list_of_changes() {
        let text = section(LOG, &example()).unwrap();
        let expected = "- kind: added\n  description: \"One, in two lines: b.\"\n- kind: added\n  description: \
                        \"\\\"Two\\\".\"\n- kind: changed\n  description: \"Three.\"\n";
        assert_eq!(for_artifact_hub(text), expected);
    }

    #[test]
    fn a_tagged_version_needs_its_own_section() {
        let tagged = Release { tagged: true, ..example() };
        let error = section(LOG, &tagged).unwrap_err().to_string();
        assert!(error.contains(&format!("## {VERSION}")), "{error}");
        let log = LOG.replace("## Unreleased", &format!("## [{VERSION}] - 2026-01-31"));
        assert!(section(&log, &tagged).unwrap().starts_with("### Added"));
    }

    #[test]
    fn relative_links_become_absolute() {
        let page = |path: &str| example().page(path);
        let text =
            with_absolute_links("[a](../../docs/a.md#b) [c](#c) [d](https://d.e)", "charts/podwright", &example());
        assert_eq!(text, format!("[a]({}) [c](#c) [d](https://d.e)", page("docs/a.md#b")));
        assert_eq!(with_absolute_links("[a](a.md)", "docs", &example()), format!("[a]({})", page("docs/a.md")));
    }
}
