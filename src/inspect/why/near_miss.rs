//! Keys that look like podwright's in a place or a form that opts nothing in.

use serde_json::{Map, Value};

use super::subject::{Subject, Target, Workload};
use super::walk::Changed;
use crate::annotation::keys::{KEYS, find};
use crate::annotation::{PREFIX, STATUS, is_ours, nearest};
use crate::inject::Root;
use crate::inspect::command::{annotate_template, label_namespace};
use crate::inspect::workload::WorkloadName;
use crate::profile::Configuration;
use crate::text::shorten;
use crate::workload::namespace::{InjectLabel, LABEL, PROFILE_LABEL};

/// A key without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NearMiss {
    /// The fact in one sentence.
    pub(super) text: String,
    /// The command that moves or corrects it.
    pub(super) command: String,
    /// The object that the command changes.
    pub(super) changed: Changed,
}

/// A map of labels or annotations.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The path, such as `metadata.labels`.
    path: &'static str,
    /// The object's kind.
    kind: &'p str,
    /// Whether podwright's own keys have an effect here.
    is_read: bool,
    map: Option<&'p Map<String, Value>>,
}

/// Finds keys on the Pod and its workload that opt nothing in.
pub(super) fn of_pod(subject: &Subject, pod: &Value) -> Vec<NearMiss> {
    let own = WorkloadName::new("", "Pod", text(pod.get("metadata").and_then(|metadata| metadata.get("name"))));
    let (name, root) = match subject.workload() {
        Some(workload) => (&workload.name, workload.root().unwrap_or(Root::PodTemplate)),
        None => (&own, Root::Pod),
    };
    let places = of_pods_places(pod).into_iter().chain(subject.workload().into_iter().flat_map(of_workload));
    let misses = places.flat_map(|place| place.misses().map(move |(key, value)| (place, key, value)));
    let described = misses.map(|(place, key, value)| {
        let meant = meant(key);
        let right = value_of_annotation(&meant, value);
        let wrong = (place.is_read && key != meant).then_some((key, None));
        let annotations: Vec<_> = [(meant.as_str(), Some(right))].into_iter().chain(wrong).collect();
        let command = annotate_template(&subject.namespace, name, root, &annotations);
        let path = if root == Root::Pod { String::new() } else { format!("{}.", root.path()) };
        let text = format!(
            "{} in {} of the {}: podwright reads {meant} in {path}metadata.annotations",
            shorten(key),
            place.path,
            place.kind
        );
        NearMiss { text, command, changed: Changed::Workload }
    });
    described.collect()
}

/// Finds keys and values on the Namespace that opt nothing in.
pub(super) fn of_namespace(name: &str, namespace: &Value, configuration: &Configuration) -> Vec<NearMiss> {
    let labels = map(namespace, "labels");
    let values = [LABEL, PROFILE_LABEL].into_iter().filter_map(|label| {
        let value = labels?.get(label)?.as_str()?;
        of_value(name, (label, value), configuration)
    });
    let keys = [("labels", "metadata.labels", true), ("annotations", "metadata.annotations", false)];
    let places =
        keys.map(|(field, path, is_read)| Place { path, kind: "Namespace", is_read, map: map(namespace, field) });
    let misses = places.into_iter().flat_map(|place| place.misses().map(move |(key, value)| (place, key, value)));
    let described = misses.filter_map(|(place, key, value)| {
        let meant = meant(key);
        let right = right_value(&meant, value, configuration)?;
        let wrong = (place.is_read && key != meant).then_some((key, None));
        let labels: Vec<_> = wrong.into_iter().chain([(meant.as_str(), Some(right.as_str()))]).collect();
        let text = format!("{} in {} of the Namespace: podwright reads the label {meant}", shorten(key), place.path);
        Some(NearMiss { text, command: label_namespace(name, &labels), changed: Changed::Namespace })
    });
    values.chain(described).collect()
}

/// Returns the mistake in the value of one of the Namespace's labels, if it opts nothing in or out.
fn of_value(name: &str, (label, value): (&str, &str), configuration: &Configuration) -> Option<NearMiss> {
    let is_known = match label {
        LABEL => InjectLabel::of(value).is_some(),
        _ => configuration.profile(value).is_some(),
    };
    if is_known {
        return None;
    }
    let right = right_value(label, value, configuration)?;
    let expected = if label == LABEL { "enabled or disabled" } else { "a profile of the configuration" };
    let text =
        format!("the label {label} has the unknown value {:?}: expected {expected}, such as {right}", shorten(value));
    let command = label_namespace(name, &[(label, Some(&right))]);
    Some(NearMiss { text, command, changed: Changed::Namespace })
}

/// Returns the value that a label was meant to have.
fn right_value(label: &str, value: &str, configuration: &Configuration) -> Option<String> {
    match label {
        LABEL => {
            let disabled = matches!(InjectLabel::of(value), Some(InjectLabel::Disabled));
            let known = InjectLabel::of(value).map(|_| value.to_owned());
            Some(known.unwrap_or_else(|| if disabled { "disabled".into() } else { "enabled".into() }))
        }
        PROFILE_LABEL if configuration.profile(value).is_some() => Some(value.to_owned()),
        PROFILE_LABEL => {
            let names = || configuration.profile_names();
            nearest(value, names()).or_else(|| names().next()).map(str::to_owned)
        }
        _ => None,
    }
}

/// Returns the value of an annotation that was written as a label.
fn value_of_annotation<'v>(key: &str, value: &'v str) -> &'v str {
    match (key == LABEL, InjectLabel::of(value)) {
        (true, Some(InjectLabel::Enabled)) => "true",
        (true, Some(InjectLabel::Disabled)) => "false",
        _ => value,
    }
}

fn of_pods_places(pod: &Value) -> [Place<'_>; 2] {
    [
        Place { path: "metadata.annotations", kind: "Pod", is_read: true, map: map(pod, "annotations") },
        Place { path: "metadata.labels", kind: "Pod", is_read: false, map: map(pod, "labels") },
    ]
}

fn of_workload(workload: &Workload) -> Vec<Place<'_>> {
    let Some(object) = workload.object.seen() else { return Vec::new() };
    let kind = workload.name.kind.as_str();
    let job = object.get("spec").and_then(|spec| spec.get("jobTemplate"));
    let places = [
        ("metadata.annotations", map(object, "annotations")),
        ("metadata.labels", map(object, "labels")),
        ("spec.jobTemplate.metadata.annotations", job.and_then(|job| map(job, "annotations"))),
        ("spec.jobTemplate.metadata.labels", job.and_then(|job| map(job, "labels"))),
    ];
    places.map(|(path, map)| Place { path, kind, is_read: false, map }).into()
}

impl<'p> Place<'p> {
    /// Returns the keys without effect, and their values.
    fn misses(self) -> impl Iterator<Item = (&'p str, &'p str)> {
        let members = self.map.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
        members.filter(move |(key, _)| *key != STATUS && self.is_miss(key))
    }

    fn is_miss(self, key: &str) -> bool {
        match (is_ours(key), self.kind) {
            (true, "Namespace") if self.is_read => ![LABEL, PROFILE_LABEL].contains(&key),
            (true, _) => !self.is_read,
            (false, _) => is_near(key),
        }
    }
}

/// Returns whether a foreign key is nearly one of podwright's: `podwright.io/inject`, `inject.podwright.dev`.
fn is_near(key: &str) -> bool {
    let names = || KEYS.iter().map(|key| key.name);
    match key.split_once('/') {
        Some((domain, name)) => {
            nearest(domain, [PREFIX.trim_end_matches('/')]).is_some() && nearest(name, names()).is_some()
        }
        None => nearest(key, [LABEL, PROFILE_LABEL, "inject.podwright.dev", "profile.podwright.dev"]).is_some(),
    }
}

/// Returns the key that was meant.
fn meant(key: &str) -> String {
    let name = match key.split_once('/') {
        Some((domain, name)) => {
            let name = nearest(name, KEYS.iter().map(|key| key.name)).unwrap_or(name);
            // A container's key keeps its container.
            let container = domain.len().checked_sub(PREFIX.len()).filter(|_| is_ours(key) && find(name).is_some());
            return match container.and_then(|end| domain.get(..end)) {
                Some(container) => format!("{container}.{PREFIX}{name}"),
                None => format!("{PREFIX}{name}"),
            };
        }
        None => key,
    };
    if nearest(name, [PROFILE_LABEL, "profile.podwright.dev"]).is_some() { PROFILE_LABEL } else { LABEL }.to_owned()
}

fn map<'v>(object: &'v Value, field: &str) -> Option<&'v Map<String, Value>> {
    object.get("metadata")?.get(field)?.as_object()
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Returns whether the subject is a Namespace alone, so that Pods' keys do not count.
pub(super) fn concerns_pods(subject: &Subject) -> bool {
    !matches!(subject.target, Target::Namespace)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{meant, of_namespace};
    use crate::profile::Configuration;

    #[test]
    fn keys_are_corrected_with_their_container() {
        for (key, right) in [
            ("podwright.io/inject", "podwright.dev/inject"),
            ("podwright.dev/injcet", "podwright.dev/inject"),
            ("app.podwright.dev/pre-stop-sleep", "app.podwright.dev/pre-stop-sleep"),
            ("profile.podwright.dev", "podwright.dev/profile"),
            ("podwrigth.dev/readinessProbe", "podwright.dev/readiness-probe"),
        ] {
            assert_eq!(meant(key), right, "{key}");
        }
    }

    #[test]
    fn a_namespaces_keys_and_values_are_corrected_by_a_command() {
        let commands = |metadata| {
            let object = json!({"metadata": metadata});
            let found = of_namespace("shop", &object, &Configuration::default());
            found.into_iter().map(|miss| miss.command).collect::<Vec<_>>()
        };
        let label = |rest: &str| vec![format!("kubectl label --overwrite namespace shop {rest}")];
        for (metadata, rest) in [
            (
                json!({"labels": {"podwright.io/inject": "enabled"}}),
                "podwright.io/inject- podwright.dev/inject=enabled",
            ),
            (json!({"labels": {"podwright.dev/inject": "yes"}}), "podwright.dev/inject=enabled"),
            (json!({"labels": {"podwright.dev/profile": "wbe"}}), "podwright.dev/profile=web"),
            (json!({"annotations": {"podwright.dev/inject": "true"}}), "podwright.dev/inject=true"),
        ] {
            assert_eq!(commands(metadata.clone()), label(rest), "{metadata}");
        }
        assert!(commands(json!({"labels": {"podwright.dev/inject": "enabled", "a": "b"}})).is_empty());
    }
}
