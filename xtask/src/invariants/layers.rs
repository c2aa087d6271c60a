//! Dependencies have one direction: `admission → workload → inject → profile → annotation` in the core, with `manifest`
//! above `workload`, and `cli → server → cluster → cert` in `src`.

use super::{Violation, links::Link, source::Source};

/// Each module of a crate with the modules that it may name. A new module needs a row here.
const MAY_NAME: [(&str, &[&str]); 12] = [
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
    ("cli", &["cert", "cluster", "server"]),
    ("main.rs", &["cli"]),
];

/// Checks that each file's module has a row, and that each link follows it.
pub(super) fn check(sources: &[Source], links: &[Link<'_>]) -> Vec<Violation> {
    let unknown = sources.iter().filter(|source| !source.name.ends_with("lib.rs") && may_name(source).is_none());
    let unknown = unknown.map(|source| {
        let sentence = "has no row in MAY_NAME of xtask/src/invariants/layers.rs: add what it may name";
        source.violation(1, format!("the module `{}` {sentence}", layer(source)))
    });
    let links = links.iter().filter(|link| !link.from.name.ends_with("lib.rs"));
    unknown.chain(links.filter_map(|link| fault(sources, link))).collect()
}

fn fault(sources: &[Source], link: &Link<'_>) -> Option<Violation> {
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

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::{links, tests::sources};

    /// Whether `text` as the file `name` breaks the rule, beside a file for each module.
    fn broken(name: &str, text: &str) -> bool {
        let core = ["annotation", "profile", "inject", "workload"].map(|layer| format!("core/src/{layer}/below.rs"));
        let outer = ["cert", "cli"].map(|layer| format!("src/{layer}/below.rs"));
        let mut files: Vec<(&str, &str)> = core.iter().chain(&outer).map(|name| (name.as_str(), "")).collect();
        files.extend([("core/src/lib.rs", ""), ("src/lib.rs", "pub use podwright_core::inject;"), (name, text)]);
        let sources = sources(&files);
        !check(&sources, &links::all(&sources)).is_empty()
    }

    #[test]
    fn only_downwards() {
        assert!(broken("core/src/annotation/mod.rs", "use crate::profile::Settings;"));
        assert!(broken("core/src/inject/patch.rs", "fn f() { crate::workload::g() }"));
        assert!(broken("core/src/inject/mod.rs", "use super::{annotation::Key, workload};"));
        assert!(broken("core/src/profile/mod.rs", "use crate::*;"));
        assert!(broken("src/server/mod.rs", "use crate::cli;"));
        assert!(broken("src/main.rs", "fn main() { podwright::cert::make() }"));
        assert!(!broken("core/src/inject/patch.rs", "use crate::{annotation::Key, profile}; use super::pod::Pod;"));
        assert!(!broken("src/cert/mod.rs", "use crate::inject::Pod;"));
        assert!(!broken("src/main.rs", "use podwright::cli::Cli;"));
    }

    #[test]
    fn a_module_needs_a_row() {
        assert!(broken("src/extras/mod.rs", "fn f() {}"));
    }
}
