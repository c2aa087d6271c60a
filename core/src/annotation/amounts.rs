//! The values of `requests` and `limits`: `cpu=100m,memory=128Mi`.

use super::Expected;
use super::downward::Resource;
use super::quantity::Quantity;
use crate::text::shorten;

/// An example that parses, for the errors of this grammar.
const EXAMPLE: &str = "cpu=100m,memory=128Mi";

/// The limit for a quantity. A quantity may have any number of zeros, and every container gets a copy.
const BYTES: usize = 64;

/// The number of cores at which podwright suspects a missing unit.
const MANY_CORES: &str = "100";
/// The memory below which podwright suspects a missing unit. Hardly any program starts with less.
const LITTLE_MEMORY: &str = "4Mi";
/// The largest amount that podwright suggests for a typo.
const MOST_MEANT: &str = "64Gi";

/// Amounts by resource, each resource at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts(Vec<(Resource, Amount)>);

/// An amount of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    text: String,
    quantity: Quantity,
}

impl Amounts {
    /// Parses a comma-separated list of `RESOURCE=QUANTITY`.
    ///
    /// # Errors
    /// One for each entry with an unknown resource, a repeated resource or an invalid quantity.
    pub fn parse(text: &str) -> Result<Self, Vec<Expected>> {
        let mut amounts = Self::default();
        let mut faults = Vec::new();
        for entry in text.split(',').map(str::trim).take(Resource::ALL.len() + 1) {
            match parse_entry(entry) {
                Err(fault) => faults.push(fault),
                Ok((resource, _)) if amounts.get(resource).is_some() => {
                    let problem = format!("repeated resource {}: expected each resource once", resource.as_str());
                    faults.push(Expected::new(problem, EXAMPLE));
                }
                Ok(entry) => amounts.0.push(entry),
            }
        }
        if faults.is_empty() { Ok(amounts) } else { Err(faults) }
    }

    /// Returns the amount of one resource.
    pub fn get(&self, resource: Resource) -> Option<&Amount> {
        self.0.iter().find(|(known, _)| *known == resource).map(|(_, amount)| amount)
    }

    /// Iterates over the amounts with their resources, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, &Amount)> {
        self.0.iter().map(|(resource, amount)| (*resource, amount))
    }

    /// Finds the resources whose request in `self` exceeds the one in `limits`. The API server rejects such a Pod.
    pub fn above(&self, limits: &Self) -> impl Iterator<Item = Resource> {
        let above = |(resource, request): &&(Resource, Amount)| {
            limits.get(*resource).is_some_and(|limit| request.quantity > limit.quantity)
        };
        self.0.iter().filter(above).map(|(resource, _)| *resource)
    }
}

impl Amount {
    /// Returns the amount as the author wrote it. The API accepts the same text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the amount as a number.
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// Returns whether the amount probably lacks a unit: `128` bytes of memory, or `100` cores. Zero needs no unit.
    pub fn is_unlikely(&self, resource: Resource) -> bool {
        let bound = |text| Quantity::parse(text).map(|bound| (self.quantity, bound));
        match resource {
            Resource::Cpu => bound(MANY_CORES).is_some_and(|(amount, bound)| amount >= bound),
            Resource::Memory => bound(LITTLE_MEMORY).is_some_and(|(amount, bound)| amount < bound && !amount.is_zero()),
            Resource::EphemeralStorage => false,
        }
    }

    /// Suggests a likely amount in place of an unlikely one: `128Mi` for `128`.
    pub fn meant(&self, resource: Resource) -> Option<String> {
        let number = self.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let units: &[&str] = if resource == Resource::Cpu { &["m"] } else { &["Mi", "Gi"] };
        let likely =
            |amount: &Self| !amount.is_unlikely(resource) && Some(amount.quantity) <= Quantity::parse(MOST_MEANT);
        let with = |unit: &&str| {
            let text = format!("{number}{unit}");
            Quantity::parse(&text).map(|quantity| Self { text, quantity })
        };
        units.iter().filter_map(with).find(likely).map(|amount| amount.text)
    }
}

fn parse_entry(entry: &str) -> Result<(Resource, Amount), Expected> {
    let Some((name, text)) = entry.split_once('=').map(|(name, text)| (name.trim(), text.trim())) else {
        let problem = format!("invalid entry \"{}\": expected RESOURCE=QUANTITY, separated by commas", shorten(entry));
        return Err(Expected::new(problem, EXAMPLE));
    };
    let resource = Resource::ALL.into_iter().find(|resource| resource.as_str() == name).ok_or_else(|| {
        let problem = format!("unknown resource \"{}\": expected cpu, memory or ephemeral-storage", shorten(name));
        Expected::new(problem, EXAMPLE)
    })?;
    let quantity = quantity(resource, text).map_err(|expected| {
        let problem = format!("invalid {name} quantity \"{}\": expected {expected}", shorten(text));
        Expected::new(problem, format!("{name}={}", example(resource)))
    })?;
    Ok((resource, Amount { text: text.to_owned(), quantity }))
}

/// Parses an amount that the API server stores unchanged. An error is the end of a sentence: "expected …".
fn quantity(resource: Resource, text: &str) -> Result<Quantity, &'static str> {
    if text.len() > BYTES {
        return Err("a quantity of at most 64 characters");
    }
    let quantity = Quantity::parse(text).ok_or(match resource {
        Resource::Cpu => "cores, such as 2, 0.5 or 500m",
        Resource::Memory | Resource::EphemeralStorage => "bytes, such as 128Mi or 1Gi",
    })?;
    // The API server rounds a finer cpu amount up, and the kubelet rounds bytes. Neither fails, so podwright checks.
    let (unit, whole) = match resource {
        Resource::Cpu => ("1m", "a multiple of 1m, a thousandth of a core"),
        Resource::Memory | Resource::EphemeralStorage => {
            ("1", "whole bytes (m is a thousandth of a byte; a mebibyte is Mi)")
        }
    };
    match Quantity::parse(unit) {
        _ if text.starts_with('-') => Err("zero or more"),
        _ if quantity > quantity.stored() => Err("less than 8Ei, the limit of the API"),
        Some(unit) if !quantity.is_multiple_of(unit) => Err(whole),
        _ => Ok(quantity),
    }
}

fn example(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "100m",
        Resource::Memory => "128Mi",
        Resource::EphemeralStorage => "1Gi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_that_are_understood() {
        let amounts = Amounts::parse("cpu=0.5, memory = 1.5Gi,ephemeral-storage=1e9").unwrap_or_default();
        assert_eq!(amounts.get(Resource::Cpu).map(Amount::quantity), Quantity::parse("500m"));
        assert_eq!(amounts.get(Resource::Memory).map(Amount::as_str), Some("1.5Gi"));
        assert_eq!(amounts.get(Resource::EphemeralStorage).map(Amount::quantity), Quantity::parse("1G"));
        for text in ["cpu=0", "cpu=1m", "memory=0", "memory=9223372036854775807", "memory=7Ei", "cpu=+1"] {
            assert!(Amounts::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn invalid_amounts_each_with_its_reason() {
        for (text, told) in [
            ("", "expected RESOURCE=QUANTITY"),
            ("cpu", "expected RESOURCE=QUANTITY"),
            ("cpu=100m,", "expected RESOURCE=QUANTITY"),
            ("gpu=1", "expected cpu, memory or ephemeral-storage"),
            ("CPU=1", "expected cpu, memory or ephemeral-storage"),
            ("cpu=1,cpu=2", "repeated resource cpu"),
            ("cpu=", "expected cores"),
            ("memory=128mb", "expected bytes"),
            ("memory=128m", "whole bytes"),
            ("ephemeral-storage=0.5", "whole bytes"),
            ("cpu=0.5m", "a multiple of 1m"),
            ("cpu=100u", "a multiple of 1m"),
            ("memory=-1Mi", "zero or more"),
            ("cpu=-1", "zero or more"),
            ("memory=8Ei", "less than 8Ei"),
            (&format!("cpu={}1", "0".repeat(64)), "at most 64 characters"),
        ] {
            let all = Amounts::parse(text).err().unwrap_or_default();
            assert!(all.len() == 1 && all.iter().all(|one| one.problem.contains(told)), "{text}: {all:?}");
        }
        assert_eq!(Amounts::parse("cpu=x,memory=y,z=1").map_err(|faults| faults.len()), Err(3));
        assert!(Amounts::parse(&"x,".repeat(10_000)).is_err_and(|faults| faults.len() < 5));
    }

    #[test]
    fn amounts_without_their_unit_are_unlikely() {
        for (text, meant) in [
            ("memory=128", Some("128Mi")),
            ("memory=128k", Some("128Mi")),
            ("memory=1", Some("1Gi")),
            ("memory=1.5k", Some("1.5Gi")),
            ("memory=512Ki", Some("512Mi")),
            ("memory=4000000", None),
            ("memory=1e3", None),
            ("cpu=100", Some("100m")),
            ("cpu=250", Some("250m")),
            ("cpu=100000", None),
            ("cpu=1k", Some("1m")),
        ] {
            let amounts = Amounts::parse(text).unwrap_or_default();
            let found: Vec<_> = amounts.iter().map(|(of, amount)| (amount.is_unlikely(of), amount.meant(of))).collect();
            assert_eq!(found, [(true, meant.map(str::to_owned))], "{text}");
        }
        for text in ["memory=4Mi", "memory=0", "memory=4194304", "cpu=99", "cpu=100m", "cpu=0", "ephemeral-storage=1"] {
            let amounts = Amounts::parse(text).unwrap_or_default();
            assert!(amounts.iter().all(|(resource, amount)| !amount.is_unlikely(resource)), "{text}");
        }
    }

    #[test]
    fn a_request_above_the_limit_is_seen_by_value() {
        let above = |requests: &str, limits: &str| {
            let [requests, limits] = [requests, limits].map(|text| Amounts::parse(text).unwrap_or_default());
            requests.above(&limits).collect::<Vec<_>>()
        };
        assert_eq!(above("cpu=1,memory=1Gi", "cpu=500m,memory=1024Mi"), [Resource::Cpu]);
        assert_eq!(above("cpu=1", "memory=1Mi"), []);
    }
}
