//! Every link of a page has a target: relative links, their headings, and file names in the text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of this project. A word that begins with one of them is a path.
const FOLDERS: [&str; 10] =
    ["src/", "core/", "tests/", "docs/", "examples/", "integrations/", "manifests/", "xtask/", ".ci/", ".github/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with this ending.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect(folder);
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == end)).collect()
}

fn pages() -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/adr"];
    folders.iter().flat_map(|folder| files(folder, "md")).collect()
}

/// The targets of Markdown links and of `src`, `srcset` and `href`.
fn targets(text: &str) -> Vec<&str> {
    let after = |start: &'static str, end: char| {
        text.split(start).skip(1).filter_map(move |rest| rest.split_once(end).map(|(target, _)| target))
    };
    let html = ["src=\"", "srcset=\"", "href=\""].into_iter().flat_map(|start| after(start, '"'));
    after("](", ')').chain(html).filter(|target| !target.contains("://")).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' '));
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    headings.map(|heading| heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable");
        for target in targets(&text) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let heading = || anchors(&fs::read_to_string(&there).unwrap_or_default()).contains(anchor);
            if !there.exists() || !(anchor.is_empty() || heading()) {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The words of a text that are paths from the root. A part in capitals stands for any name.
fn named(text: &str) -> Vec<&str> {
    let of_a_path = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let words = text.split(|c: char| !of_a_path(c)).map(|word| word.trim_end_matches('.'));
    let placeholder = |word: &str| word.split('/').any(|part| part.len() > 1 && part.chars().all(|c| c.is_uppercase()));
    words.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)) && !placeholder(word)).collect()
}

#[test]
fn every_file_that_is_named_is_there() {
    let mut wrong = Vec::new();
    for page in [pages(), files("manifests", "yaml"), files("examples", "yaml")].concat() {
        let text = fs::read_to_string(&page).expect("readable");
        let missing = named(&text).into_iter().filter(|path| !root().join(path).exists());
        wrong.extend(missing.map(|path| format!("{}: {path}", page.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The pages that remedies name in the source, each with its heading.
#[test]
fn every_page_of_a_remedy_has_its_heading() {
    let folders = ["src/inspect", "src/inspect/why", "src/inspect/check", "src/inspect/installed"];
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in folders.iter().flat_map(|folder| files(folder, "rs")) {
        let text = fs::read_to_string(&file).expect("readable");
        let named = text.split('"').filter(|literal| literal.starts_with("docs/") && !literal.contains(' '));
        for target in named {
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let page = fs::read_to_string(root().join(page)).unwrap_or_default();
            count += 1;
            if page.is_empty() || !(anchor.is_empty() || anchors(&page).contains(anchor)) {
                wrong.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty() && count > 10, "{count} pages: {wrong:#?}");
}
