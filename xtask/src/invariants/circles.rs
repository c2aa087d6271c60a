//! No circle of files: a change in one file of a circle requires knowledge of all of them.
//!
//! A file depends on the file that defines a name it uses. Names are followed through `pub use`, which is no dependency
//! itself; nor is `mod`. A file may use definitions of a `mod.rs` above it, because reading starts there. So a `mod.rs`
//! is in a circle only through a file outside its folder.

use std::collections::{HashMap, VecDeque};

use super::{Violation, links::Link, source::Source};

/// Reports the shortest circle of each file that is in no earlier one.
pub(super) fn check(links: &[Link<'_>]) -> Vec<Violation> {
    let mut uses: HashMap<&str, Vec<&Link<'_>>> = HashMap::new();
    for link in links.iter().filter(|link| !link.exported && !is_above(link.to, link.from)) {
        uses.entry(&link.from.name).or_default().push(link);
    }
    let mut files: Vec<&str> = uses.keys().copied().collect();
    files.sort_unstable();
    let mut seen: Vec<&str> = Vec::new();
    let mut violations = Vec::new();
    for file in files {
        if let Some(circle) = shortest(file, &uses).filter(|_| !seen.contains(&file)) {
            seen.extend(circle.iter().map(|link| link.from.name.as_str()));
            violations.extend(violation(&circle));
        }
    }
    violations
}

fn is_above(parent: &Source, child: &Source) -> bool {
    parent.name.strip_suffix("mod.rs").is_some_and(|folder| child.name.starts_with(folder))
}

/// The shortest path from a file back to itself.
fn shortest<'l>(start: &str, uses: &HashMap<&str, Vec<&'l Link<'l>>>) -> Option<Vec<&'l Link<'l>>> {
    let mut by: HashMap<&str, &Link<'_>> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for link in uses.get(file).into_iter().flatten() {
            if !by.contains_key(link.to.name.as_str()) {
                by.insert(&link.to.name, link);
                queue.push_back(&link.to.name);
            }
        }
    }
    let mut circle = vec![*by.get(start)?];
    while let Some(link) = circle.last().filter(|link| link.from.name != start) {
        circle.push(by.get(link.from.name.as_str())?);
    }
    circle.reverse();
    Some(circle)
}

fn violation(circle: &[&Link<'_>]) -> Option<Violation> {
    let first = circle.first()?;
    let steps = circle.iter().map(|link| format!("{}:{} uses {}", link.from.name, link.line, link.spelt()));
    let steps: Vec<String> = steps.collect();
    Some(first.from.violation(first.line, format!("a circle of files:\n    {}", steps.join("\n    "))))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::{links, tests::sources};

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let sources = sources(files);
        check(&links::all(&sources)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_circle_is_printed_with_its_steps() {
        let found = circles(&[
            ("src/a/one.rs", "use super::two::Two;"),
            ("src/a/two.rs", "\nfn f() { crate::b::Three::new() }"),
            ("src/b.rs", "use crate::a::one;"),
            ("src/c.rs", "use crate::{a::one, b};"),
        ]);
        let expected = "src/a/one.rs:1: a circle of files:\n    src/a/one.rs:1 uses crate::a::two::Two\n    \
            src/a/two.rs:2 uses crate::b::Three::new\n    src/b.rs:1 uses crate::a::one";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_parent_that_hands_on_its_children_is_in_no_circle() {
        let parent = "mod one; mod two; pub use one::One; pub(crate) use two::{Two as Second};";
        let two = ("src/a/two.rs", "");
        assert!(circles(&[("src/a/mod.rs", parent), ("src/a/one.rs", "use super::Second;"), two]).is_empty());
        let back = ("src/a/two.rs", "fn f(one: super::One) {}");
        assert_eq!(circles(&[("src/a/mod.rs", parent), ("src/a/one.rs", "use crate::a::Second;"), back]).len(), 1);
    }

    #[test]
    fn a_parent_and_its_child_are_one_unit_and_others_are_not() {
        let calls = ("src/a/mod.rs", "mod two; struct Own; fn f() { two::g() }");
        assert!(circles(&[calls, ("src/a/two.rs", "use super::Own;")]).is_empty());
        let outside = ("src/b.rs", "use crate::a::Own;");
        assert_eq!(circles(&[calls, ("src/a/two.rs", "use crate::b;"), outside]).len(), 1);
    }

    #[test]
    fn tests_comments_and_strings_are_no_dependencies() {
        let text =
            "//! super::two\n/// [`super::two::f`]\nfn f() { \"super::two\"; } #[cfg(test)] mod t { use crate::two; }";
        assert!(circles(&[("src/one.rs", text), ("src/two.rs", "use crate::one;")]).is_empty());
    }
}
