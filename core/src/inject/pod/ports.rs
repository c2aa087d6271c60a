//! `ports` of a container.

use serde::Deserialize;

use super::fields::{Field, Scalar, Str};
use super::json_objects::objects;

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
