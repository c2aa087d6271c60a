//! `resources` of a container and of the Pod as a whole, reduced to the amounts that podwright reads or adds.

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fields::{Field, Scalar, Str};
use super::json_objects::objects;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::quantity::Quantity;

/// `resources`
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub struct Resources<'a> {
    #[serde(borrow, default)]
    requests: Field<ResourceList<'a>>,
    #[serde(borrow, default)]
    limits: Field<ResourceList<'a>>,
}

objects!(Resources);

/// The amounts of one section, by resource.
#[derive(Debug, Default)]
struct ResourceList<'a> {
    cpu: Field<Scalar<'a>>,
    memory: Field<Scalar<'a>>,
    ephemeral_storage: Field<Scalar<'a>>,
    /// `true` if there are other resources, such as huge pages or devices.
    others: bool,
}

/// An existing amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// A valid quantity.
    Amount(Quantity),
    /// A quantity out of range, or no quantity. It is kept and equals no other amount.
    Uncounted,
}

impl Resources<'_> {
    /// Returns whether there is a list of requests or limits, even an empty one.
    pub fn has(&self, section: Section) -> bool {
        self.section(section).is_some()
    }

    /// Returns whether there is no amount of any resource, including those that podwright does not read.
    pub fn is_empty(&self) -> bool {
        [&self.requests, &self.limits].into_iter().all(|amounts| amounts.as_ref().is_none_or(ResourceList::is_empty))
    }

    /// Returns the existing amount, as the API server stores it.
    pub fn get(&self, section: Section, resource: Resource) -> Option<Present> {
        let amounts = self.section(section)?;
        let amount = match resource {
            Resource::Cpu => &amounts.cpu,
            Resource::Memory => &amounts.memory,
            Resource::EphemeralStorage => &amounts.ephemeral_storage,
        };
        let quantity = Quantity::parse(amount.as_ref()?.text());
        Some(quantity.map_or(Present::Uncounted, |quantity| Present::Amount(quantity.stored())))
    }

    fn section(&self, section: Section) -> Option<&ResourceList<'_>> {
        match section {
            Section::Requests => self.requests.as_ref(),
            Section::Limits => self.limits.as_ref(),
        }
    }
}

impl Present {
    /// Returns the amount, if it is a valid quantity.
    pub fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Amount(quantity) => Some(quantity),
            Self::Uncounted => None,
        }
    }
}

impl ResourceList<'_> {
    fn is_empty(&self) -> bool {
        let known = [&self.cpu, &self.memory, &self.ephemeral_storage];
        !self.others && known.into_iter().all(|amount| !amount.is_present())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ResourceList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ResourceListVisitor;

        impl<'de> Visitor<'de> for ResourceListVisitor {
            type Value = ResourceList<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of quantities")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut amounts = ResourceList::default();
                while let Some(key) = map.next_key::<Str<'de>>()? {
                    match key.as_str() {
                        "cpu" => amounts.cpu = map.next_value()?,
                        "memory" => amounts.memory = map.next_value()?,
                        "ephemeral-storage" => amounts.ephemeral_storage = map.next_value()?,
                        _ => amounts.others |= map.next_value::<Field<IgnoredAny>>()?.is_present(),
                    }
                }
                Ok(amounts)
            }
        }

        deserializer.deserialize_map(ResourceListVisitor)
    }
}
