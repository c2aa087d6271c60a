//! A source file for the rules: its paths and literals, without comments and tests.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree, token_stream::IntoIter};
use xtask::Error;

use super::Violation;

#[derive(Debug)]
pub(super) struct Source {
    /// The path from the repository's root: `core/src/inject/patch/mod.rs`.
    pub(super) name: String,
    /// The module's path from the crate's root: `["inject", "patch"]`; empty for `lib.rs` and `main.rs`.
    pub(super) module: Vec<String>,
    /// The number of lines, tests included.
    pub(super) lines: usize,
    /// Imports, and paths of two names or more: a single name is this file's own, or an import.
    pub(super) paths: Vec<Named>,
    /// The literals with their quotes, by line.
    pub(super) literals: Vec<(usize, String)>,
}

/// A path in the code, such as `super::pod::Pod`.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
    /// The name of an import in this file; none for a path in an expression or a type.
    pub(super) alias: Option<String>,
    /// Whether `pub use` exports the name.
    pub(super) exported: bool,
}

impl Source {
    /// Parses a file. Files of tests have lines only.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let (module, lines) = (module(name), text.lines().count());
        let mut source = Self { name: name.to_owned(), module, lines, paths: Vec::new(), literals: Vec::new() };
        if !name.ends_with("tests.rs") && !name.contains("/tests/") {
            let code = text.parse().map_err(|reason| Error::new(format!("{name} is not Rust: {reason}")))?;
            source.read(code);
        }
        Ok(source)
    }

    /// The crate's folder of sources: `core/src`.
    pub(super) fn folder(&self) -> &str {
        self.name.split_inclusive("src/").next().unwrap_or_default().trim_end_matches('/')
    }

    /// The module directly below the crate's root: `inject`.
    pub(super) fn layer(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    pub(super) fn violation(&self, line: usize, sentence: String) -> Violation {
        Violation { file: self.name.clone(), line, sentence }
    }

    fn read(&mut self, code: TokenStream) {
        let mut tokens = code.into_iter().peekable();
        let mut public = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == '#' => skip_attribute(&mut tokens),
                TokenTree::Punct(_) => public = false,
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Literal(literal) => {
                    self.literals.push((literal.span().start().line, literal.to_string()));
                }
                TokenTree::Ident(word) if word == "pub" => public = true,
                TokenTree::Ident(word) if word == "use" => self.read_imports(&mut tokens, &[], public),
                TokenTree::Ident(word) => {
                    public = false;
                    self.read_path(&word, &mut tokens);
                }
            }
        }
    }

    /// Reads one branch of a `use`, up to the comma or semicolon that ends it.
    fn read_imports(&mut self, tokens: &mut Peekable<IntoIter>, start: &[String], exported: bool) {
        let (mut names, mut alias, mut line) = (start.to_vec(), None, 0);
        for token in tokens.by_ref() {
            match token {
                TokenTree::Group(group) => {
                    let mut inner = group.stream().into_iter().peekable();
                    while inner.peek().is_some() {
                        self.read_imports(&mut inner, &names, exported);
                    }
                    names.clear();
                }
                TokenTree::Punct(sign) if [',', ';'].contains(&sign.as_char()) => break,
                TokenTree::Punct(sign) if sign.as_char() == ':' => {}
                token if names.last().is_some_and(|last| last == "as") => {
                    names.pop();
                    alias = Some(token.to_string());
                }
                token => {
                    line = token.span().start().line;
                    names.push(token.to_string());
                }
            }
        }
        // `use a::{self}` is `use a`.
        if names.len() > 1 && names.last().is_some_and(|last| last == "self") {
            names.pop();
        }
        if let (Some(last), 1..) = (names.last(), line) {
            let alias = alias.or_else(|| Some(last.clone()));
            self.paths.push(Named { line, names, alias, exported });
        }
    }

    /// Reads a path in an expression or a type.
    fn read_path(&mut self, first: &Ident, tokens: &mut Peekable<IntoIter>) {
        let (mut names, line) = (vec![first.to_string()], first.span().start().line);
        let is_colon = |token: &TokenTree| token.to_string() == ":";
        while tokens.next_if(is_colon).is_some() && tokens.next_if(is_colon).is_some() {
            match tokens.next_if(|token| matches!(token, TokenTree::Ident(_))) {
                Some(name) => names.push(name.to_string()),
                None => break,
            }
        }
        if names.len() > 1 {
            self.paths.push(Named { line, names, alias: None, exported: false });
        }
    }
}

/// Skips the attribute, and the item under `#[cfg(test)]` or `#[cfg(all(test, …))]` up to its body or a semicolon.
fn skip_attribute(tokens: &mut Peekable<IntoIter>) {
    let _ = tokens.next_if(|token| token.to_string() == "!");
    let text = tokens.next().map(|group| group.to_string().replace(' ', "")).unwrap_or_default();
    if text.starts_with("[cfg(test") || text.starts_with("[cfg(all(test") {
        let is_body =
            |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let _ = tokens.find(|token| token.to_string() == ";" || is_body(token));
    }
}

fn module(name: &str) -> Vec<String> {
    let inside = name.split_once("src/").map_or(name, |(_, inside)| inside);
    let parts = inside.trim_end_matches(".rs").split('/');
    parts.filter(|part| !["mod", "lib", "main"].contains(part)).map(str::to_owned).collect()
}
