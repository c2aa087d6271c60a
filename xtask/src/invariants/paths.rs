//! The paths that source code names, with `use` trees spelt out and `crate`, `self` and `super` resolved.

use std::{iter::Peekable, slice::Iter};

use super::source::Token;

/// A path of two names or more, or one that is imported.
#[derive(Debug, PartialEq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
    /// Whether `names` counts from the root of this crate, not from another crate or from an item in scope.
    pub(super) local: bool,
    /// Whether it is imported by `use`, so that parts of it can be named elsewhere without the rest.
    pub(super) imported: bool,
}

impl Named {
    /// As source code would spell it.
    pub(super) fn spelt(&self) -> String {
        let names = self.names.join("::");
        if self.local { format!("crate::{names}") } else { names }
    }

    pub(super) fn starts_with(&self, start: &[&str]) -> bool {
        self.names.len() >= start.len() && self.names.iter().zip(start).all(|(one, other)| one == other)
    }
}

type Tokens<'a> = Peekable<Iter<'a, Token>>;

/// All paths in the code of the file that is the module `module`.
pub(super) fn named(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let first = found.len();
        match token.text.as_str() {
            "use" => tree(&mut tokens, Vec::new(), &mut found),
            _ => inline(token, &mut tokens, &mut found),
        }
        found.iter_mut().skip(first).for_each(|path| resolve(path, module));
    }
    found
}

/// One branch of a `use`, up to what ends it.
fn tree(tokens: &mut Tokens<'_>, start: Vec<String>, found: &mut Vec<Named>) {
    let mut names = start;
    let mut line = 0;
    while let Some(token) = tokens.next_if(|token| ![",", "}", ";"].contains(&token.text.as_str())) {
        line = token.line;
        match token.text.as_str() {
            ":" => {}
            "as" => drop(tokens.next()),
            "{" => return group(tokens, &names, found),
            name => names.push(name.to_owned()),
        }
    }
    if line > 0 {
        found.push(Named { line, names, local: false, imported: true });
    }
}

fn group(tokens: &mut Tokens<'_>, start: &[String], found: &mut Vec<Named>) {
    loop {
        tree(tokens, start.to_vec(), found);
        if tokens.next().is_none_or(|token| token.text != ",") {
            return;
        }
    }
}

/// A path in an expression, a type or an attribute.
fn inline(first: &Token, tokens: &mut Tokens<'_>, found: &mut Vec<Named>) {
    let mut names = vec![first.text.clone()];
    while names.last().is_some_and(|name| is_word(name)) {
        let mut ahead = tokens.clone();
        let colons = [ahead.next(), ahead.next()].map(|token| token.is_some_and(|token| token.text == ":"));
        match ahead.next().filter(|token| colons == [true, true] && is_word(&token.text)) {
            Some(token) => names.push(token.text.clone()),
            None => break,
        }
        *tokens = ahead;
    }
    if names.len() > 1 {
        found.push(Named { line: first.line, names, local: false, imported: false });
    }
}

fn resolve(path: &mut Named, module: &[String]) {
    path.names.retain({
        // `use std::fs::{self}` is `use std::fs`.
        let mut at = 0;
        move |name| (std::mem::replace(&mut at, 1) == 0) || name != "self"
    });
    let supers = path.names.iter().take_while(|name| *name == "super").count();
    let (base, skip) = match path.names.first().map(String::as_str) {
        Some("crate" | "podwright") => (&[][..], 1),
        Some("self") => (module, 1),
        Some("super") => (module.get(..module.len().saturating_sub(supers)).unwrap_or_default(), supers),
        _ => return,
    };
    path.names = base.iter().chain(path.names.iter().skip(skip)).cloned().collect();
    path.local = true;
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use crate::invariants::source::Source;

    fn spelt(text: &str) -> Vec<String> {
        Source::parse("src/inject/pod/scalars.rs", text).paths.iter().map(super::Named::spelt).collect()
    }

    #[test]
    fn use_trees_are_spelt_out() {
        let text = "use std::{fs, time::{self as t, Instant,}, io::*,};";
        assert_eq!(spelt(text), ["std::fs", "std::time", "std::time::Instant", "std::io::*"]);
        assert_eq!(spelt("pub(crate) use tokio;"), ["tokio"]);
    }

    #[test]
    fn relative_paths_are_resolved() {
        let text = "use super::super::patch::{self, Pointer}; fn f() { self::g(); crate::annotation::parse() }";
        assert_eq!(
            spelt(text),
            [
                "crate::inject::patch",
                "crate::inject::patch::Pointer",
                "crate::inject::pod::scalars::g",
                "crate::annotation::parse"
            ]
        );
    }

    #[test]
    fn paths_in_code_are_seen() {
        let text = "#[tokio::main] fn f() -> std::io::Result<()> { a.b(); ::hyper::c::<u8>(); x as kube::Client }";
        assert_eq!(spelt(text), ["tokio::main", "std::io::Result", "hyper::c", "kube::Client"]);
    }
}
