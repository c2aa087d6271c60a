//! The signs of the node that a Pod is for: Windows, a virtual node, or a spot node.
//!
//! A sign is a label that the Pod requires of its node, or the key of a taint that it tolerates. A toleration without a
//! key tolerates everything, so it is no sign.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::fields::Str;
use super::lenient::{Few, Fold, Lenient, fold};

/// The signs of the node, as found in a Pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeSigns {
    /// `true` if the node runs Windows.
    pub windows: bool,
    /// `true` if the node may be virtual: a program that runs the Pod in a container service.
    pub is_virtual: bool,
    /// The seconds between the notice and the end of a spot node.
    pub notice: Option<i64>,
}

/// The meaning of a label or a taint.
#[derive(Clone, Copy)]
enum Sign {
    Windows,
    Virtual,
    /// The seconds between the notice and the end of the node.
    Spot(i64),
}

/// A label or taint with its meaning. Without a value, every value counts.
struct NodeMark {
    key: &'static str,
    value: Option<&'static str>,
    sign: Sign,
}

const fn mark(key: &'static str, value: &'static str, sign: Sign) -> NodeMark {
    NodeMark { key, value: Some(value), sign }
}

const fn any(key: &'static str, sign: Sign) -> NodeMark {
    NodeMark { key, value: None, sign }
}

/// The notice of AWS's Spot Instances.
const AWS: Sign = Sign::Spot(120);
/// The notice of Azure's Spot VMs.
const AZURE: Sign = Sign::Spot(30);
/// Google's notice is 30 seconds. GKE's kubelet leaves 15 of them to Pods that are not critical to the system.
const GOOGLE: Sign = Sign::Spot(15);

/// Labels only. As taints, these keys have no agreed meaning.
const LABELS: [NodeMark; 5] = [
    mark("kubernetes.io/os", "windows", Sign::Windows),
    mark("beta.kubernetes.io/os", "windows", Sign::Windows),
    mark("type", "virtual-kubelet", Sign::Virtual),
    mark("liqo.io/type", "virtual-node", Sign::Virtual),
    mark("alibabacloud.com/virtual-node", "true", Sign::Virtual),
];

/// Labels and taints.
const MARKS: [NodeMark; 15] = [
    any("virtual-kubelet.io/provider", Sign::Virtual),
    any("azure.com/aci", Sign::Virtual),
    any("virtual-node.liqo.io/not-allowed", Sign::Virtual),
    any("virtual-node.interlink/no-schedule", Sign::Virtual),
    any("eks.tke.cloud.tencent.com/eklet", Sign::Virtual),
    mark("vci.vke.volcengine.com/node-type", "vci", Sign::Virtual),
    mark("eks.amazonaws.com/compute-type", "fargate", Sign::Virtual),
    mark("eks.amazonaws.com/capacityType", "SPOT", AWS),
    mark("karpenter.sh/capacity-type", "spot", AWS),
    mark("node.kubernetes.io/lifecycle", "spot", AWS),
    mark("cloud.google.com/gke-spot", "true", GOOGLE),
    mark("cloud.google.com/gke-preemptible", "true", GOOGLE),
    mark("cloud.google.com/gke-provisioning", "spot", GOOGLE),
    mark("cloud.google.com/gke-provisioning", "preemptible", GOOGLE),
    mark("kubernetes.azure.com/scalesetpriority", "spot", AZURE),
];

impl NodeMark {
    /// Returns whether the label or taint matches. `value: None` means that any value is allowed.
    fn has(&self, key: &str, value: Option<&str>) -> bool {
        let same = match (self.value, value) {
            (None, _) | (Some("true"), None) => true,
            (Some(_), None) => false,
            (Some(own), Some(value)) => own == value,
        };
        self.key == key && same
    }
}

impl NodeSigns {
    /// Returns the signs in a label of the node.
    fn by_label(key: &str, value: Option<&str>) -> Self {
        Self::by(LABELS.iter().chain(&MARKS).filter(|mark| mark.has(key, value)))
    }

    fn by<'m>(marks: impl Iterator<Item = &'m NodeMark>) -> Self {
        marks.fold(Self::default(), |node, mark| node.and(Self::of(mark.sign)))
    }

    fn of(sign: Sign) -> Self {
        match sign {
            Sign::Windows => Self { windows: true, ..Self::default() },
            Sign::Virtual => Self { is_virtual: true, ..Self::default() },
            Sign::Spot(seconds) => Self { notice: Some(seconds), ..Self::default() },
        }
    }

    /// Combines the signs of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { windows: self.windows || other.windows, ..self.or(other) }
    }

    /// Returns the signs of a node that may be either. It runs Windows only if both do.
    fn or(self, other: Self) -> Self {
        Self {
            windows: self.windows && other.windows,
            is_virtual: self.is_virtual || other.is_virtual,
            notice: self.notice.into_iter().chain(other.notice).min(),
        }
    }
}

/// `spec.os`
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Os(pub(super) NodeSigns);

impl<'de> Deserialize<'de> for Os {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct PodOs<'a> {
            #[serde(borrow, default)]
            name: Str<'a>,
        }
        let os = PodOs::deserialize(deserializer)?;
        Ok(Self(NodeSigns { windows: os.name.as_str() == "windows", ..NodeSigns::default() }))
    }
}

/// `spec.nodeSelector`
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Selector(pub(super) NodeSigns);

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LabelsVisitor;

        impl<'de> Visitor<'de> for LabelsVisitor {
            type Value = Selector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Selector, M::Error> {
                let mut node = NodeSigns::default();
                while let Some((key, value)) = map.next_entry::<Str<'de>, Lenient<Str<'de>>>()? {
                    node = node.and(NodeSigns::by_label(key.as_str(), Some(value.0.as_str())));
                }
                Ok(Selector(node))
            }
        }

        deserializer.deserialize_map(LabelsVisitor)
    }
}

/// `spec.tolerations`
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tolerations(pub(super) NodeSigns);

/// An item of `tolerations`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Toleration<'a> {
    #[serde(borrow, default)]
    key: Str<'a>,
    #[serde(borrow, default)]
    operator: Str<'a>,
    #[serde(borrow, default)]
    value: Str<'a>,
}

impl<'de> Fold<'de> for Tolerations {
    type Item = Toleration<'de>;

    fn take(&mut self, Toleration { key, operator, value }: Toleration<'de>) {
        let tolerates = |mark: &&NodeMark| match operator.as_str() {
            "Exists" => mark.key == key.as_str(),
            _ => mark.has(key.as_str(), Some(value.as_str())),
        };
        self.0 = self.0.and(NodeSigns::by(MARKS.iter().filter(tolerates)));
    }
}

/// `spec.affinity`, reduced to the requirements on the node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Affinity(pub(super) NodeSigns);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Affinities {
    #[serde(default)]
    node_affinity: Lenient<NodeAffinity>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeAffinity {
    #[serde(default)]
    required_during_scheduling_ignored_during_execution: Lenient<Required>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Required {
    #[serde(default)]
    node_selector_terms: Lenient<Terms>,
}

/// Alternative terms: the node meets one of them.
#[derive(Default)]
struct Terms(Option<NodeSigns>);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    #[serde(default)]
    match_expressions: Lenient<Expressions>,
}

/// Expressions of a term: the node meets all of them.
#[derive(Default)]
struct Expressions(NodeSigns);

#[derive(Default, Deserialize)]
struct Expression<'a> {
    #[serde(borrow, default)]
    key: Str<'a>,
    #[serde(borrow, default)]
    operator: Str<'a>,
    #[serde(borrow, default)]
    values: Lenient<Few<'a>>,
}

impl<'de> Fold<'de> for Terms {
    type Item = Term;

    fn take(&mut self, Term { match_expressions: Lenient(Expressions(node)) }: Term) {
        self.0 = Some(self.0.map_or(node, |others| others.or(node)));
    }
}

impl<'de> Fold<'de> for Expressions {
    type Item = Expression<'de>;

    fn take(&mut self, expression: Expression<'de>) {
        let key = expression.key.as_str();
        let mut values = expression.values.0.0.iter().map(|value| NodeSigns::by_label(key, Some(value.as_str())));
        let node = match expression.operator.as_str() {
            "In" => values.next().map(|first| values.fold(first, NodeSigns::or)),
            "Exists" => Some(NodeSigns::by_label(key, None)),
            _ => None,
        };
        self.0 = self.0.and(node.unwrap_or_default());
    }
}

impl<'de> Deserialize<'de> for Tolerations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fold(deserializer)
    }
}

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fold(deserializer)
    }
}

impl<'de> Deserialize<'de> for Expressions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fold(deserializer)
    }
}

impl<'de> Deserialize<'de> for Affinity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Affinities { node_affinity: Lenient(NodeAffinity { required_during_scheduling_ignored_during_execution }) } =
            Affinities::deserialize(deserializer)?;
        let Lenient(Required { node_selector_terms: Lenient(Terms(node)) }) =
            required_during_scheduling_ignored_during_execution;
        Ok(Self(node.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
