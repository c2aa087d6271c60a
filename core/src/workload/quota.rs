//! ResourceQuotas that count Pods by their QoS class. podwright's requests move a Pod out of the class BestEffort. A
//! quota for all other classes then counts the Pod, and refuses it when the quota is used up.

use serde_json::Value;

use crate::annotation::quantity::Quantity;
use crate::inject::Reason;

const BEST_EFFORT: &str = "BestEffort";
const NOT_BEST_EFFORT: &str = "NotBestEffort";

/// The warning about such a quota.
pub const QUOTA_BY_CLASS: Reason = Reason {
    code: "QuotaByClass",
    sentence: "requests move Pods out of the QoS class BestEffort, and this quota counts or refuses all other classes",
    remedy: "Leave room for these Pods in spec.hard, or switch the requests off: podwright.dev/requests: \"false\".",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 1] = [QUOTA_BY_CLASS];

/// A ResourceQuota for Pods of all classes except BestEffort.
#[derive(Debug)]
pub struct Quota<'q> {
    spec: &'q Value,
    /// The field of `spec` with its scopes.
    pub scopes: &'static str,
}

/// A condition for the Pods that a quota counts.
struct QuotaScope<'q> {
    name: &'q str,
    operator: &'q str,
    values: &'q [Value],
}

impl<'q> Quota<'q> {
    /// Reads a quota. Returns `None` for objects of other kinds and for other quotas.
    pub fn of(api_version: &str, kind: &str, object: &'q Value) -> Option<Self> {
        let spec = object.get("spec").filter(|_| (api_version, kind) == ("v1", "ResourceQuota"))?;
        spec.get("hard")?.as_object().filter(|hard| !hard.is_empty())?;
        let in_list = spec.get("scopes").is_some_and(|scopes| !scopes.is_null());
        let scopes = if in_list { "scopes" } else { "scopeSelector" };
        let quota = Self { spec, scopes };
        let has = |name| quota.scopes().iter().any(|scope| scope.name == name);
        (has(NOT_BEST_EFFORT) && !has(BEST_EFFORT)).then_some(quota)
    }

    /// Returns whether the quota counts a Pod with this `spec` and with requests. `None` means a Pod with empty fields.
    pub fn counts(&self, pod: Option<&Value>) -> bool {
        let field = |name: &str| pod.and_then(|pod| pod.get(name)).filter(|value| !value.is_null());
        self.scopes().iter().all(|scope| match scope.name {
            NOT_BEST_EFFORT => true,
            "Terminating" => field("activeDeadlineSeconds").is_some(),
            "NotTerminating" => field("activeDeadlineSeconds").is_none(),
            "PriorityClass" => scope.fits(field("priorityClassName")),
            // CrossNamespacePodAffinity, and scopes of later versions.
            _ => false,
        })
    }

    /// Returns whether a Pod with this `spec` has the class BestEffort: no container, nor the Pod, sets cpu or memory.
    pub fn is_best_effort(pod: &Value) -> bool {
        let lists = ["containers", "initContainers"].into_iter().filter_map(|list| pod.get(list)?.as_array());
        let mut holders = lists.flatten().chain([pod]);
        !holders.any(|holder| holder.get("resources").is_some_and(has_amounts))
    }

    fn scopes(&self) -> Vec<QuotaScope<'q>> {
        let list = |value: Option<&'q Value>| value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let named = list(self.spec.get("scopes")).iter().filter_map(Value::as_str);
        let named = named.map(|name| QuotaScope { name, operator: "Exists", values: &[] });
        let selected = list(self.spec.get("scopeSelector").and_then(|selector| selector.get("matchExpressions")))
            .iter()
            .filter_map(|expression| {
                let text = |field: &str| expression.get(field).and_then(Value::as_str);
                Some(QuotaScope {
                    name: text("scopeName")?,
                    operator: text("operator")?,
                    values: list(expression.get("values")),
                })
            });
        named.chain(selected).collect()
    }
}

fn has_amounts(resources: &Value) -> bool {
    let amounts = ["requests", "limits"].into_iter().filter_map(|section| resources.get(section));
    let mut amounts = amounts.flat_map(|section| ["cpu", "memory"].into_iter().filter_map(|name| section.get(name)));
    amounts.any(|amount| match amount {
        Value::String(text) => Quantity::parse(text).is_none_or(|amount| !amount.is_zero()),
        amount => amount.as_f64() != Some(0.0),
    })
}

impl QuotaScope<'_> {
    fn fits(&self, value: Option<&Value>) -> bool {
        let listed = value.is_some_and(|value| self.values.contains(value));
        match self.operator {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            _ => value.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Quota;

    fn counts(spec: &Value, pod: Option<&Value>) -> Option<bool> {
        let object = json!({"spec": spec});
        Quota::of("v1", "ResourceQuota", &object).map(|quota| quota.counts(pod))
    }

    #[test]
    fn scopes_are_read_in_both_forms() {
        let hard = json!({"pods": "0"});
        let selector = |expressions: Value| json!({"hard": hard, "scopeSelector": {"matchExpressions": expressions}});
        let exists = |name: &str| json!({"scopeName": name, "operator": "Exists"});
        for spec in [
            json!({"hard": hard, "scopes": ["NotBestEffort"]}),
            json!({"hard": {"requests.cpu": "1"}, "scopes": ["NotTerminating", "NotBestEffort"]}),
            selector(json!([exists("NotBestEffort")])),
        ] {
            assert_eq!(counts(&spec, None), Some(true), "{spec}");
        }
        for spec in [
            json!({"hard": hard}),
            json!({"hard": hard, "scopes": null, "scopeSelector": null}),
            json!({"hard": hard, "scopes": ["BestEffort"]}),
            json!({"hard": hard, "scopes": ["Terminating"]}),
            json!({"hard": {}, "scopes": ["NotBestEffort"]}),
            json!({"scopes": ["NotBestEffort"]}),
            selector(json!([exists("BestEffort")])),
            selector(json!({"a": 1})),
        ] {
            assert_eq!(counts(&spec, None), None, "{spec}");
        }
        assert!(Quota::of("v1", "LimitRange", &json!({"spec": {"hard": hard, "scopes": ["NotBestEffort"]}})).is_none());
    }

    #[test]
    fn a_pod_is_best_effort_without_any_amount() {
        for (pod, expected) in [
            (json!({"containers": [{"name": "a"}, {"resources": {"requests": {"cpu": "0", "memory": 0}}}]}), true),
            (json!({"containers": [{"resources": {"limits": {"ephemeral-storage": "1Gi"}}}], "resources": null}), true),
            (json!({"containers": [{"name": "a"}], "initContainers": [{"resources": {"limits": {"cpu": 1}}}]}), false),
            (json!({"containers": [{"resources": {"requests": {"memory": "1Mi"}}}]}), false),
            (json!({"containers": [{"name": "a"}], "resources": {"requests": {"cpu": "1"}}}), false),
        ] {
            assert_eq!(Quota::is_best_effort(&pod), expected, "{pod}");
        }
    }

    #[test]
    fn other_scopes_have_to_hold_as_well() {
        let priority = |operator: &str| {
            json!({"hard": {"pods": "0"}, "scopes": ["NotBestEffort"], "scopeSelector": {"matchExpressions": [
                {"scopeName": "PriorityClass", "operator": operator, "values": ["high"]}]}})
        };
        let (high, low, none) = (
            json!({"priorityClassName": "high"}),
            json!({"priorityClassName": "low"}),
            json!({"priorityClassName": null}),
        );
        for (operator, expected) in [
            ("In", [true, false, false]),
            ("NotIn", [false, true, true]),
            ("Exists", [true, true, false]),
            ("DoesNotExist", [false, false, true]),
        ] {
            let found = [&high, &low, &none].map(|pod| counts(&priority(operator), Some(pod)));
            assert_eq!(found, expected.map(Some), "{operator}");
        }
        let ends = json!({"hard": {"pods": "0"}, "scopes": ["NotBestEffort", "Terminating"]});
        assert_eq!(counts(&ends, Some(&json!({"activeDeadlineSeconds": 60}))), Some(true));
        assert_eq!(counts(&ends, None), Some(false));
        let affinity = json!({"hard": {"pods": "0"}, "scopes": ["NotBestEffort", "CrossNamespacePodAffinity"]});
        assert_eq!(counts(&affinity, None), Some(false));
    }
}
