//! The controller that owns a Pod, from `metadata.ownerReferences`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fields::{Field, Scalar, Str};
use super::json_objects::objects;

/// The owner of a Pod: its kind and its API group, without the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The API group, such as `apps`; empty for the core group.
    pub group: Cow<'a, str>,
    /// The kind, such as `StatefulSet`.
    pub kind: Cow<'a, str>,
    /// The name; empty if it is unknown.
    pub name: Cow<'a, str>,
    /// The kind of the object that the name is of, for a template whose object creates the owner: `Deployment`.
    pub named_kind: Option<&'static str>,
}

impl<'a> Owner<'a> {
    /// Makes the owner of this group and kind.
    pub fn new(group: impl Into<Cow<'a, str>>, kind: impl Into<Cow<'a, str>>) -> Self {
        Self { group: group.into(), kind: kind.into(), name: Cow::Borrowed(""), named_kind: None }
    }

    /// Sets the name.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Sets the name of the object that creates the owner, and its kind.
    #[must_use]
    pub fn created_by(self, kind: &'static str, name: impl Into<Cow<'a, str>>) -> Self {
        Self { named_kind: Some(kind), ..self.named(name) }
    }

    /// Returns whether its Pods are numbered peers: a StatefulSet of any API group, because others imitate that of
    /// `apps`.
    pub fn is_stateful_set(&self) -> bool {
        self.kind == "StatefulSet"
    }

    /// Returns whether it has a Pod on each node: a DaemonSet of any API group.
    pub fn is_daemon_set(&self) -> bool {
        self.kind == "DaemonSet"
    }

    /// Returns whether it is one of Kubernetes' own controllers, which create Pods and do not compare their specs
    /// later.
    pub fn is_built_in(&self) -> bool {
        matches!(
            (&*self.group, &*self.kind),
            ("apps", "ReplicaSet" | "StatefulSet" | "DaemonSet") | ("batch", "Job") | ("", "ReplicationController")
        )
    }
}

/// Formats the owner as `StatefulSet.apps`, or as the kind alone in the core group.
impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if self.group.is_empty() { Ok(()) } else { write!(f, ".{}", self.group) }
    }
}

/// `metadata.ownerReferences`, reduced to one: the first with `controller: true`, or else the first.
#[derive(Clone, Debug, Default)]
pub struct Owners<'a>(pub Option<Owner<'a>>);

/// An item of `ownerReferences`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct OwnerReference<'a> {
    #[serde(borrow, default)]
    api_version: Str<'a>,
    #[serde(borrow, default)]
    kind: Str<'a>,
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(borrow, default)]
    controller: Field<Scalar<'a>>,
}

objects!(OwnerReference);

impl<'a> OwnerReference<'a> {
    fn controls(&self) -> bool {
        self.controller.as_ref().is_some_and(|flag| flag.text() == "true")
    }

    /// Drops the version: `apps/v1` belongs to the group `apps`, `v1` to the core group.
    fn into_owner(self) -> Owner<'a> {
        let group: Cow<'a, str> = match self.api_version.into_cow() {
            Cow::Borrowed(version) => version.split_once('/').map_or("", |(group, _)| group).into(),
            Cow::Owned(version) => version.split_once('/').map_or("", |(group, _)| group).to_owned().into(),
        };
        Owner::new(group, self.kind.into_cow()).named(self.name.into_cow())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Owners<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OwnersVisitor;

        impl<'de> Visitor<'de> for OwnersVisitor {
            type Value = Owners<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of owner references")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let (mut first, mut controller) = (None, None);
                while let Some(reference) = list.next_element::<OwnerReference<'de>>()? {
                    let place = if reference.controls() { &mut controller } else { &mut first };
                    place.get_or_insert_with(|| reference.into_owner());
                }
                Ok(Owners(controller.or(first)))
            }
        }

        deserializer.deserialize_seq(OwnersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Patch, Root, inject};
    use super::{super::Pod, Owner};
    use crate::profile::{Configuration, OptIn};

    fn owner(references: &str) -> String {
        let json = format!(r#"{{"metadata": {{"ownerReferences": {references}}}}}"#);
        let pod = Pod::parse(json.as_bytes()).unwrap_or_else(|error| unreachable!("{references}: {error}"));
        pod.owner().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn the_controller_comes_before_the_first() {
        for (references, expected) in [
            ("null", ""),
            ("[]", ""),
            (r#"[{"apiVersion": "apps/v1", "kind": "StatefulSet", "controller": true}]"#, "StatefulSet.apps"),
            (r#"[{"apiVersion": "v1", "kind": "Node"}]"#, "Node"),
            (r#"[{"kind": "A", "apiVersion": "a.io/v1"}, {"kind": "B", "apiVersion": "b.io\/v1beta1"}]"#, "A.a.io"),
            (
                r#"[{"kind": "A", "apiVersion": "a.io/v1"}, {"kind": "B", "apiVersion": "b.io\/v1beta1", "controller": true}]"#,
                "B.b.io",
            ),
            (r#"[{"kind": null, "apiVersion": null, "controller": null, "uid": 5}]"#, ""),
        ] {
            assert_eq!(owner(references), expected, "{references}");
        }
    }

    #[test]
    fn an_owner_reference_is_an_object() {
        assert!(Pod::parse(br#"{"metadata": {"ownerReferences": [["apps/v1", "ReplicaSet", true]]}}"#).is_err());
    }

    #[test]
    fn controllers_of_kubernetes_own_are_known_by_group_and_kind() {
        for (group, kind, built_in) in [
            ("apps", "ReplicaSet", true),
            ("apps", "StatefulSet", true),
            ("apps", "DaemonSet", true),
            ("batch", "Job", true),
            ("", "ReplicationController", true),
            ("apps.kruise.io", "StatefulSet", false),
            ("batch", "CronJob", false),
            ("", "Job", false),
            ("apps", "Job", false),
            ("", "Node", false),
        ] {
            assert_eq!(Owner::new(group, kind).is_built_in(), built_in, "{kind}.{group}");
        }
    }

    #[test]
    fn a_template_without_metadata_takes_the_patch() {
        let pod = Pod::parse(br#"{"spec": {"containers": [{"name": "a"}]}}"#).unwrap_or_default();
        let pod = pod.owned_by(Some(Owner::new("apps", "ReplicaSet")));
        let opt_in = OptIn::Namespace { profile: "default" };
        let injection = inject(&pod, opt_in, &Configuration::default(), Root::PodTemplate);
        let patch = injection.ok().and_then(|injection| injection.patch).map(Patch::into_json).unwrap_or_default();
        let patch = String::from_utf8_lossy(&patch);
        assert!(patch.contains(r#""path":"/spec/template/metadata","#), "{patch}");
    }
}
