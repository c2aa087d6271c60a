//! Plain English: pages, comments and string literals seldom say "what" or "who", and doc comments begin with a noun or
//! a verb. The counts are rough, which is good enough for a rate.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The pages and folders that keep the limits.
const CHECKED: [&str; 9] = ["README.md", "bench", "core/src", "core/tests", "docs", "fuzz", "src", "tests", "xtask"];
/// The most of these words per 1,000, in comments and pages as in literals.
const MOST_CLAUSES: usize = 5;
const CLAUSES: [&str; 4] = ["what", "who", "whoever", "whom"];
/// The most doc comments of 100 that begin with one of these words.
const MOST_OPENINGS: usize = 8;
const OPENINGS: &str = "what who whoever whom whose which where when why how whether that this these those it its they \
    them their he his him she her we our us you your i one of in on at by for from with without to as into behind beside \
    between beyond above below under over after before since until while because if unless through during within among \
    against about up down out off like near per but";
/// The fewest words of a literal that is a sentence.
const SENTENCE: usize = 3;

/// The number of counted things, and of all.
#[derive(Default)]
struct Rate {
    hits: usize,
    all: usize,
}

impl Rate {
    fn add(&mut self, text: &str) {
        self.hits += words(text).filter(|word| CLAUSES.contains(&word.to_lowercase().as_str())).count();
        self.all += words(text).count();
    }

    fn is_above(&self, most: usize, of: usize) -> bool {
        self.hits * of > most * self.all
    }
}

#[derive(Default)]
struct Prose {
    /// Of words in comments and pages.
    comments: Rate,
    /// Of words in literals.
    literals: Rate,
    /// Of doc comments.
    openings: Rate,
}

impl Prose {
    fn read(path: &Path) -> Self {
        let mut prose = Self::default();
        for file in files(path) {
            let text = fs::read_to_string(&file).expect("readable");
            if file.extension().is_some_and(|end| end == "md") {
                text.split("```").step_by(2).for_each(|part| prose.comments.add(part));
            } else {
                prose.add_source(&text);
            }
        }
        prose
    }

    fn add_source(&mut self, text: &str) {
        let (mut block, mut code) = (String::new(), String::new());
        for line in text.lines().chain([""]) {
            let line = line.trim_start();
            if let Some(doc) = line.strip_prefix("///").or(line.strip_prefix("//!")) {
                block += doc;
                continue;
            }
            self.add_block(&std::mem::take(&mut block));
            if let Some((_, comment)) = format!(" {line}").split_once(" //") {
                self.comments.add(comment);
            }
            if !line.starts_with("//") {
                let _ = writeln!(code, "{}", line.trim_end_matches('\\').replace("\\\"", "'").replace("'\"'", ""));
            }
        }
        let literals = code.split('"').skip(1).step_by(2);
        literals.filter(|text| text.split_whitespace().count() >= SENTENCE).for_each(|text| self.literals.add(text));
    }

    fn add_block(&mut self, block: &str) {
        self.comments.add(block);
        let first = words(block).next().map(str::to_lowercase);
        self.openings.all += usize::from(first.is_some());
        self.openings.hits +=
            usize::from(first.is_some_and(|first| OPENINGS.split_whitespace().any(|word| word == first)));
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic() && c != '\'').filter(|word| !word.is_empty())
}

/// The Rust files and pages below a path. Links to folders are skipped, because one of a test leads back.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_symlink() || path.ends_with("target") {
        return Vec::new();
    }
    match fs::read_dir(path) {
        Ok(entries) => entries.flat_map(|entry| files(&entry.expect("readable").path())).collect(),
        Err(_) if path.extension().is_some_and(|end| end == "rs" || end == "md") => vec![path.to_owned()],
        Err(_) => Vec::new(),
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the rates of all folders, with --nocapture")]
fn texts_are_in_plain_english() {
    let mut faults = String::new();
    for name in CHECKED {
        let Prose { comments, literals, openings } = Prose::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
        let row = format!(
            "{name}: {} of {} words in comments, {} of {} in literals, {} of {} openings\n",
            comments.hits, comments.all, literals.hits, literals.all, openings.hits, openings.all
        );
        print!("{row}");
        let is_above = comments.is_above(MOST_CLAUSES, 1000) || literals.is_above(MOST_CLAUSES, 1000);
        if is_above || openings.is_above(MOST_OPENINGS, 100) {
            faults += &row;
        }
    }
    assert!(faults.is_empty(), "at most {MOST_CLAUSES} per 1,000 words, and {MOST_OPENINGS} % of openings:\n{faults}");
}
