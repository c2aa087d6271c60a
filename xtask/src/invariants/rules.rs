//! Rules on names and literals: the direction of dependencies, the list of features, and JSON pointers.

use super::{Violation, links::Link, source::Source};

/// Each module of a crate with the modules that it may name. A new module needs a row here.
const MAY_NAME: [(&str, &[&str]); 13] = [
    ("text", &[]),
    ("annotation", &["text"]),
    ("profile", &["annotation", "text"]),
    ("inject", &["annotation", "profile", "text"]),
    ("workload", &["annotation", "inject", "profile", "text"]),
    ("admission", &["annotation", "inject", "profile", "text", "workload"]),
    ("manifest", &["annotation", "inject", "text", "workload"]),
    ("cert", &[]),
    ("cluster", &["cert"]),
    ("server", &["cert", "cluster"]),
    ("inspect", &["cert", "cluster"]),
    ("cli", &["cert", "cluster", "inspect", "server"]),
    ("main.rs", &["cli"]),
];
/// The only file that names features, so that adding, changing or removing one touches no other.
const FEATURES: &str = "core/src/inject/mod.rs";
/// The only folder that makes JSON pointers, so that escaping, `null` and shifting indexes are handled once.
const POINTERS: &str = "core/src/inject/patch/";
/// The first names of pointers into a Pod, its metadata, its spec and its containers.
const STARTS: &str =
    "spec metadata template annotations containers initContainers volumes env volumeMounts lifecycle resources";

/// Checks that each file's module has a row, and that each link follows it.
pub(super) fn layers(sources: &[Source], links: &[Link<'_>]) -> Vec<Violation> {
    let unknown = sources.iter().filter(|source| !source.name.ends_with("lib.rs") && may_name(source).is_none());
    let unknown = unknown.map(|source| {
        let sentence = "has no row in MAY_NAME of xtask/src/invariants/rules.rs: add one";
        source.violation(1, format!("the module `{}` {sentence}", layer(source)))
    });
    let links = links.iter().filter(|link| !link.from.name.ends_with("lib.rs"));
    unknown.chain(links.filter_map(|link| against_direction(sources, link))).collect()
}

fn against_direction(sources: &[Source], link: &Link<'_>) -> Option<Violation> {
    let (own, named) = (layer(link.from), link.path.first()?.as_str());
    let is_module =
        |source: &Source| source.folder() == link.from.folder() && (source.layer() == Some(named) || named == "*");
    let allowed = may_name(link.from)?;
    if named == own || allowed.contains(&named) || !sources.iter().any(is_module) {
        return None;
    }
    let may = if allowed.is_empty() { "no other module".to_owned() } else { allowed.join(", ") };
    Some(link.from.violation(link.line, format!("`{}`: `{own}` may name {may}", link.spelt())))
}

fn may_name(source: &Source) -> Option<&'static [&'static str]> {
    MAY_NAME.iter().find(|(name, _)| *name == layer(source)).map(|(_, allowed)| *allowed)
}

fn layer(source: &Source) -> &str {
    source.layer().unwrap_or("main.rs")
}

/// Checks that only the list names a feature's file or folder.
pub(super) fn features(sources: &[Source], links: &[Link<'_>]) -> Vec<Violation> {
    let Some(list) = sources.iter().find(|source| source.name == FEATURES) else {
        return Vec::new();
    };
    // The module in `probes::FEATURE`.
    let feature = |names: &[String]| names.split_last().filter(|(last, _)| *last == "FEATURE")?.1.first().cloned();
    let features: Vec<String> = list.paths.iter().filter_map(|path| feature(&path.names)).collect();
    if features.is_empty() {
        return vec![list.violation(1, "no `module::FEATURE` here names a feature".to_owned())];
    }
    let of = |source: &Source| source.module.get(1).filter(|name| features.contains(name)).cloned();
    let foreign = links.iter().filter(|link| link.from.name != FEATURES && link.from.folder() == list.folder());
    let foreign = foreign.filter(|link| of(link.to).is_some() && of(link.to) != of(link.from));
    let sentence = |link: &Link<'_>| format!("`{}`: only {FEATURES} names a feature", link.spelt());
    foreign.map(|link| link.from.violation(link.line, sentence(link))).collect()
}

/// Checks that only one folder makes JSON pointers: strings that begin like one, or that hold the escape `~1`.
pub(super) fn pointers(sources: &[Source]) -> Vec<Violation> {
    let sources = sources.iter().filter(|source| !source.name.starts_with(POINTERS));
    let literals = sources.flat_map(|source| source.literals.iter().map(move |(line, text)| (source, *line, text)));
    let pointers = literals.filter(|(_, _, text)| is_pointer(text));
    let sentence = |text| format!("{text} is a JSON pointer; only {POINTERS} may make one");
    pointers.map(|(source, line, text)| source.violation(line, sentence(text))).collect()
}

fn is_pointer(literal: &str) -> bool {
    let content = literal.trim_start_matches(['b', 'r', 'c']).trim_matches('#').trim_matches('"');
    let first = content.strip_prefix('/').and_then(|rest| rest.split('/').next());
    first.is_some_and(|first| STARTS.split(' ').any(|start| start == first)) || content.contains("~1")
}

#[cfg(test)]
mod tests {
    use super::{features, layers, pointers};
    use crate::invariants::{links, tests::sources};

    /// Whether `text` as the file `name` breaks the direction, beside a file for each module.
    fn points_up(name: &str, text: &str) -> bool {
        let core = ["annotation", "profile", "inject", "workload"].map(|layer| format!("core/src/{layer}/below.rs"));
        let outer = ["cert", "cli"].map(|layer| format!("src/{layer}/below.rs"));
        let mut files: Vec<(&str, &str)> = core.iter().chain(&outer).map(|name| (name.as_str(), "")).collect();
        files.extend([("core/src/lib.rs", ""), ("src/lib.rs", "pub use podwright_core::inject;"), (name, text)]);
        let sources = sources(&files);
        !layers(&sources, &links::all(&sources)).is_empty()
    }

    #[test]
    fn only_downwards() {
        assert!(points_up("core/src/annotation/mod.rs", "use crate::profile::Settings;"));
        assert!(points_up("core/src/inject/patch.rs", "fn f() { crate::workload::g() }"));
        assert!(points_up("core/src/inject/mod.rs", "use super::{annotation::Key, workload};"));
        assert!(points_up("core/src/profile/mod.rs", "use crate::*;"));
        assert!(points_up("src/server/mod.rs", "use crate::cli;"));
        assert!(points_up("src/main.rs", "fn main() { podwright::cert::make() }"));
        assert!(!points_up("core/src/inject/patch.rs", "use crate::{annotation::Key, profile}; use super::pod::Pod;"));
        assert!(!points_up("src/cert/mod.rs", "use crate::inject::Pod;"));
        assert!(!points_up("src/main.rs", "use podwright::cli::Cli;"));
        assert!(points_up("src/extras/mod.rs", "fn f() {}"), "a module needs a row");
    }

    fn violations(list: &str, name: &str, text: &str) -> usize {
        let probes = ("core/src/inject/probes/mod.rs", "mod port;");
        let sources = sources(&[("core/src/inject/mod.rs", list), probes, (name, text)]);
        features(&sources, &links::all(&sources)).len()
    }

    #[test]
    fn features_do_not_know_each_other() {
        let list = "const FEATURES: [Feature; 2] = [downward_env::FEATURE, probes::FEATURE];";
        let broken = |name: &str, text: &str| violations(list, name, text) > 0;
        assert!(broken("core/src/inject/downward_env.rs", "use super::probes::port;"));
        assert!(broken("core/src/inject/downward_env.rs", "fn f() { crate::inject::probes::port() }"));
        assert!(broken("core/src/inject/patch.rs", "use super::{pod, probes};"));
        assert!(broken("core/src/admission/mod.rs", "use crate::inject::probes;"));
        assert!(!broken("core/src/inject/probes/port.rs", "use super::Port;"));
        assert!(!broken("core/src/inject/downward_env.rs", "use super::pod::Pod; fn f() { self::g() }"));
        assert_eq!(violations("mod probes;", "core/src/inject/pod.rs", ""), 1, "a list without features");
    }

    #[test]
    fn a_pointer_elsewhere_is_reported() {
        let text = "fn g() { f(\"/spec/containers/0\");\nf(r#\"/metadata\"#);\nf(\"a~1b\"); f(\"/etc/podinfo\"); } // \"/spec\"";
        let lines = |name| pointers(&sources(&[(name, text)])).iter().map(|found| found.line).collect::<Vec<_>>();
        assert_eq!(lines("core/src/inject/probes.rs"), [1, 2, 3]);
        assert_eq!(lines("src/cli/lint.rs"), [1, 2, 3]);
        assert!(lines("core/src/inject/patch/mod.rs").is_empty());
    }
}
