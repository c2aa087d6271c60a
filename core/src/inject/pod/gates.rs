//! `spec.readinessGates`: signs of a load balancer that decides on the Pod's readiness.

use serde::{Deserialize, Deserializer};

use super::fields::Str;
use super::lenient::{Fold, fold};

/// The conditions of load balancer controllers: AWS (current and older name) and Google.
const CONDITIONS: [&str; 3] =
    ["target-health.elbv2.k8s.aws/", "target-health.alb.ingress.k8s.aws/", "cloud.google.com/load-balancer-neg-ready"];

/// `true` if any gate belongs to a load balancer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gates(pub(super) bool);

/// An item of `readinessGates`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Gate<'a> {
    #[serde(borrow, default)]
    condition_type: Str<'a>,
}

impl<'de> Fold<'de> for Gates {
    type Item = Gate<'de>;

    fn take(&mut self, gate: Gate<'de>) {
        self.0 |= CONDITIONS.iter().any(|condition| gate.condition_type.as_str().starts_with(condition));
    }
}

impl<'de> Deserialize<'de> for Gates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fold(deserializer)
    }
}
