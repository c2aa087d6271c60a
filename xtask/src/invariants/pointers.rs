//! Only `core/src/inject/patch/` makes JSON pointers, so that escaping, `null` and shifting indexes are handled once.
//!
//! A heuristic: a string that begins like a pointer into a Pod or a workload, or that holds the escape `~1`.

use super::{Violation, source::Source};

const ALLOWED: &str = "core/src/inject/patch/";
/// The first names of pointers into a Pod, its metadata, its spec and its containers.
const STARTS: [&str; 11] = [
    "spec",
    "metadata",
    "template",
    "annotations",
    "containers",
    "initContainers",
    "volumes",
    "env",
    "volumeMounts",
    "lifecycle",
    "resources",
];

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    sources.iter().filter(|source| !source.name.starts_with(ALLOWED)).flat_map(of_one).collect()
}

fn of_one(source: &Source) -> impl Iterator<Item = Violation> + use<'_> {
    source.literals.iter().filter(|literal| is_pointer(&literal.text)).map(|literal| {
        let text = &literal.text;
        source.violation(literal.line, format!("{text} is a JSON pointer; only {ALLOWED} may make one"))
    })
}

fn is_pointer(literal: &str) -> bool {
    let content = literal.trim_start_matches(['b', 'r', 'c']).trim_matches('#').trim_matches('"');
    let first = content.strip_prefix('/').and_then(|rest| rest.split('/').next());
    first.is_some_and(|first| STARTS.contains(&first)) || content.contains("~1")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::invariants::tests::sources;

    #[test]
    fn a_pointer_elsewhere_is_reported() {
        let text = "fn g() { f(\"/spec/containers/0\");\nf(r#\"/metadata\"#);\nf(\"a~1b\"); f(\"/etc/podinfo\"); } // \"/spec\"";
        let lines = |name| check(&sources(&[(name, text)])).iter().map(|found| found.line).collect::<Vec<_>>();
        assert_eq!(lines("core/src/inject/probes.rs"), [1, 2, 3]);
        assert_eq!(lines("src/cli/lint.rs"), [1, 2, 3]);
        assert!(lines("core/src/inject/patch/mod.rs").is_empty());
    }
}
