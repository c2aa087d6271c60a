//! Dependencies point one way: `cli → server → admission → workload → inject → profile → annotation`, with `cert` and then
//! `cluster` beside `admission`, and `manifest` between `cli` and `workload`.

use super::{Violation, paths::Named, source::Source};

/// Each module of the crate, and the modules it may name. A new module is a new row here, thought about.
const MAY_NAME: [(&str, &[&str]); 10] = [
    ("annotation", &[]),
    ("profile", &["annotation"]),
    ("inject", &["annotation", "profile"]),
    ("workload", &["annotation", "inject", "profile"]),
    ("admission", &["annotation", "inject", "profile", "workload"]),
    ("manifest", &["annotation", "inject", "workload"]),
    ("cert", &[]),
    ("cluster", &["cert"]),
    ("server", &["admission", "annotation", "cert", "cluster", "inject", "profile"]),
    ("cli", &["admission", "annotation", "cert", "cluster", "inject", "manifest", "profile", "server", "workload"]),
];

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    sources.iter().filter(|source| source.is_ours() && source.name != "src/lib.rs").flat_map(of_one).collect()
}

fn of_one(source: &Source) -> Vec<Violation> {
    let layer = source.layer().unwrap_or("main.rs");
    let allowed = match layer {
        "main.rs" => Some(&["cli"][..]),
        _ => MAY_NAME.iter().find(|(name, _)| *name == layer).map(|(_, allowed)| *allowed),
    };
    match allowed {
        Some(allowed) => source.paths.iter().filter_map(|path| fault(source, layer, allowed, path)).collect(),
        None => vec![source.violation(1, unknown(layer))],
    }
}

fn fault(source: &Source, layer: &str, allowed: &[&str], path: &Named) -> Option<Violation> {
    let named = path.names.first().filter(|_| path.local)?.as_str();
    // Anything else at the crate's root is an item, not a module; `*` there is every module.
    let is_module = named == "*" || MAY_NAME.iter().any(|(name, _)| *name == named);
    if named == layer || !is_module || allowed.contains(&named) {
        return None;
    }
    let may = if allowed.is_empty() { "no other module".to_owned() } else { allowed.join(", ") };
    Some(
        source
            .violation(path.line, format!("`{}`: `{layer}` may name {may}; dependencies point one way", path.spelt())),
    )
}

fn unknown(layer: &str) -> String {
    format!("the module `{layer}` has no row in MAY_NAME of xtask/src/invariants/layers.rs: add what it may name")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::source::Source;

    fn broken(name: &str, text: &str) -> bool {
        !check(&[Source::parse(name, text)]).is_empty()
    }

    #[test]
    fn only_downwards() {
        assert!(broken("src/annotation/mod.rs", "use crate::profile::Settings;"));
        assert!(broken("src/inject/patch.rs", "fn f() { crate::admission::answer() }"));
        assert!(broken("src/inject/mod.rs", "use super::{annotation::Key, workload};"));
        assert!(broken("src/server/mod.rs", "use crate::cli;"));
        assert!(broken("src/admission/mod.rs", "use crate::cert::Authority;"));
        assert!(broken("src/main.rs", "fn main() { podwright::server::serve() }"));
        assert!(broken("src/profile/mod.rs", "use crate::*;"));
        assert!(!broken("src/inject/patch.rs", "use crate::{annotation::Key, profile}; use super::pod::Pod;"));
        assert!(!broken("src/main.rs", "use podwright::cli::Cli;"));
        assert!(!broken("src/lib.rs", "pub mod cli; pub use crate::inject::inject;"));
    }

    #[test]
    fn a_module_without_a_row_is_told() {
        assert!(broken("src/extras/mod.rs", "fn f() {}"));
    }
}
