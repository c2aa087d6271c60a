//! A feature of the injection is one file that nobody but the list of features knows, so that adding, changing or removing
//! one touches no other.

use super::{
    Violation,
    source::{Source, Token},
};

const LIST: &str = "src/inject/mod.rs";

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let Some(list) = sources.iter().find(|source| source.name == LIST) else {
        return Vec::new();
    };
    let features = features(&list.tokens);
    if features.is_empty() {
        let sentence = "there is no `const FEATURES: [Feature; N] = [module::function, …];` here, which says what the features are";
        return vec![list.violation(1, sentence.to_owned())];
    }
    sources
        .iter()
        .filter(|source| source.is_ours() && source.name != LIST)
        .flat_map(|source| of_one(source, &features))
        .collect()
}

/// The modules that the list names: `probes` for `probes::fit`.
fn features(tokens: &[Token]) -> Vec<String> {
    let text = |token: &Token| token.text.clone();
    let value = tokens.iter().skip_while(|token| token.text != "FEATURES").skip_while(|token| token.text != "=");
    let items: Vec<String> = value.take_while(|token| token.text != ";").map(text).collect();
    items
        .windows(3)
        .filter_map(|three| match three {
            [module, one, other] if one == ":" && other == ":" => Some(module.clone()),
            _ => None,
        })
        .collect()
}

fn of_one(source: &Source, features: &[String]) -> Vec<Violation> {
    let own = source.module.get(1).filter(|_| source.layer() == Some("inject"));
    let named = source.paths.iter().filter(|path| path.local && path.starts_with(&["inject"]));
    let foreign =
        named.filter(|path| path.names.get(1).is_some_and(|name| features.contains(name) && Some(name) != own));
    foreign
        .map(|path| source.violation(path.line, format!("`{}`: a feature is named in {LIST} alone", path.spelt())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::source::Source;

    const LIST: &str = "const FEATURES: [Feature; 2] = [downward_env::fit, probes::fit];";

    fn broken(name: &str, text: &str) -> bool {
        !check(&[Source::parse("src/inject/mod.rs", LIST), Source::parse(name, text)]).is_empty()
    }

    #[test]
    fn features_do_not_know_each_other() {
        assert!(broken("src/inject/downward_env.rs", "use super::probes::port;"));
        assert!(broken("src/inject/downward_env.rs", "fn f() { crate::inject::probes::port() }"));
        assert!(broken("src/inject/patch.rs", "use super::{pod, probes};"));
        assert!(broken("src/admission/mod.rs", "use crate::inject::probes;"));
        assert!(!broken(
            "src/inject/probes.rs",
            "use super::pod::Pod; use crate::inject::report; fn f() { self::g() }"
        ));
        assert!(!broken("src/inject/probes/port.rs", "use super::Port;"));
    }

    #[test]
    fn a_list_that_is_not_found_is_told() {
        assert_eq!(check(&[Source::parse("src/inject/mod.rs", "mod probes;")]).len(), 1);
    }
}
