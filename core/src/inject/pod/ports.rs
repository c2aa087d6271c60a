//! `ports` of a container.

use serde::Deserialize;

use super::fields::{Field, Scalar, Str};
use super::json_objects::objects;

/// An item of `ports`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ContainerPort<'a> {
    /// The name; empty if missing.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// The number, from 1 to 65535.
    #[serde(borrow, default)]
    pub container_port: Field<Scalar<'a>>,
    /// `TCP`, `UDP` or `SCTP`; `TCP` if missing.
    #[serde(borrow, default)]
    pub protocol: Field<Str<'a>>,
}

objects!(ContainerPort);

/// Returns whether a port with this `protocol` is a TCP port.
pub(super) fn is_tcp(protocol: &Field<Str<'_>>) -> bool {
    matches!(protocol.as_ref().map(Str::as_str), None | Some("" | "TCP"))
}

impl ContainerPort<'_> {
    /// Returns whether the port is a TCP port.
    pub fn is_tcp(&self) -> bool {
        is_tcp(&self.protocol)
    }
}
