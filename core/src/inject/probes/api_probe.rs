//! Probes as the API's own type.

use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, Probe as ApiProbe, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::value::RawValue;

use super::port::SettledPort;
use crate::annotation::duration::Seconds;
use crate::annotation::probe::{Handler, Probe, Scheme};
use crate::inject::api_defaults;

/// Builds the API's probe with its port.
pub(super) fn of(probe: &Probe, settled: &SettledPort) -> ApiProbe {
    let mut object = ApiProbe {
        initial_delay_seconds: seconds(probe.delay),
        period_seconds: seconds(probe.period),
        timeout_seconds: seconds(probe.timeout),
        success_threshold: probe.success,
        failure_threshold: probe.failure,
        termination_grace_period_seconds: probe.grace.map(Seconds::get),
        ..ApiProbe::default()
    };
    // Only a command has no port.
    let port = settled.port.clone().unwrap_or_default();
    match &probe.handler {
        Handler::Exec(command) => {
            object.exec = Some(ExecAction { command: Some(command.words(settled.windows).to_vec()) })
        }
        Handler::Tcp { .. } => object.tcp_socket = Some(TCPSocketAction { host: None, port }),
        Handler::Grpc { service, .. } => {
            let port = if let IntOrString::Int(number) = port { number } else { 0 };
            object.grpc = Some(GRPCAction { port, service: service.clone(), ..GRPCAction::default() });
        }
        Handler::Http { scheme, path, headers, .. } => {
            let scheme = (*scheme == Scheme::Https).then(|| "HTTPS".to_owned());
            let headers = headers.iter().map(|(name, value)| HTTPHeader { name: name.clone(), value: value.clone() });
            let http_headers = Some(headers.collect::<Vec<_>>()).filter(|headers| !headers.is_empty());
            let path = path.clone();
            object.http_get = Some(HTTPGetAction { http_headers, path, port, scheme, ..HTTPGetAction::default() });
        }
    }
    object
}

/// Returns whether the existing probe equals this one.
///
/// A text that is too short for the probe is not decoded. The cost of many small probes then depends on their own size.
pub(super) fn is(existing: &RawValue, probe: &Probe, settled: &SettledPort) -> bool {
    has_room_for(existing.get().len(), probe, settled) && api_defaults::same_probe(existing, &of(probe, settled))
}

/// Returns whether so many bytes of JSON have room for the probe's texts in quotes.
fn has_room_for(bytes: usize, probe: &Probe, settled: &SettledPort) -> bool {
    let without = |left: usize, text: &String| left.checked_sub(text.len() + "\"\"".len());
    let left = match &probe.handler {
        Handler::Exec(command) => command.words(settled.windows).iter().try_fold(bytes, without),
        Handler::Http { headers, .. } => {
            headers.iter().flat_map(|(name, value)| [name, value]).try_fold(bytes, without)
        }
        Handler::Grpc { .. } | Handler::Tcp { .. } => Some(bytes),
    };
    left.is_some()
}

/// Converts a duration. The grammar limits it to a week, so it fits.
fn seconds(duration: Option<Seconds>) -> Option<i32> {
    duration.and_then(|duration| i32::try_from(duration.get()).ok())
}
