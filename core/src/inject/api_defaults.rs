//! The API server's defaults: which values count as unset, and which values are equal.
//!
//! The API server defaults a Pod before it calls webhooks (`k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`). In a
//! second round, podwright's own values also have defaults. Only this file recognises both.

use k8s_openapi::api::core::v1 as api;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Value;
use super::pod::{self, Authored, Field, Pod, Present};
use crate::annotation::downward::{Resource, Section};

/// The default of `terminationGracePeriodSeconds`. Some clients show that the author wrote this value
/// ([`pod::Authored`]).
pub(super) const GRACE_PERIOD_SECONDS: i64 = 30;

/// The default of `terminationMessagePath`.
pub(super) const MESSAGE_PATH: &str = "/dev/termination-log";

/// The default of `terminationMessagePolicy`.
pub(super) const MESSAGE_POLICY: &str = "File";

/// The default of `fieldRef.apiVersion`.
const FIELD_REF_API_VERSION: &str = "v1";

/// The Pod's grace period, apart from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentGracePeriod {
    /// Missing, or the API server's default.
    Unset,
    /// A value of the author or another webhook, in seconds.
    Set(i64),
}

/// Reads the Pod's `terminationGracePeriodSeconds`. A value that is no number counts as 0.
pub(super) fn grace_period(pod: &Pod<'_>) -> CurrentGracePeriod {
    match pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds.as_ref()) {
        None => CurrentGracePeriod::Unset,
        Some(scalar) => match scalar.integer().unwrap_or_default() {
            GRACE_PERIOD_SECONDS if !pod.authored().grace_period.is_shown() => CurrentGracePeriod::Unset,
            seconds => CurrentGracePeriod::Set(seconds),
        },
    }
}

/// Returns the container's own `terminationMessagePath`; `None` for the default.
pub(super) fn message_path<'c>(container: &'c pod::Container<'_>) -> Option<&'c str> {
    own(&container.termination_message_path, MESSAGE_PATH, container.authored.message_path)
}

/// Returns the container's own `terminationMessagePolicy`; `None` for the default.
pub(super) fn message_policy<'c>(container: &'c pod::Container<'_>) -> Option<&'c str> {
    own(&container.termination_message_policy, MESSAGE_POLICY, container.authored.message_policy)
}

fn own<'c>(field: &'c Field<pod::Str<'_>>, default: &str, authored: Authored) -> Option<&'c str> {
    let text = field.as_ref().map(pod::Str::as_str).filter(|text| !text.is_empty());
    text.filter(|text| *text != default || authored.is_shown())
}

/// The request and the limit of one resource, with the API server's default: it copies a limit to a missing request
/// (`SetDefaults_Pod`), before and after podwright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RequestAndLimit {
    /// `resources.requests`
    pub(super) request: Option<Present>,
    /// `resources.limits`
    pub(super) limit: Option<Present>,
}

impl RequestAndLimit {
    pub(super) fn get(&self, section: Section) -> Option<Present> {
        match section {
            Section::Requests => self.request,
            Section::Limits => self.limit,
        }
    }
}

/// Returns the container's own request and limit of a resource.
pub(super) fn amounts(container: &pod::Container<'_>, resource: Resource) -> RequestAndLimit {
    let own = |section| container.resources.as_ref()?.get(section, resource);
    let limit = own(Section::Limits);
    RequestAndLimit { request: own(Section::Requests).or(limit), limit }
}

/// The longest value to compare, in bytes of JSON. A setting's value is always shorter: a probe has at most 8 KiB of
/// text, and the API server writes a byte as at most six.
const COMPARED: usize = 64 * 1024;

/// Decodes a value as a type of the API. Returns `None` if it has another type, or is longer than any setting's value.
pub(super) fn decoded<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    (value.get().len() <= COMPARED).then(|| serde_json::from_str(value.get()).ok()).flatten()
}

/// Returns whether two variables have the same value.
pub(super) fn same_variable(there: &pod::EnvVar<'_>, wanted: &Value<'_>) -> bool {
    let literal = there.value.as_ref().map(pod::Str::as_str).unwrap_or_default();
    match (&there.value_from, wanted.literal()) {
        (Field::Missing, Some(wanted)) => literal == wanted,
        (Field::Present(source), None) => {
            literal.is_empty() && wanted.source().is_some_and(|it| same_source(source, it))
        }
        _ => false,
    }
}

/// Returns whether two volumes are the same, apart from defaults.
pub(super) fn same_volume(there: &pod::Volume<'_>, wanted: &api::DownwardAPIVolumeSource) -> bool {
    let there = there.downward_api.as_ref().and_then(|source| decoded(source));
    there.is_some_and(|there| defaulted_volume(there) == defaulted_volume(wanted.clone()))
}

/// Adds the server's defaults: files have mode 0644, and fields `apiVersion: v1`.
fn defaulted_volume(mut source: api::DownwardAPIVolumeSource) -> api::DownwardAPIVolumeSource {
    source.default_mode.get_or_insert(0o644);
    for field in source.items.iter_mut().flatten().filter_map(|file| file.field_ref.as_mut()) {
        field.api_version.get_or_insert_with(|| FIELD_REF_API_VERSION.to_owned());
    }
    source
}

/// Returns whether two hooks are the same.
pub(super) fn same_handler(there: &RawValue, wanted: &api::LifecycleHandler) -> bool {
    decoded::<api::LifecycleHandler>(there).is_some_and(|there| there == *wanted)
}

/// Returns whether two probes are the same, apart from defaults.
pub(super) fn same_probe(there: &RawValue, wanted: &api::Probe) -> bool {
    let there = decoded::<api::Probe>(there);
    there.is_some_and(|there| defaulted_probe(there) == defaulted_probe(wanted.clone()))
}

/// Adds the server's defaults (`SetDefaults_Probe`, `SetDefaults_HTTPGetAction`). `defaultHTTPGetProtocol` exists from
/// 1.37 on, with the gate `H2CContainerProbe`.
fn defaulted_probe(mut probe: api::Probe) -> api::Probe {
    for (field, default) in [
        (&mut probe.initial_delay_seconds, 0),
        (&mut probe.timeout_seconds, 1),
        (&mut probe.period_seconds, 10),
        (&mut probe.success_threshold, 1),
        (&mut probe.failure_threshold, 3),
    ] {
        *field = field.filter(|value| *value != 0).or(Some(default));
    }
    if let Some(http) = &mut probe.http_get {
        for (field, default) in [(&mut http.path, "/"), (&mut http.scheme, "HTTP"), (&mut http.protocol, "HTTP1")] {
            *field = field.take().filter(|text| !text.is_empty()).or(Some(default.to_owned()));
        }
    }
    if let Some(grpc) = &mut probe.grpc {
        grpc.service.get_or_insert_default();
    }
    probe
}

/// Returns the seconds of a hook's sleep: a native one, or the command `sleep`.
pub(super) fn sleep_of(handler: &api::LifecycleHandler) -> Option<i64> {
    let command = handler.exec.as_ref().and_then(|exec| exec.command.as_deref());
    match command {
        Some([sleep, seconds]) if sleep == "sleep" => seconds.parse().ok(),
        _ => handler.sleep.as_ref().map(|sleep| sleep.seconds),
    }
}

/// Returns the seconds of the native sleeps in a container's hooks, `preStop` first.
pub(super) fn native_sleeps(lifecycle: &pod::Lifecycle<'_>) -> impl Iterator<Item = i64> {
    let sleep = |hook: &pod::Field<&RawValue>| {
        let handler: api::LifecycleHandler = decoded(hook.as_ref()?)?;
        handler.sleep.map(|sleep| sleep.seconds)
    };
    [&lifecycle.pre_stop, &lifecycle.post_start].into_iter().filter_map(sleep)
}

fn same_source(there: &RawValue, wanted: api::EnvVarSource) -> bool {
    let there = decoded::<api::EnvVarSource>(there);
    there.is_some_and(|there| defaulted(there) == defaulted(wanted))
}

/// Adds the server's defaults: `apiVersion: v1`, and a missing divisor as `0`, which the server reads as 1.
fn defaulted(mut source: api::EnvVarSource) -> api::EnvVarSource {
    if let Some(field) = &mut source.field_ref {
        field.api_version.get_or_insert_with(|| FIELD_REF_API_VERSION.to_owned());
    }
    if let Some(divisor) = source.resource_field_ref.as_mut().map(|resource| &mut resource.divisor) {
        *divisor = divisor.take().filter(|divisor| divisor.0 != "0" && divisor.0 != "1");
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::downward::{FieldPath, ResourceField};

    fn same(there: &str, wanted: &Value<'_>) -> bool {
        let there: pod::EnvVar<'_> = serde_json::from_str(there).unwrap_or_else(|error| unreachable!("{error}"));
        same_variable(&there, wanted)
    }

    fn field() -> FieldPath {
        FieldPath::parse("metadata.name").unwrap_or_else(|_| unreachable!())
    }

    #[test]
    fn what_the_server_adds_makes_no_difference() {
        let path = field();
        let field = Value::Field(&path);
        for there in [r#""apiVersion":"v1","#, ""] {
            let there = format!(r#"{{"name":"A","valueFrom":{{"fieldRef":{{{there}"fieldPath":"metadata.name"}}}}}}"#);
            assert!(same(&there, &field), "{there}");
        }
        assert!(!same(r#"{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.uid"}}}"#, &field));
        assert!(!same(r#"{"name":"A","value":"metadata.name"}"#, &field));
        assert!(!same(r#"{"name":"A","valueFrom":{"unheardOf":{}}}"#, &field));
        let of = ResourceField { section: Section::Limits, resource: Resource::Cpu, divisor: None };
        let resource = Value::Resource(of);
        assert!(same(
            r#"{"name":"A","valueFrom":{"resourceFieldRef":{"divisor":"0","resource":"limits.cpu"}}}"#,
            &resource
        ));
        assert!(!same(
            r#"{"name":"A","valueFrom":{"resourceFieldRef":{"divisor":"1m","resource":"limits.cpu"}}}"#,
            &resource
        ));
    }

    #[test]
    fn a_probe_is_compared_with_the_servers_protocol_and_no_other() {
        let probe = |protocol: &str| format!(r#"{{"httpGet":{{"path":"/ready","port":8080{protocol}}}}}"#);
        let wanted: api::Probe = serde_json::from_str(&probe("")).unwrap_or_else(|error| unreachable!("{error}"));
        let same = |protocol| {
            let there = RawValue::from_string(probe(protocol)).unwrap_or_else(|error| unreachable!("{error}"));
            same_probe(&there, &wanted)
        };
        assert!(same("") && same(r#","protocol":"HTTP1""#));
        assert!(!same(r#","protocol":"HTTP2""#));
    }

    #[test]
    fn an_empty_literal_is_a_missing_one() {
        assert!(same(r#"{"name":"A"}"#, &Value::Literal("".into())));
        assert!(!same(r#"{"name":"A"}"#, &Value::Literal("x".into())));
        let path = field();
        let both = r#"{"name":"A","value":"x","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}"#;
        assert!(!same(both, &Value::Field(&path)));
    }

    #[test]
    fn thirty_seconds_cannot_be_told_from_none() {
        let read = |json: &str| grace_period(&Pod::parse(json.as_bytes()).unwrap_or_default());
        assert_eq!(read("{}"), CurrentGracePeriod::Unset);
        assert_eq!(read(r#"{"spec":{"terminationGracePeriodSeconds":30}}"#), CurrentGracePeriod::Unset);
        assert_eq!(read(r#"{"spec":{"terminationGracePeriodSeconds":0}}"#), CurrentGracePeriod::Set(0));
        assert_eq!(read(r#"{"spec":{"terminationGracePeriodSeconds":"odd"}}"#), CurrentGracePeriod::Set(0));
    }
}
