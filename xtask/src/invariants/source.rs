//! A source file as the rules see it: its code without comments and tests, its string literals, and the paths it names.

use super::{
    Violation,
    lexer::{self, Kind},
    paths::{self, Named},
};

/// One file.
#[derive(Debug)]
pub(super) struct Source {
    /// As from the repository's root: `src/inject/patch.rs`.
    pub(super) name: String,
    /// The path of its module from the crate's root; empty for `lib.rs` and `main.rs`.
    pub(super) module: Vec<String>,
    /// All its lines, tests included.
    pub(super) lines: usize,
    /// The paths that its code names.
    pub(super) paths: Vec<Named>,
    /// The words and signs of its code, with their lines.
    pub(super) tokens: Vec<Token>,
    /// The string literals in its code, with their lines and quotes.
    pub(super) literals: Vec<Token>,
}

/// A word, a sign or a literal, and where it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) text: String,
}

impl Source {
    pub(super) fn parse(name: &str, text: &str) -> Self {
        let module = module(name);
        // A file of tests is marked as such where it is declared, not in itself.
        let (tokens, literals) = if name.ends_with("tests.rs") { Default::default() } else { code(text) };
        let paths = paths::named(&tokens, &module);
        Self { name: name.to_owned(), module, lines: text.lines().count(), paths, tokens, literals }
    }

    /// The module right below the crate's root that this file belongs to: `inject`.
    pub(super) fn layer(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Whether it is of the crate `podwright` itself, which the rules about modules are for.
    pub(super) fn is_ours(&self) -> bool {
        self.name.starts_with("src/")
    }

    pub(super) fn violation(&self, line: usize, sentence: String) -> Violation {
        Violation { file: self.name.clone(), line, sentence }
    }
}

fn module(name: &str) -> Vec<String> {
    let inside = name.split_once("src/").map_or(name, |(_, inside)| inside);
    let parts = inside.trim_end_matches(".rs").split('/');
    parts.filter(|part| !["mod", "lib", "main"].contains(part)).map(str::to_owned).collect()
}

/// The tokens and the literals of all that is not a test.
fn code(text: &str) -> (Vec<Token>, Vec<Token>) {
    let mut line = 1;
    let mut all = Vec::new();
    for (_, kind, piece) in lexer::pieces(text) {
        if kind != Kind::Comment && !piece.trim().is_empty() {
            all.push((kind, Token { line, text: piece.to_owned() }));
        }
        line += piece.matches('\n').count();
    }
    let (literals, tokens): (Vec<_>, Vec<_>) = without_tests(&all).partition(|(kind, _)| *kind == Kind::Literal);
    let plain = |tokens: Vec<(Kind, Token)>| tokens.into_iter().map(|(_, token)| token).collect();
    (plain(tokens), plain(literals))
}

/// Leaves out each item under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn without_tests(all: &[(Kind, Token)]) -> impl Iterator<Item = (Kind, Token)> {
    let mut rest = all;
    std::iter::from_fn(move || {
        while starts_test(rest) {
            rest = after_item(rest);
        }
        let (first, others) = rest.split_first()?;
        rest = others;
        Some(first.clone())
    })
}

fn starts_test(rest: &[(Kind, Token)]) -> bool {
    [&["#", "[", "cfg", "(", "test"][..], &["#", "[", "cfg", "(", "all", "(", "test"][..]]
        .into_iter()
        .any(|start| start.len() < rest.len() && rest.iter().zip(start).all(|((_, token), word)| token.text == *word))
}

/// What follows the item at the start of `rest`: its body's last brace, or a semicolon outside any bracket.
fn after_item(rest: &[(Kind, Token)]) -> &[(Kind, Token)] {
    let mut depth = 0_usize;
    let end = rest.iter().position(|(kind, token)| {
        match token.text.as_str() {
            _ if *kind == Kind::Literal => return false,
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && ["}", ";"].contains(&token.text.as_str())
    });
    end.and_then(|at| rest.get(at + 1..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Source, module};

    #[test]
    fn a_file_knows_its_module() {
        assert_eq!(module("src/inject/mod.rs"), ["inject"]);
        assert_eq!(module("src/inject/pod/scalars.rs"), ["inject", "pod", "scalars"]);
        assert!(module("src/lib.rs").is_empty());
    }

    #[test]
    fn tests_comments_and_strings_are_no_code() {
        let text = "fn a() { b(\"one\") } // c\n#[cfg(test)]\nmod tests { fn d() { \"two}\" } }\n#[cfg(all(test, unix))]\nuse e;\nfn f() {}";
        let source = Source::parse("src/x.rs", text);
        let words: Vec<&str> = source.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words.concat(), "fna(){b()}fnf(){}");
        assert_eq!(source.literals.len(), 1);
        assert_eq!(source.tokens.last().map(|token| token.line), Some(6));
        assert!(Source::parse("src/x/tests.rs", text).tokens.is_empty());
    }
}
