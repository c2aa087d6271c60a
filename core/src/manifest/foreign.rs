//! Texts without a Kubernetes object, such as other files in a folder of manifests.

use serde_json::Value;

use super::{ReadError, Stream, build, split};

/// The operations of RFC 6902.
const OPERATIONS: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];

/// The kind of a text without a Kubernetes object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A list of JSON Patch operations for kustomize.
    Patches,
    /// A template before rendering.
    Template,
    /// A file of another program.
    Other,
}

/// Classifies a text by the result of reading it. Returns `None` for an empty text and for one with a Kubernetes object,
/// even a broken one.
pub fn foreign(text: &str, read: Result<&Stream<'_>, &ReadError>) -> Option<Foreign> {
    match read {
        Ok(stream) => {
            let mut objects = stream.documents().iter().flat_map(super::Document::objects).peekable();
            let is_empty = objects.peek().is_none();
            let says_what = |object: &super::Object| !object.api_version.is_empty() && !object.kind.is_empty();
            (!is_empty && !objects.any(says_what)).then_some(Foreign::Other)
        }
        Err(unread) => match items(text) {
            Some(items) if items.iter().all(is_operation) => Some(Foreign::Patches),
            Some(items) => (!items.iter().any(is_object)).then_some(Foreign::Other),
            None if !says_what_it_is(text) => Some(Foreign::Other),
            None => is_template(text, unread.position.line).then_some(Foreign::Template),
        },
    }
}

/// Returns the items of all documents, if each document is a list or empty.
fn items(text: &str) -> Option<Vec<Value>> {
    let mut budget = build::Budget::default();
    let mut items = Vec::new();
    for chunk in split::split(text).ok()? {
        match build::build(&chunk, &mut budget).ok()?.1 {
            Value::Null => {}
            Value::Array(list) => items.extend(list),
            _ => return None,
        }
    }
    (!items.is_empty()).then_some(items)
}

fn is_operation(item: &Value) -> bool {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    text("op").is_some_and(|operation| OPERATIONS.contains(&operation)) && text("path").is_some()
}

fn is_object(item: &Value) -> bool {
    ["apiVersion", "kind"].into_iter().all(|name| item.get(name).is_some_and(Value::is_string))
}

/// Returns whether the error is at a template's `{{` or `{%`, or right after it.
fn is_template(text: &str, line: usize) -> bool {
    let full = text.lines().take(line).filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = full.collect();
    lines.iter().rev().take(2).any(|line| line.contains("{{") || line.contains("{%"))
}

/// Returns whether an invalid text has the keys of an object. In block YAML only keys in the first column count: other
/// files embed objects.
fn says_what_it_is(text: &str) -> bool {
    let in_brackets = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']).starts_with(['{', '[']);
    ["apiVersion", "kind"].into_iter().all(|key| {
        let is_key = |rest: &str| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':');
        let quoted =
            |line: &str| line.trim_start_matches(['\u{feff}', '"', '\'']).strip_prefix(key).is_some_and(is_key);
        if in_brackets { text.split(key).skip(1).any(is_key) } else { text.lines().any(quoted) }
    })
}

#[cfg(test)]
mod tests {
    use super::{Foreign, foreign};
    use crate::manifest::read;

    fn of(text: &str) -> Option<Foreign> {
        let read = read(text);
        foreign(text, read.as_ref())
    }

    #[test]
    fn objects_are_not_foreign_whether_they_can_be_read_or_not() {
        for text in [
            "",
            "# c\n---\n",
            "apiVersion: v1\nkind: Pod\n",
            "a: 1\n---\napiVersion: v1\nkind: Pod\n",
            "apiVersion: v1\nkind: List\nitems: []\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n",
            "\u{feff}\"apiVersion\": v1\n'kind' : Pod\na: 1\na: 2\n",
            "{\"kind\": \"Pod\", \"apiVersion\": \"v1\",}}",
            "- apiVersion: v1\n  kind: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{ x }}\n  b: c\n  b: d\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn patches_of_kustomize_are_known_by_their_operations() {
        for text in [
            "- op: replace\n  path: /spec/replicas\n  value: 3\n",
            "# c\n[{\"op\": \"remove\", \"path\": \"/a\"}, {\"op\": \"test\", \"path\": \"/b\", \"value\": {}}]",
            "---\n- {op: add, path: /a, value: [1]}\n---\n- {op: copy, from: /a, path: /b}\n",
        ] {
            assert_eq!(of(text), Some(Foreign::Patches), "{text}");
        }
        assert_eq!(of("- op: sum\n  path: /a\n"), Some(Foreign::Other));
        assert_eq!(of("- op: add\n"), Some(Foreign::Other));
    }

    #[test]
    fn templates_are_known_by_the_place_of_the_error() {
        for text in [
            "{{- if .Values.web }}\napiVersion: v1\nkind: Pod\n{{- end }}\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    {{- include \"a\" . | nindent 4 }}\n",
            "apiVersion: v1\nkind: Pod\n{% if web %}\nmetadata: {}\n{% endif %}\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"{{ template \"a\" . }}\"\n",
        ] {
            assert_eq!(of(text), Some(Foreign::Template), "{text}");
        }
    }

    #[test]
    fn files_of_other_programs_are_foreign() {
        for text in [
            "site_name: Docs\nplugins:\n- search\n",
            "markdown_extensions:\n- a: !!python/name:b.c\n",
            "- hosts: all\n  tasks:\n  - kubernetes.core.k8s:\n      definition:\n        apiVersion: v1\n        kind: Pod\n",
            "Resources:\n  A:\n    Type: T\n    Properties: {B: !Ref C, D: !Sub '${E}'}\n",
            "apiVersion: v2\nname: chart\n",
            "a: 1\na: 2\n",
            "{\n  // a comment\n  \"a\": 1,\n}\n",
            "- debug: {msg: !unsafe '{{ x }}'}\n",
            "{{ include \"a\" . }}\n",
            "text\n",
            "[]\n",
        ] {
            assert_eq!(of(text), Some(Foreign::Other), "{text}");
        }
    }
}
