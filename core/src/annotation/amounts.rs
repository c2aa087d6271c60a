//! The grammar of `requests` and `limits`: `cpu=100m,memory=128Mi`.

use super::Expected;
use super::downward::Resource;
use super::quantity::Quantity;
use crate::text::shorten;

/// An example that parses, for the errors of this grammar.
const EXAMPLE: &str = "cpu=100m,memory=128Mi";

/// The longest quantity that is taken, in bytes: zeros may go on for ever, and many containers would be given them all.
const BYTES: usize = 64;

/// At this many cores or more, the author probably forgot a unit.
const MANY_CORES: &str = "100";
/// Below this much memory hardly any program starts, so the author probably forgot a unit.
const LITTLE_MEMORY: &str = "4Mi";
/// The largest amount that is suggested for a typo.
const MOST_MEANT: &str = "64Gi";

/// Amounts by resource, each at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts(Vec<(Resource, Amount)>);

/// An amount of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    text: String,
    quantity: Quantity,
}

impl Amounts {
    /// Reads a comma-separated list of `RESOURCE=QUANTITY`.
    ///
    /// # Errors
    /// Everything that is wrong with it, an entry each: other resources than `cpu`, `memory` and `ephemeral-storage`, a
    /// resource twice, and what is no amount of it.
    pub fn parse(text: &str) -> Result<Self, Vec<Expected>> {
        let mut amounts = Self::default();
        let mut faults = Vec::new();
        for entry in text.split(',').map(str::trim).take(Resource::ALL.len() + 1) {
            match parse_entry(entry) {
                Err(fault) => faults.push(fault),
                Ok((resource, _)) if amounts.get(resource).is_some() => {
                    let problem = format!("names {} twice; expected each resource once", resource.as_str());
                    faults.push(Expected::new(problem, EXAMPLE));
                }
                Ok(entry) => amounts.0.push(entry),
            }
        }
        if faults.is_empty() { Ok(amounts) } else { Err(faults) }
    }

    /// The amount of one resource.
    pub fn get(&self, resource: Resource) -> Option<&Amount> {
        self.0.iter().find(|(known, _)| *known == resource).map(|(_, amount)| amount)
    }

    /// Every amount with its resource, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, &Amount)> {
        self.0.iter().map(|(resource, amount)| (*resource, amount))
    }

    /// The resources of which these, as requests, are above those, as limits: the API server refuses a Pod with both.
    pub fn above(&self, limits: &Self) -> impl Iterator<Item = Resource> {
        let above = |(resource, request): &&(Resource, Amount)| {
            limits.get(*resource).is_some_and(|limit| request.quantity > limit.quantity)
        };
        self.0.iter().filter(above).map(|(resource, _)| *resource)
    }
}

impl Amount {
    /// The amount as the author wrote it, which the API takes as well.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The amount as a number.
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// Whether the amount is probably a typo for this resource, such as one without its unit: `128` bytes of memory, `100`
    /// cores. Zero is not.
    pub fn is_unlikely(&self, resource: Resource) -> bool {
        let bound = |text| Quantity::parse(text).map(|bound| (self.quantity, bound));
        match resource {
            Resource::Cpu => bound(MANY_CORES).is_some_and(|(amount, bound)| amount >= bound),
            Resource::Memory => bound(LITTLE_MEMORY).is_some_and(|(amount, bound)| amount < bound && !amount.is_zero()),
            Resource::EphemeralStorage => false,
        }
    }

    /// The amount that an unlikely one probably stands for: `128Mi` for `128`.
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
        let problem = format!("has the part \"{}\"; expected RESOURCE=QUANTITY, separated by commas", shorten(entry));
        return Err(Expected::new(problem, EXAMPLE));
    };
    let resource = Resource::ALL.into_iter().find(|resource| resource.as_str() == name).ok_or_else(|| {
        let problem = format!("has the resource \"{}\"; expected cpu, memory or ephemeral-storage", shorten(name));
        Expected::new(problem, EXAMPLE)
    })?;
    let quantity = quantity(resource, text).map_err(|expected| {
        let problem = format!("has {name}=\"{}\"; expected {expected}", shorten(text));
        Expected::new(problem, format!("{name}={}", example(resource)))
    })?;
    Ok((resource, Amount { text: text.to_owned(), quantity }))
}

/// An amount of the resource that the API server keeps as it is, or what was expected instead.
fn quantity(resource: Resource, text: &str) -> Result<Quantity, &'static str> {
    if text.len() > BYTES {
        return Err("a quantity of at most 64 characters");
    }
    let quantity = Quantity::parse(text).ok_or(match resource {
        Resource::Cpu => "a quantity of cores, such as 2, 0.5 or 500m",
        Resource::Memory | Resource::EphemeralStorage => "a quantity of bytes, such as 128Mi or 1Gi",
    })?;
    // The server rounds finer ones up (cpu), or lets the kubelet do so (bytes), with a warning at most.
    let (unit, whole) = match resource {
        Resource::Cpu => ("1m", "nothing finer than a thousandth of a core, 1m"),
        Resource::Memory | Resource::EphemeralStorage => {
            ("1", "whole bytes (m is a thousandth of one; a mebibyte is Mi)")
        }
    };
    match Quantity::parse(unit) {
        _ if text.starts_with('-') => Err("an amount that is not negative"),
        _ if quantity > quantity.stored() => Err("at most what the API can hold, just below 8Ei"),
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
    fn amounts_that_are_refused_each_with_its_reason() {
        for (text, told) in [
            ("", "expected RESOURCE=QUANTITY"),
            ("cpu", "expected RESOURCE=QUANTITY"),
            ("cpu=100m,", "expected RESOURCE=QUANTITY"),
            ("gpu=1", "expected cpu, memory or ephemeral-storage"),
            ("CPU=1", "expected cpu, memory or ephemeral-storage"),
            ("cpu=1,cpu=2", "names cpu twice"),
            ("cpu=", "a quantity of cores"),
            ("memory=128mb", "a quantity of bytes"),
            ("memory=128m", "whole bytes"),
            ("ephemeral-storage=0.5", "whole bytes"),
            ("cpu=0.5m", "nothing finer"),
            ("cpu=100u", "nothing finer"),
            ("memory=-1Mi", "not negative"),
            ("cpu=-1", "not negative"),
            ("memory=8Ei", "at most"),
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
            let found: Vec<_> =
                amounts.iter().map(|(what, amount)| (amount.is_unlikely(what), amount.meant(what))).collect();
            assert_eq!(found, [(true, meant.map(str::to_owned))], "{text}");
        }
        for text in ["memory=4Mi", "memory=0", "memory=4194304", "cpu=99", "cpu=100m", "cpu=0", "ephemeral-storage=1"] {
            let amounts = Amounts::parse(text).unwrap_or_default();
            assert!(amounts.iter().all(|(what, amount)| !amount.is_unlikely(what)), "{text}");
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
