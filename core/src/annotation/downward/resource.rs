//! Requests and limits for `env[*].valueFrom.resourceFieldRef`, and shares of them.

use crate::annotation::{Expected, quantity::Quantity};
use crate::text::shorten;

/// A part of a container's resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// `resources.requests`
    Requests,
    /// `resources.limits`
    Limits,
}

/// A resource that the API accepts in a `resourceFieldRef`, except huge pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// `cpu`, in cores.
    Cpu,
    /// `memory`, in bytes.
    Memory,
    /// `ephemeral-storage`, in bytes.
    EphemeralStorage,
}

/// A unit in the API's spelling. The API compares divisors as strings, so `1024Ki` must become `1Mi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor(&'static str);

/// A request or limit with its unit: `limits.memory/1Mi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceField {
    /// `requests` or `limits`.
    pub section: Section,
    /// The resource.
    pub resource: Resource,
    /// The unit. The default is one core or one byte.
    pub divisor: Option<Divisor>,
}

impl Section {
    /// Returns the API's name, which is also the annotation's key.
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

    /// Returns the API's name, a key of `resources.limits`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::EphemeralStorage => "ephemeral-storage",
        }
    }

    /// Returns the units that the API accepts. Source: `k8s.io/kubernetes/pkg/apis/core/validation`,
    /// `validContainerResourceDivisorForCPU` and its siblings.
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

    /// Returns the unit in the API's spelling.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    fn parse(text: &str, resource: Resource) -> Result<Self, Expected> {
        let wanted = Quantity::parse(text);
        let same = |unit: &&&str| wanted.is_some() && Quantity::parse(unit) == wanted;
        let found = resource.divisors().iter().find(same);
        found.copied().map(Self).ok_or_else(|| {
            let (name, known) = (resource.as_str(), resource.divisors().join(", "));
            let problem = format!("invalid unit \"{}\": expected for {name} one of {known}", shorten(text));
            let usual = if resource == Resource::Cpu { "1m" } else { "1Mi" };
            Expected::new(problem, format!("NAME=limits.{name}/{usual}"))
        })
    }
}

impl ResourceField {
    /// Returns the name of the amount: `limits.memory`.
    pub fn path(self) -> String {
        format!("{}.{}", self.section.as_str(), self.resource.as_str())
    }
}

/// Parses `SECTION.RESOURCE[*N%][/DIVISOR]` to the amount and, for a share, its percentage.
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
            "unknown source \"{}\": expected requests or limits of cpu, memory or ephemeral-storage",
            shorten(path)
        );
        Expected::new(problem, "MEMORY_MIB=limits.memory/1Mi")
    })?;
    Ok((section, resource))
}

fn parse_percent(part: &str) -> Result<u8, Expected> {
    let digits = part.strip_suffix('%').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).filter(|percent| (1..=100).contains(percent)).ok_or_else(|| {
        let problem = format!("invalid share \"{}\": expected a whole percentage from 1% to 100%", shorten(part));
        Expected::new(problem, "GOMEMLIMIT=limits.memory*90%")
    })
}
