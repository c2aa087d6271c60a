//! Resource requests as the scheduler counts them, before and after the injection.

use serde_json::Value;

use crate::annotation::quantity::Quantity;

/// The resources in a summary.
const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

const NANOS: i128 = 1_000_000_000;

/// An amount of each resource, in units of 10^-9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Requests([i128; RESOURCES.len()]);

impl Requests {
    /// Returns the requests of a Pod with this spec: the sum of its containers and native sidecars, or the largest of its other
    /// init containers with the sidecars before it, whichever is more. Requests of the Pod itself replace the sum.
    pub(super) fn of_spec(spec: &Value) -> Self {
        Self(RESOURCES.map(|resource| of_pod(spec, resource)))
    }

    /// Returns the difference to an earlier amount.
    pub(super) fn minus(self, before: Self) -> Self {
        let mut difference = self;
        difference.0.iter_mut().zip(before.0).for_each(|(after, before)| *after = after.saturating_sub(before));
        difference
    }

    /// Returns the sum with this many times another amount.
    pub(super) fn plus(self, times: i128, other: Self) -> Self {
        let mut sum = self;
        for (amount, other) in sum.0.iter_mut().zip(other.0) {
            *amount = amount.saturating_add(other.saturating_mul(times));
        }
        sum
    }

    /// Formats the amounts other than zero, such as `cpu=100m,memory=128Mi`; empty without any.
    pub(super) fn text(self) -> String {
        let amounts = RESOURCES.iter().zip(self.0).filter(|(_, nanos)| *nanos != 0);
        let texts = amounts.map(|(resource, nanos)| match *resource {
            "cpu" => format!("{resource}={}", cpu(nanos)),
            _ => format!("{resource}={}", bytes(nanos)),
        });
        texts.collect::<Vec<_>>().join(",")
    }
}

fn of_pod(spec: &Value, resource: &str) -> i128 {
    if let Some(whole) = amount(spec, resource) {
        return whole;
    }
    let containers = |field: &str| spec.get(field).and_then(Value::as_array).into_iter().flatten();
    let (mut sidecars, mut most) = (0_i128, 0_i128);
    for container in containers("initContainers") {
        let own = amount(container, resource).unwrap_or_default();
        if container.get("restartPolicy").and_then(Value::as_str) == Some("Always") {
            sidecars = sidecars.saturating_add(own);
            most = most.max(sidecars);
        } else {
            most = most.max(sidecars.saturating_add(own));
        }
    }
    let own = containers("containers").filter_map(|container| amount(container, resource));
    most.max(own.fold(sidecars, i128::saturating_add))
}

/// Returns the request, or the limit, which the API server takes as the request if there is none.
fn amount(of: &Value, resource: &str) -> Option<i128> {
    let resources = of.get("resources")?;
    let found = ["requests", "limits"].iter().find_map(|section| resources.get(section)?.get(resource))?;
    let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    Quantity::parse(&text).map(Quantity::nanos)
}

/// Formats cores as `2` or `1200m`.
fn cpu(nanos: i128) -> String {
    if nanos % NANOS == 0 { (nanos / NANOS).to_string() } else { format!("{}m", nanos / (NANOS / 1000)) }
}

/// Formats bytes in the largest unit that gives a whole number, such as `128Mi` or `500M`.
fn bytes(nanos: i128) -> String {
    let binary = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)].map(|(name, bits)| (name, NANOS << bits));
    let decimal = [("G", 9), ("M", 6), ("k", 3)].map(|(name, zeros)| (name, NANOS * 10_i128.pow(zeros)));
    match binary.into_iter().chain(decimal).find(|(_, unit)| nanos % unit == 0) {
        Some((name, unit)) => format!("{}{name}", nanos / unit),
        None => (nanos / NANOS).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Requests;

    #[test]
    fn the_scheduler_counts_sidecars_and_the_largest_init_container() {
        let asks = |cpu: &str| json!({"requests": {"cpu": cpu}});
        let sidecar = json!({"restartPolicy": "Always", "resources": asks("100m")});
        let init = [sidecar, json!({"resources": asks("2")})];
        let spec = json!({"initContainers": init, "containers": [{"resources": asks("300m")}, {}]});
        assert_eq!(Requests::of_spec(&spec).text(), "cpu=2100m");
        let spec = json!({"containers": [{"resources": {"limits": {"cpu": 1, "memory": "1536Mi"}}}]});
        assert_eq!(Requests::of_spec(&spec).text(), "cpu=1,memory=1536Mi");
        let spec = json!({"resources": asks("3"), "containers": [{"resources": asks("1")}]});
        assert_eq!(Requests::of_spec(&spec).text(), "cpu=3");
    }

    #[test]
    fn amounts_are_added_and_subtracted() {
        let of =
            |memory: &str| Requests::of_spec(&json!({"containers": [{"resources": {"requests": {"memory": memory}}}]}));
        assert_eq!(of("128Mi").plus(3, of("64Mi")).text(), "memory=320Mi");
        assert_eq!(of("128Mi").minus(of("128Mi")).text(), "");
        assert_eq!(of("128M").text(), "memory=125000Ki");
        assert_eq!(of("1001").text(), "memory=1001");
    }
}
