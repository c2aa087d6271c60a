//! A source file for the rules: its paths and literals, without comments and tests.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree, token_stream::IntoIter};
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
    /// Every path in the code as written, and every single name that may be an imported one.
    pub(super) paths: Vec<Named>,
    pub(super) literals: Vec<Literal>,
}

/// A path in the code, such as `super::pod::Pod`.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
    /// The role of a path in a `use`; none for a path in an expression or a type.
    pub(super) import: Option<Import>,
}

/// An imported path: its name in this file, and whether `pub` exports it.
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub(super) alias: String,
    pub(super) public: bool,
}

/// A string, a character or a number, with its quotes.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

impl Source {
    /// Parses a file. Files of tests have lines only.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let (module, lines) = (module(name), text.lines().count());
        let mut source = Self { name: name.to_owned(), module, lines, paths: Vec::new(), literals: Vec::new() };
        if !name.ends_with("tests.rs") && !name.contains("/tests/") {
            let code: TokenStream =
                text.parse().map_err(|reason| Error::new(format!("{name} is not Rust: {reason}")))?;
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
                TokenTree::Punct(sign) if sign.as_char() == '#' => self.read_attribute(&mut tokens),
                // A field or a method; after `..` comes an expression.
                TokenTree::Punct(sign) if sign.as_char() == '.' && sign.spacing() == Spacing::Joint => {
                    drop(tokens.next())
                }
                TokenTree::Punct(sign) if sign.as_char() == '.' => drop(tokens.next_if(is_ident)),
                TokenTree::Punct(_) => {}
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    self.literals.push(Literal { line, text: literal.to_string() });
                }
                TokenTree::Ident(word) if word == "pub" => {
                    let _ = tokens.next_if(|token| is_group(token, Delimiter::Parenthesis));
                    public = tokens.peek().is_some_and(|next| next.to_string() == "use");
                }
                TokenTree::Ident(word) if word == "use" => {
                    self.read_imports(&mut tokens, &[], std::mem::take(&mut public))
                }
                TokenTree::Ident(word) if word == "mod" => drop(tokens.next()),
                TokenTree::Ident(word) => self.read_path(&word, &mut tokens),
            }
        }
    }

    /// Skips documentation, and the item under `#[cfg(test)]` or `#[cfg(all(test, …))]`: up to its body or a semicolon.
    fn read_attribute(&mut self, tokens: &mut Peekable<IntoIter>) {
        let _ = tokens.next_if(|token| token.to_string() == "!");
        let Some(TokenTree::Group(group)) = tokens.next_if(|token| is_group(token, Delimiter::Bracket)) else {
            return;
        };
        let text = group.to_string().replace(' ', "");
        if text.starts_with("[cfg(test") || text.starts_with("[cfg(all(test") {
            let ends = |token: &TokenTree| token.to_string() == ";" || is_group(token, Delimiter::Brace);
            let _ = tokens.find(ends);
        } else if !text.starts_with("[doc") {
            self.read(group.stream());
        }
    }

    /// Reads one branch of a `use`, up to the comma or semicolon that ends it.
    fn read_imports(&mut self, tokens: &mut Peekable<IntoIter>, start: &[String], public: bool) {
        let (mut names, mut alias, mut line) = (start.to_vec(), None, 0);
        for token in tokens.by_ref() {
            match token {
                TokenTree::Group(group) => {
                    let mut inner = group.stream().into_iter().peekable();
                    while inner.peek().is_some() {
                        self.read_imports(&mut inner, &names, public);
                    }
                    names.clear();
                }
                TokenTree::Punct(sign) if [',', ';'].contains(&sign.as_char()) => break,
                TokenTree::Punct(sign) if sign.as_char() == ':' => {}
                token if names.last().is_some_and(|last| last == "as") => {
                    names.pop();
                    alias = Some(token.to_string());
                }
                // `use a::{self}` is `use a`.
                token if token.to_string() == "self" && !names.is_empty() => line = token.span().start().line,
                token => {
                    line = token.span().start().line;
                    names.push(token.to_string());
                }
            }
        }
        if let (Some(last), 1..) = (names.last(), line) {
            let alias = alias.unwrap_or_else(|| last.clone());
            self.paths.push(Named { line, names, import: Some(Import { alias, public }) });
        }
    }

    /// Reads a path in an expression, a type or an attribute.
    fn read_path(&mut self, first: &Ident, tokens: &mut Peekable<IntoIter>) {
        let (mut names, line) = (vec![first.to_string()], first.span().start().line);
        let is_colon = |token: &TokenTree| token.to_string() == ":";
        while tokens.next_if(is_colon).is_some() && tokens.next_if(is_colon).is_some() {
            match tokens.next_if(is_ident) {
                Some(name) => names.push(name.to_string()),
                None => break,
            }
        }
        self.paths.push(Named { line, names, import: None });
    }
}

fn is_ident(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_))
}

fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

fn module(name: &str) -> Vec<String> {
    let inside = name.split_once("src/").map_or(name, |(_, inside)| inside);
    let parts = inside.trim_end_matches(".rs").split('/');
    parts.filter(|part| !["mod", "lib", "main"].contains(part)).map(str::to_owned).collect()
}
