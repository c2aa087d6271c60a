//! Compares the pages on annotations and reasons. `UPDATE_GOLDEN=1 cargo test --test cli docs` generates them.
//! `docs/shown.rs` and `docs/links.rs` check the pages' examples and links.

mod links;
mod prose;
mod shown;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::annotation::downward::WELL_KNOWN;
use podwright::annotation::keys::KEYS;
use podwright::annotation::notes;
use podwright::cli::reasons;
use podwright::inject::Reason;

fn table() -> String {
    let mut table = "\n| key | value | example | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    for key in KEYS {
        let doc = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(table, "| `{}` | {} | `{}` | {doc} |", key.name, key.grammar, key.example);
    }
    table + "\n"
}

/// Writes the table of the words whose meaning a runtime's documentation fixes.
fn words() -> String {
    let mut table = "\n| word | stands for | documented in |\n| --- | --- | --- |\n".to_owned();
    for word in WELL_KNOWN.iter().filter(|word| !word.documentation.is_empty()) {
        let _ = writeln!(table, "| `{}` | `{}` | <{}> |", word.name, word.source, word.documentation);
    }
    table
}

/// Writes the page of annotations from the tables.
fn annotations() -> String {
    let mut text = "# Annotations\n\nAll keys begin with `podwright.dev/`. Set them on the Pod. In a workload, set \
                    them on the Pod template (`spec.template.metadata.annotations`).\n\n`podwright explain KEY` prints one \
                    section of this page. `UPDATE_GOLDEN=1 cargo test --test cli docs` generates the page from \
                    core/src/annotation.\n"
        .to_owned();
    text += &table();
    text += "## For every key\n\n";
    notes::COMMON.iter().for_each(|note| text += &format!("- {note}\n"));
    for key in KEYS {
        let doc = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(
            text,
            "\n## {}\n\n{doc}\n\n```yaml\npodwright.dev/{}: {:?}\n```\n\n",
            key.name, key.name, key.example
        );
        notes::of(key.name).iter().for_each(|note| text += &format!("- {note}\n"));
        if key.name == "downward-env" {
            text += &words();
        }
        let codes: Vec<String> = reasons()
            .filter(|(keys, _)| keys.contains(&key.name))
            .map(|(_, reason)| {
                format!("[{code}](reasons.md#{anchor})", code = reason.code, anchor = reason.code.to_lowercase())
            })
            .collect();
        if !codes.is_empty() {
            let _ = write!(text, "\nReasons: {}.\n", codes.join(", "));
        }
    }
    text
}

/// Every code that the webhook and the commands print, in alphabetical order.
fn reasons_in_full() -> String {
    let mut all: Vec<_> = reasons().collect();
    all.sort_by_key(|(_, reason)| reason.code);
    let mut text =
        "# Reasons\n\nWarnings, findings of `podwright lint` and entries of `podwright preview` end in a code in \
                    brackets. The annotation `podwright.dev/status` has the codes of adjusted and skipped settings. A \
                    code never changes its meaning.\n\n`podwright explain CODE` prints one entry of this page. \
                    `UPDATE_GOLDEN=1 cargo test --test cli docs` generates the page from core/src.\n"
            .to_owned();
    for (keys, Reason { code, sentence, remedy }) in all {
        let of = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let of = if keys.is_empty() { "any".to_owned() } else { of };
        let sentence = capitalised(sentence);
        let _ = write!(text, "\n## {code}\n\n{sentence}.\n\n- What to do: {remedy}\n- Keys: {of}\n");
    }
    text
}

fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    if text.starts_with("podwright") { text.to_owned() } else { first.to_uppercase() + rest }
}

#[test]
fn the_pages_on_annotations_and_reasons_are_those_of_the_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (file, text) in [("annotations.md", annotations()), ("reasons.md", reasons_in_full())] {
        let path = folder.join(file);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &text).expect("writable");
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "{file}");
    }
}

/// The notes list the names in prose, so this compares them with the table.
#[test]
fn the_notes_name_every_well_known_name() {
    let notes = notes::of("downward-env").concat();
    for name in WELL_KNOWN.map(|known| known.name) {
        assert!(notes.contains(&format!("`{name}`")), "{name}");
    }
}

/// The README lists the keys in groups, in the first cell of a row.
#[test]
fn the_readme_has_every_key_that_an_author_writes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).expect("README.md");
    let cells: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    for key in KEYS.iter().filter(|key| key.name != "status") {
        let name = format!("`{}`", key.name);
        assert!(cells.iter().any(|cell| cell.contains(&name)), "{name}");
    }
}
