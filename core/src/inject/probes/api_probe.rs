//! A probe as the API has it.

use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, Probe as ApiProbe, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::value::RawValue;

use super::port::SettledPort;
use crate::annotation::duration::Seconds;
use crate::annotation::probe::{Handler, Probe, Scheme};
use crate::inject::api_defaults;

/// The probe with its port.
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
    // A command alone has no port.
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

/// Whether the probe that is there is this one.
///
/// A text that is too short for the probe is not compared: many containers with small probes cost what they hold.
pub(super) fn is(existing: &RawValue, probe: &Probe, settled: &SettledPort) -> bool {
    has_room_for(existing.get().len(), probe, settled) && api_defaults::same_probe(existing, &of(probe, settled))
}

/// Whether JSON of so many bytes has room for the probe's texts, each of them in quotes.
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

/// The durations of this grammar are a week at most.
fn seconds(duration: Option<Seconds>) -> Option<i32> {
    duration.and_then(|duration| i32::try_from(duration.get()).ok())
}
