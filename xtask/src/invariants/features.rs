//! Only the list of features names a feature, so that adding, changing or removing one touches no other.

use super::{Violation, links::Link, source::Source};

const LIST: &str = "core/src/inject/mod.rs";

/// Checks that only the list names a feature's file or folder.
pub(super) fn check(sources: &[Source], links: &[Link<'_>]) -> Vec<Violation> {
    let Some(list) = sources.iter().find(|source| source.name == LIST) else {
        return Vec::new();
    };
    let features: Vec<&str> = list.paths.iter().filter_map(|path| feature(&path.names)).collect();
    if features.is_empty() {
        return vec![list.violation(1, "no `module::FEATURE` here names a feature".to_owned())];
    }
    let of = |source: &Source| source.module.get(1).filter(|name| features.contains(&name.as_str())).cloned();
    let foreign = links.iter().filter(|link| link.from.name != LIST && link.from.folder() == list.folder());
    let foreign = foreign.filter(|link| of(link.to).is_some() && of(link.to) != of(link.from));
    foreign
        .map(|link| link.from.violation(link.line, format!("`{}`: only {LIST} names a feature", link.spelt())))
        .collect()
}

/// The module in `probes::FEATURE`.
fn feature(names: &[String]) -> Option<&str> {
    match names {
        [module, item] if item == "FEATURE" => Some(module),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::{links, tests::sources};

    const LIST: &str = "const FEATURES: [Feature; 2] = [downward_env::FEATURE, probes::FEATURE];";

    fn violations(list: &str, name: &str, text: &str) -> usize {
        let probes = ("core/src/inject/probes/mod.rs", "mod port;");
        let sources = sources(&[("core/src/inject/mod.rs", list), probes, (name, text)]);
        check(&sources, &links::all(&sources)).len()
    }

    #[test]
    fn features_do_not_know_each_other() {
        let broken = |name: &str, text: &str| violations(LIST, name, text) > 0;
        assert!(broken("core/src/inject/downward_env.rs", "use super::probes::port;"));
        assert!(broken("core/src/inject/downward_env.rs", "fn f() { crate::inject::probes::port() }"));
        assert!(broken("core/src/inject/patch.rs", "use super::{pod, probes};"));
        assert!(broken("core/src/admission/mod.rs", "use crate::inject::probes;"));
        assert!(!broken("core/src/inject/probes/port.rs", "use super::Port;"));
        assert!(!broken("core/src/inject/downward_env.rs", "use super::pod::Pod; fn f() { self::g() }"));
    }

    #[test]
    fn a_list_without_features_is_reported() {
        assert_eq!(violations("mod probes;", "core/src/inject/pod.rs", ""), 1);
    }
}
