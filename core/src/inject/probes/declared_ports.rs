//! The TCP ports that a container declares.

use crate::annotation::probe::Port;
use crate::inject::pod::{Container, ContainerPort, Scalar};

/// Returns whether the container declares this TCP port, by number or by name.
pub(super) fn declares(container: &Container<'_>, wanted: &Port) -> bool {
    tcp_ports(container).any(|port| match wanted {
        Port::Number(wanted) => number(port) == Some(*wanted),
        Port::Name(wanted) => port.name.as_str() == wanted,
    })
}

/// Returns the number of a declared port; `None` if it is not a valid port number.
pub(super) fn number(port: &ContainerPort<'_>) -> Option<u16> {
    port.container_port.as_ref().map(Scalar::text)?.parse().ok()
}

/// Returns the container's TCP ports, in their order.
pub(super) fn tcp_ports<'c, 'a>(container: &'c Container<'a>) -> impl Iterator<Item = &'c ContainerPort<'a>> {
    container.ports.0.iter().filter(|port| port.is_tcp())
}
