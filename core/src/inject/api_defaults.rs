//! The API server's defaults: the values that count as unset, and the values that are the same.
//!
//! A Pod arrives already defaulted (`k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`), and in a second round our own
//! values come back defaulted too. Both must be recognised, here and nowhere else.

use k8s_openapi::api::core::v1 as api;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Value;
use super::pod::{self, Authored, Field, Pod, Present};
use crate::annotation::downward::{Resource, Section};

/// `terminationGracePeriodSeconds` where the author wrote none. An author who wrote just this is told apart where the client
/// leaves evidence ([`pod::Authored`]).
pub(super) const GRACE_PERIOD_SECONDS: i64 = 30;

/// `terminationMessagePath` where the author wrote none, likewise.
pub(super) const MESSAGE_PATH: &str = "/dev/termination-log";

/// `terminationMessagePolicy`, likewise.
pub(super) const MESSAGE_POLICY: &str = "File";

/// `fieldRef.apiVersion` where none was written.
const FIELD_REF_API_VERSION: &str = "v1";

/// The Pod's grace period as far as it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentGracePeriod {
    /// Missing, or what the server puts where it is missing.
    Unset,
    /// Somebody's own, in seconds.
    Set(i64),
}

/// The Pod's `terminationGracePeriodSeconds`; a value that is no number leaves no time at all.
pub(super) fn grace_period(pod: &Pod<'_>) -> CurrentGracePeriod {
    match pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds.as_ref()) {
        None => CurrentGracePeriod::Unset,
        Some(scalar) => match scalar.integer().unwrap_or_default() {
            GRACE_PERIOD_SECONDS if !pod.authored().grace_period.is_shown() => CurrentGracePeriod::Unset,
            seconds => CurrentGracePeriod::Set(seconds),
        },
    }
}

/// The container's own `terminationMessagePath`; `None` for the default.
pub(super) fn message_path<'c>(container: &'c pod::Container<'_>) -> Option<&'c str> {
    own(&container.termination_message_path, MESSAGE_PATH, container.authored.message_path)
}

/// The container's own `terminationMessagePolicy`; `None` for the default.
pub(super) fn message_policy<'c>(container: &'c pod::Container<'_>) -> Option<&'c str> {
    own(&container.termination_message_policy, MESSAGE_POLICY, container.authored.message_policy)
}

fn own<'c>(field: &'c Field<pod::Str<'_>>, default: &str, authored: Authored) -> Option<&'c str> {
    let text = field.as_ref().map(pod::Str::as_str).filter(|text| !text.is_empty());
    text.filter(|text| *text != default || authored.is_shown())
}

/// A request and a limit of one resource, as the API server has them before it calls us: a limit without a request is the
/// request too (`SetDefaults_Pod`), and so it does again after us.
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

/// The container's own request and limit of a resource.
pub(super) fn amounts(container: &pod::Container<'_>, resource: Resource) -> RequestAndLimit {
    let own = |section| container.resources.as_ref()?.get(section, resource);
    let limit = own(Section::Limits);
    RequestAndLimit { request: own(Section::Requests).or(limit), limit }
}

/// The longest value that is compared, in bytes of JSON: what is wished for is always shorter (a probe has 8 KiB of text, and
/// the API server writes a byte as six at most).
const COMPARED: usize = 64 * 1024;

/// A value as the API has it; `None` where it is something else, or longer than anything that is wished for.
pub(super) fn decoded<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    (value.get().len() <= COMPARED).then(|| serde_json::from_str(value.get()).ok()).flatten()
}

/// Whether the variable that is there says the same as the one that is wanted.
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

/// Whether the volume that is there is the one that is wanted.
pub(super) fn same_volume(there: &pod::Volume<'_>, wanted: &api::DownwardAPIVolumeSource) -> bool {
    let there = there.downward_api.as_ref().and_then(|source| decoded(source));
    there.is_some_and(|there| defaulted_volume(there) == defaulted_volume(wanted.clone()))
}

/// As the server would store it: files are 0644, and `apiVersion: v1`.
fn defaulted_volume(mut source: api::DownwardAPIVolumeSource) -> api::DownwardAPIVolumeSource {
    source.default_mode.get_or_insert(0o644);
    for field in source.items.iter_mut().flatten().filter_map(|file| file.field_ref.as_mut()) {
        field.api_version.get_or_insert_with(|| FIELD_REF_API_VERSION.to_owned());
    }
    source
}

/// Whether the hook that is there is the one that is wanted.
pub(super) fn same_handler(there: &RawValue, wanted: &api::LifecycleHandler) -> bool {
    decoded::<api::LifecycleHandler>(there).is_some_and(|there| there == *wanted)
}

/// Whether the probe that is there is the one that is wanted.
pub(super) fn same_probe(there: &RawValue, wanted: &api::Probe) -> bool {
    let there = decoded::<api::Probe>(there);
    there.is_some_and(|there| defaulted_probe(there) == defaulted_probe(wanted.clone()))
}

/// As the server would store it (`SetDefaults_Probe`, `SetDefaults_HTTPGetAction`; `defaultHTTPGetProtocol` from 1.37 on, with
/// the gate `H2CContainerProbe`).
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

/// The seconds that a hook sleeps, natively or by the command that stands in for it.
pub(super) fn sleep_of(handler: &api::LifecycleHandler) -> Option<i64> {
    let command = handler.exec.as_ref().and_then(|exec| exec.command.as_deref());
    match command {
        Some([sleep, seconds]) if sleep == "sleep" => seconds.parse().ok(),
        _ => handler.sleep.as_ref().map(|sleep| sleep.seconds),
    }
}

/// The seconds of the native sleeps in a container's hooks, `preStop` first. Hooks of other kinds do not sleep.
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

/// As the server would store it: `apiVersion: v1`, and a missing divisor as the `0` that it reads as 1.
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
