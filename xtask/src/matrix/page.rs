//! docs/compatibility.md, written from the results.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use super::results::{Feature, Outcome, Results};
use xtask::{Error, files};

/// The page's content.
pub(super) struct Page<'a> {
    /// The results, oldest version first.
    pub(super) all: Vec<&'a Results>,
    /// The supported versions without a result.
    pub(super) missing: Vec<&'a str>,
    /// The groups of tests, with a sentence for each.
    pub(super) groups: BTreeMap<String, String>,
}

impl Results {
    fn minor(&self) -> &str {
        self.kubernetes.rsplit_once('.').map_or(&self.kubernetes, |(minor, _)| minor)
    }
}

/// The files and folders of tests/cluster, with the first sentence of each.
pub(super) fn groups(root: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut groups = BTreeMap::new();
    for path in files::list(&root.join("tests/cluster"))? {
        let source = if path.is_dir() { path.join("mod.rs") } else { path.clone() };
        if source.extension().is_some_and(|extension| extension == "rs") && source.is_file() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            groups.insert(name, first_sentence(&files::read(&source)?));
        }
    }
    Ok(groups)
}

/// The first sentence of a file's documentation.
fn first_sentence(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let text = lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(include_str!("compatibility.md"))?;
        self.versions(f)?;
        self.groups(f)?;
        self.features(f)?;
        self.skipped(f)?;
        self.failed(f)
    }
}

impl Page<'_> {
    fn versions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n| Kubernetes | passed | failed | skipped | podwright | day of the run |\n")?;
        f.write_str("| --- | --- | --- | --- | --- | --- |\n")?;
        let mut rows: Vec<String> =
            self.missing.iter().map(|version| format!("| {version} | not run | | | | |\n")).collect();
        for results in &self.all {
            let Results { kubernetes, podwright, date, .. } = results;
            let passed = results.count(|outcome| *outcome == Outcome::Passed);
            let failed = results.failed().count();
            let skipped = results.count(|outcome| matches!(outcome, Outcome::Skipped(_)));
            let ended = if results.ended { "" } else { ", and did not end" };
            rows.push(format!("| {kubernetes} | {passed} | {failed}{ended} | {skipped} | {podwright} | {date} |\n"));
        }
        rows.sort();
        f.write_str(&rows.concat())
    }

    /// The groups of tests that passed, with the number of their tests on the newest version.
    fn groups(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n## Holds\n\n")?;
        f.write_str(
            "No test of these groups failed on any of these versions. The number of tests is in parentheses.\n\n",
        )?;
        for (group, sentence) in &self.groups {
            let in_group = |test: &str| test.split("::").next() == Some(group);
            let failed = self.all.iter().flat_map(|results| results.failed());
            let mut failed = failed.filter(|(test, _)| in_group(test));
            let count = self.all.last().map_or(0, |newest| newest.tests.keys().filter(|test| in_group(test)).count());
            if count > 0 && failed.next().is_none() {
                writeln!(f, "- `{group}` ({count}): {sentence}")?;
            }
        }
        Ok(())
    }

    fn features(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: String = self.all.iter().map(|results| format!(" {} |", results.minor())).collect();
        write!(
            f,
            "\n## Differs\n\n| feature of the API server |{columns}\n| --- |{}\n",
            " --- |".repeat(self.all.len())
        )?;
        let all = self.all.iter().flat_map(|results| &results.features);
        let all: BTreeMap<_, &Feature> =
            all.map(|feature| ((feature.since.as_str(), &feature.name), feature)).collect();
        for (_, name) in all.keys() {
            let cells = self.all.iter().map(|results| {
                let seen = results.features.iter().find(|feature| feature.name == **name);
                seen.map_or(" not seen |", |feature| if feature.supported { " yes |" } else { " no |" })
            });
            writeln!(f, "| {name} |{}", cells.collect::<String>())?;
        }
        f.write_str("\n")?;
        for Feature { name, since, seen, effect, .. } in all.values() {
            writeln!(f, "- **{name}** (from {since} on): {effect} Seen with {seen}.")?;
        }
        f.write_str(
            "\nThe test `features::each_feature_is_where_it_should_be` looks at all of them, on every version.\n",
        )
    }

    fn skipped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut skipped: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for results in &self.all {
            for (test, outcome) in &results.tests {
                if let Outcome::Skipped(feature) = outcome {
                    skipped.entry((test, feature)).or_default().push(results.minor());
                }
            }
        }
        let features: BTreeSet<&str> = skipped.keys().map(|(_, feature)| *feature).collect();
        f.write_str("\n## Skipped tests\n")?;
        if features.is_empty() {
            return f.write_str("\nNone.\n");
        }
        f.write_str("\nThese tests need a feature that older API servers lack.\n\n| test | needs | skipped on |\n")?;
        f.write_str("| --- | --- | --- |\n")?;
        for ((test, feature), versions) in skipped {
            writeln!(f, "| `{test}` | {feature} | {} |", versions.join(", "))?;
        }
        Ok(())
    }

    fn failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alone = self.all.iter().flat_map(|results| results.alone.iter().map(|test| (test, &results.kubernetes)));
        let mut title = Some(
            "\n## Passed alone\n\nThese tests failed in the run of all tests on a busy machine, and passed when they ran again alone.\n\n",
        );
        for (test, version) in alone {
            writeln!(f, "{}- `{test}` on {version}", title.take().unwrap_or_default())?;
        }
        let failed = self.all.iter().flat_map(|results| results.failed().map(|failed| (failed, &results.kubernetes)));
        let mut title = Some("\n## Failed tests\n\n");
        for ((test, reason), version) in failed {
            let reason = reason.replace('`', "'");
            writeln!(f, "{}- `{test}` on {version}: `{reason}`", title.take().unwrap_or_default())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, first_sentence};
    use crate::matrix::results::tests::results;

    #[test]
    fn the_page_has_the_versions_the_features_and_the_reasons() {
        let results = super::Results { kubernetes: "1.30.14".to_owned(), date: "2026-11-29".to_owned(), ..results() };
        let groups = [("parity", "The same Pod."), ("policy", "An equal policy."), ("world", "No test.")];
        let groups = groups.map(|(name, sentence)| (name.to_owned(), sentence.to_owned())).into();
        let page = Page { all: vec![&results], missing: vec!["1.31.14"], groups }.to_string();
        for line in [
            "| 1.30.14 | 2 | 1 | 1 |  | 2026-11-29 |",
            "| 1.31.14 | not run | | | | |",
            "- `parity` (1): The same Pod.",
            "| Pod-level resources | no |",
            "- **Pod-level resources** (from 1.34 on): Dropped. Seen with a dry run.",
            "| `resources::of_the_pod` | Pod-level resources | 1.30 |",
            "- `policy::equal` on 1.30.14: `assertion failed: no such kind`",
        ] {
            assert!(page.lines().any(|written| written == line), "{line}\n{page}");
        }
        assert!(!page.contains("An equal policy.") && !page.contains("No test."), "{page}");
    }

    #[test]
    fn a_sentence_may_span_lines() {
        assert_eq!(first_sentence("//! `a.rs` is\n//! read. More.\n//!\n//! Rest.\n"), "`a.rs` is read.");
    }
}
