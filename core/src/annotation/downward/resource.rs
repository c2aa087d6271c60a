//! Requests and limits of the container that `env[*].valueFrom.resourceFieldRef` can give, and shares of them.

use crate::annotation::{Expected, quantity::Quantity};
use crate::text::shorten;

/// `requests` or `limits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// `resources.requests`
    Requests,
    /// `resources.limits`
    Limits,
}

/// The resources that the API takes in a `resourceFieldRef`, huge pages apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// In cores.
    Cpu,
    /// In bytes.
    Memory,
    /// In bytes.
    EphemeralStorage,
}

/// A unit to count in, as the API spells it. It compares divisors as strings, so `1024Ki` must become `1Mi` first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor(&'static str);

/// `limits.memory/1Mi`: which amount, and in which unit it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceField {
    /// `requests` or `limits`.
    pub section: Section,
    /// Of what.
    pub resource: Resource,
    /// The unit; absent, it is one core or one byte.
    pub divisor: Option<Divisor>,
}

impl Section {
    /// The API's name for it: a key of `resources`, and ours.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Limits => "limits",
        }
    }
}

impl Resource {
    /// Each resource, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Memory, Self::EphemeralStorage];

    /// The API's name for it: a key of `resources.limits`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::EphemeralStorage => "ephemeral-storage",
        }
    }

    /// Source: `k8s.io/kubernetes/pkg/apis/core/validation`, `validContainerResourceDivisorForCPU` and its siblings.
    fn divisors(self) -> &'static [&'static str] {
        match self {
            Self::Cpu => &["1", "1m"],
            Self::Memory | Self::EphemeralStorage => {
                &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]
            }
        }
    }
}

impl Divisor {
    /// One core, or one byte.
    pub const ONE: Self = Self("1");

    /// The unit, as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    fn parse(text: &str, resource: Resource) -> Result<Self, Expected> {
        let wanted = Quantity::parse(text);
        let same = |unit: &&&str| wanted.is_some() && Quantity::parse(unit) == wanted;
        let found = resource.divisors().iter().find(same);
        found.copied().map(Self).ok_or_else(|| {
            let (name, known) = (resource.as_str(), resource.divisors().join(", "));
            let problem = format!("has the divisor \"{}\"; expected for {name} one of {known}", shorten(text));
            let usual = if resource == Resource::Cpu { "1m" } else { "1Mi" };
            Expected::new(problem, format!("NAME=limits.{name}/{usual}"))
        })
    }
}

impl ResourceField {
    /// The name of the amount: `limits.memory`.
    pub fn path(self) -> String {
        format!("{}.{}", self.section.as_str(), self.resource.as_str())
    }
}

/// Reads `SECTION.RESOURCE[*N%][/DIVISOR]`: the amount, and the percentage of it where it is a share.
pub(super) fn parse(source: &str) -> Result<(ResourceField, Option<u8>), Expected> {
    let (amount, divisor) = source.split_once('/').map_or((source, None), |(amount, unit)| (amount, Some(unit.trim())));
    let (path, percent) = amount.split_once('*').map_or((amount, None), |(path, part)| (path, Some(part.trim())));
    let (section, resource) = parse_path(path.trim())?;
    let divisor = divisor.map(|unit| Divisor::parse(unit, resource)).transpose()?;
    let percent = percent.map(parse_percent).transpose()?;
    Ok((ResourceField { section, resource, divisor }, percent))
}

fn parse_path(path: &str) -> Result<(Section, Resource), Expected> {
    let (section, name) = match path.strip_prefix("limits.") {
        Some(name) => (Section::Limits, name),
        None => (Section::Requests, path.strip_prefix("requests.").unwrap_or_default()),
    };
    let resource = Resource::ALL.into_iter().find(|resource| resource.as_str() == name).ok_or_else(|| {
        let problem = format!(
            "has the source \"{}\"; expected requests or limits of cpu, memory or ephemeral-storage",
            shorten(path)
        );
        Expected::new(problem, "MEMORY_MIB=limits.memory/1Mi")
    })?;
    Ok((section, resource))
}

fn parse_percent(part: &str) -> Result<u8, Expected> {
    let digits = part.strip_suffix('%').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).filter(|percent| (1..=100).contains(percent)).ok_or_else(|| {
        let problem = format!("has the share \"{}\"; expected a whole percentage from 1% to 100%", shorten(part));
        Expected::new(problem, "GOMEMLIMIT=limits.memory*90%")
    })
}
