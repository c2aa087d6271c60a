//! Shell commands in remedies.

use serde_json::{Value, json};

use super::workload::WorkloadName;
use crate::inject::Root;

/// Quotes a word for a POSIX shell if it has special characters.
pub fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(&byte);
    match !word.is_empty() && word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Returns `podwright install` for a Namespace of podwright.
pub fn install_command(namespace: &str) -> String {
    match namespace {
        "podwright-system" => "podwright install".to_owned(),
        other => format!("podwright install --namespace {}", quoted(other)),
    }
}

/// Returns the command that gives a Namespace these labels; a label without a value is removed.
pub fn label_namespace(namespace: &str, labels: &[(&str, Option<&str>)]) -> String {
    let words = labels.iter().map(|(key, value)| match value {
        Some(value) => quoted(&format!("{key}={value}")),
        None => quoted(&format!("{key}-")),
    });
    let words: Vec<String> = words.collect();
    format!("kubectl label --overwrite namespace {} {}", quoted(namespace), words.join(" "))
}

/// Returns the command that changes annotations in a workload's Pod template; `None` removes one. A Job's template cannot
/// change, so its manifest must.
pub fn annotate_template(
    namespace: &str,
    workload: &WorkloadName,
    root: Root,
    annotations: &[(&str, Option<&str>)],
) -> String {
    if workload.is("batch", "Job") || root == Root::Pod {
        return replace(namespace, &workload.kind, annotations);
    }
    let members = annotations.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
    let mut patch = json!({"metadata": {"annotations": Value::Object(members.collect())}});
    for field in root.path().rsplit('.') {
        patch = json!({ field: patch });
    }
    let (workload, namespace) = (quoted(&workload.to_string()), quoted(namespace));
    format!("kubectl patch {workload} -n {namespace} --type merge -p {}", quoted(&patch.to_string()))
}

/// Returns the command that creates an object anew from its manifest, with other annotations of its Pod.
fn replace(namespace: &str, kind: &str, annotations: &[(&str, Option<&str>)]) -> String {
    let (namespace, file) = (quoted(namespace), format!("{}.yaml", kind.to_lowercase()));
    if kind != "Pod" {
        return format!("kubectl replace --force -n {namespace} -f {file}");
    }
    let words = annotations.iter().map(|(key, value)| match value {
        Some(value) => quoted(&format!("{key}={value}")),
        None => quoted(&format!("{key}-")),
    });
    let words: Vec<String> = words.collect();
    let annotate = format!("kubectl annotate --local --overwrite -f {file} {} -o yaml", words.join(" "));
    format!("{annotate} | kubectl replace --force -n {namespace} -f -")
}

/// Returns the command that creates a Pod anew, and the words for it. `top` is the top owner.
pub fn recreate(namespace: &str, top: &WorkloadName, pod: &str) -> (String, &'static str) {
    let namespace = quoted(namespace);
    if top.can_be_restarted() {
        return (format!("kubectl rollout restart {} -n {namespace}", quoted(&top.to_string())), "Create new Pods:");
    }
    match top.kind.as_str() {
        "Pod" => {
            (format!("kubectl replace --force -n {namespace} -f pod.yaml"), "Create the Pod anew from its manifest:")
        }
        "Job" | "CronJob" => {
            let words = "Delete the Pod. Its Job creates a new one, unless it has reached its backoffLimit:";
            (format!("kubectl delete pod {} -n {namespace}", quoted(pod)), words)
        }
        _ => (
            format!("kubectl delete pod {} -n {namespace}", quoted(pod)),
            "Delete the Pod. Its owner creates a new one:",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{annotate_template, label_namespace, quoted, recreate};
    use crate::inject::Root;
    use crate::inspect::workload::WorkloadName;

    #[test]
    fn words_are_quoted_for_a_shell_if_they_must_be() {
        for (word, written) in [("web", "web"), ("", "''"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("$x", "'$x'")] {
            assert_eq!(quoted(word), written);
        }
    }

    #[test]
    fn commands_name_the_template_of_each_kind() {
        let web = WorkloadName::new("apps", "Deployment", "web");
        let set = [("podwright.dev/inject", Some("true")), ("podwright.io/inject", None)];
        assert_eq!(
            annotate_template("shop", &web, Root::PodTemplate, &set),
            r#"kubectl patch deployment.apps/web -n shop --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"podwright.dev/inject":"true","podwright.io/inject":null}}}}}'"#
        );
        let nightly = WorkloadName::new("batch", "CronJob", "nightly");
        let command = annotate_template("shop", &nightly, Root::CronJobTemplate, &set);
        assert!(command.contains(r#"'{"spec":{"jobTemplate":{"spec":{"template":{"metadata""#), "{command}");
        let pod = WorkloadName::new("", "Pod", "one");
        assert_eq!(
            annotate_template("shop", &pod, Root::Pod, &set),
            "kubectl annotate --local --overwrite -f pod.yaml podwright.dev/inject=true podwright.io/inject- -o yaml | \
             kubectl replace --force -n shop -f -"
        );
        assert_eq!(
            label_namespace("shop", &[("podwright.io/inject", None), ("podwright.dev/inject", Some("enabled"))]),
            "kubectl label --overwrite namespace shop podwright.io/inject- podwright.dev/inject=enabled"
        );
        assert_eq!(recreate("shop", &web, "web-1").0, "kubectl rollout restart deployment.apps/web -n shop");
        assert_eq!(
            recreate("shop", &WorkloadName::new("batch", "Job", "one"), "one-x").0,
            "kubectl delete pod one-x -n shop"
        );
    }
}
