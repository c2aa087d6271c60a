//! `ports` of a container: those that a probe or a variable may ask for.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::objects::objects;
use super::scalars::{Field, Nullable, Scalar, Str};

/// One of `ports`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ContainerPort<'a> {
    /// Empty where missing.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// From 1 to 65535.
    #[serde(borrow, default)]
    pub container_port: Field<Scalar<'a>>,
    /// `TCP`, `UDP` or `SCTP`; `TCP` where missing.
    #[serde(borrow, default)]
    pub protocol: Field<Str<'a>>,
}

objects!(ContainerPort);

/// Whether a port of this `protocol` is one for TCP.
pub(super) fn is_tcp(protocol: &Field<Str<'_>>) -> bool {
    matches!(protocol.as_ref().map(Str::as_str), None | Some("" | "TCP"))
}

impl ContainerPort<'_> {
    /// Whether it is for TCP.
    pub fn is_tcp(&self) -> bool {
        is_tcp(&self.protocol)
    }
}

/// The ports in the author's order, without those for UDP and SCTP that have no name: a media server declares tens of
/// thousands of them, and nobody can ask for one. The first port is always here.
#[derive(Debug, Default)]
pub struct Ports<'a>(pub Vec<ContainerPort<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Ports<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ports = deserializer.deserialize_option(Nullable(PhantomData::<Listed<'a>>))?;
        Ok(ports.map(|Listed(ports)| ports).unwrap_or_default())
    }
}

/// Ports that are not `null`.
struct Listed<'a>(Ports<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Listed<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PortsVisitor(PhantomData)).map(Self)
    }
}

struct PortsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for PortsVisitor<'a> {
    type Value = Ports<'a>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of ports")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Ports<'a>, A::Error> {
        let mut ports = Vec::new();
        while let Some(port) = sequence.next_element::<ContainerPort<'a>>()? {
            if ports.is_empty() || port.is_tcp() || !port.name.as_str().is_empty() {
                ports.push(port);
            }
        }
        Ok(Ports(ports))
    }
}
