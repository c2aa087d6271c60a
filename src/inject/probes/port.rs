//! Which port a probe asks, and the probe as the API has it.

use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, Probe as ApiProbe, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::super::Reason;
use super::super::pod::{Container, ContainerPort, Scalar, Str};
use crate::annotation::probe::{Handler, Port, Probe, Scheme};
use crate::annotation::seconds::Seconds;

pub(super) const NO_PORT: Reason = Reason {
    code: "NoPort",
    sentence: "it names no port, and the container declares none that it could be",
    remedy: "Declare the port under ports, or name it in the probe: tcp:8080.",
};
pub(super) const PORT_NOT_DECLARED: Reason = Reason {
    code: "PortNotDeclared",
    sentence: "the container declares no TCP port of that name, so it would never succeed",
    remedy: "Declare the port by that name under ports, or give the probe its number.",
};

/// The probe for this container, its port settled.
pub(super) fn settle(probe: &Probe, container: &Container<'_>) -> Result<ApiProbe, Reason> {
    let mut settled = ApiProbe {
        initial_delay_seconds: seconds(probe.delay),
        period_seconds: seconds(probe.period),
        timeout_seconds: seconds(probe.timeout),
        success_threshold: probe.success,
        failure_threshold: probe.failure,
        termination_grace_period_seconds: probe.grace.map(Seconds::get),
        ..ApiProbe::default()
    };
    match &probe.handler {
        Handler::Exec(command) => settled.exec = Some(ExecAction { command: Some(command.clone()) }),
        Handler::Tcp { port } => {
            let port = named_or_inferred(port.as_ref(), None, container)?;
            settled.tcp_socket = Some(TCPSocketAction { host: None, port });
        }
        Handler::Grpc { port, service } => {
            let inferred = || infer(usual_name(&probe.handler), container).ok_or(NO_PORT);
            let port = port.map_or_else(inferred, Ok)?;
            settled.grpc = Some(GRPCAction { port: i32::from(port), service: service.clone() });
        }
        Handler::Http { scheme, port, path, headers } => {
            let scheme = (*scheme == Scheme::Https).then(|| "HTTPS".to_owned());
            let port = named_or_inferred(port.as_ref(), usual_name(&probe.handler), container)?;
            let headers = headers.iter().map(|(name, value)| HTTPHeader { name: name.clone(), value: value.clone() });
            let http_headers = Some(headers.collect::<Vec<_>>()).filter(|headers| !headers.is_empty());
            settled.http_get = Some(HTTPGetAction { host: None, http_headers, path: path.clone(), port, scheme });
        }
    }
    Ok(settled)
}

/// The durations of this grammar are a week at most.
fn seconds(duration: Option<Seconds>) -> Option<i32> {
    duration.and_then(|duration| i32::try_from(duration.get()).ok())
}

/// The name that the port of such a handler usually has.
pub(super) fn usual_name(handler: &Handler) -> Option<&'static str> {
    match handler {
        Handler::Http { scheme: Scheme::Http, .. } => Some("http"),
        Handler::Http { scheme: Scheme::Https, .. } => Some("https"),
        Handler::Grpc { .. } => Some("grpc"),
        Handler::Tcp { .. } | Handler::Exec(_) => None,
    }
}

fn named_or_inferred(
    port: Option<&Port>,
    usual: Option<&str>,
    container: &Container<'_>,
) -> Result<IntOrString, Reason> {
    match port {
        Some(Port::Number(number)) => Ok(IntOrString::Int(i32::from(*number))),
        Some(port @ Port::Name(name)) if declares(container, port) => Ok(IntOrString::String(name.clone())),
        Some(Port::Name(_)) => Err(PORT_NOT_DECLARED),
        None => infer(usual, container).map(|number| IntOrString::Int(i32::from(number))).ok_or(NO_PORT),
    }
}

/// What the name of a port may say that it speaks (`NAME` or `NAME-…`, the convention of Istio's and of `appProtocol`).
const PROTOCOLS: [&str; 11] =
    ["grpc", "grpc-web", "http", "http2", "https", "mongo", "mysql", "postgres", "postgresql", "redis", "tls"];

/// The port of the usual name, else the first one whose name does not say that it speaks something else.
fn infer(usual: Option<&str>, container: &Container<'_>) -> Option<u16> {
    let named = tcp_ports(container).find(|port| Some(port.name.as_str()) == usual);
    let first = || tcp_ports(container).find(|port| usual.is_none_or(|usual| may_speak(port.name.as_str(), usual)));
    number(named.or_else(first)?)
}

fn may_speak(name: &str, protocol: &str) -> bool {
    let says = |other: &&str| name.strip_prefix(*other).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    PROTOCOLS.iter().filter(|other| says(other)).max_by_key(|other| other.len()).is_none_or(|other| *other == protocol)
}

/// Whether the container declares this port for TCP, by number or by name.
pub(super) fn declares(container: &Container<'_>, wanted: &Port) -> bool {
    tcp_ports(container).any(|port| match wanted {
        Port::Number(wanted) => number(port) == Some(*wanted),
        Port::Name(wanted) => port.name.as_str() == wanted,
    })
}

fn number(port: &ContainerPort<'_>) -> Option<u16> {
    port.container_port.as_ref().map(Scalar::text)?.parse().ok()
}

fn tcp_ports<'c, 'a>(container: &'c Container<'a>) -> impl Iterator<Item = &'c ContainerPort<'a>> {
    container.ports.0.iter().filter(|port| matches!(port.protocol.as_ref().map(Str::as_str), None | Some("" | "TCP")))
}
