//! Rules for .github/workflows that actionlint does not know.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::path::Path;

use xtask::files;

/// The workflows: name and text.
fn workflows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
    let read = |path: &std::path::PathBuf| (path.display().to_string(), files::read(path).expect("a text"));
    files::list(&folder).expect("a folder").iter().map(read).collect()
}

#[test]
fn every_action_is_pinned_by_its_commit_and_names_its_version() {
    for (name, text) in workflows() {
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            let (_, action) = line.split_once('@').unwrap_or_default();
            let (commit, version) = action.split_once(" # v").unwrap_or_default();
            let pinned = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(pinned && version.starts_with(|c: char| c.is_ascii_digit()), "{name}: {line}");
        }
    }
}

/// Without such a line, a job would have the repository's default rights.
#[test]
fn every_workflow_states_its_rights() {
    for (name, text) in workflows() {
        let rights = text.lines().skip_while(|line| !line.starts_with("permissions:")).take(2).collect::<Vec<_>>();
        assert!(
            matches!(rights[..], ["permissions: {}", _] | ["permissions:", "  contents: read"]),
            "{name}: {rights:?}"
        );
    }
}
