//! The table of keys. The parser, the suggestions, docs/annotations.md, `podwright explain` and the JSON schema use it.

use super::amounts::Amounts;
use super::duration::{GracePeriod, Seconds};
use super::paths::{MessagePath, MessagePolicy, MountPath};
use super::probe::{Probe, ProbeKind};
use super::settings::Toggle;
use super::value_shape::ValueShape;
use super::{Expected, Layer, containers, downward};
use crate::text::shorten;

/// The objects that a key can apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole Pod.
    Pod,
    /// The whole Pod, or one container as `<container>.podwright.dev/<key>`.
    PodAndContainer,
}

/// One key of the table.
#[derive(Clone, Copy)]
pub struct Key {
    /// The name after the prefix: `downward-env`.
    pub name: &'static str,
    /// The form of its value in the configuration file. Absent if a profile cannot have the key.
    pub shape: Option<ValueShape>,
    /// The objects that it can apply to.
    pub scope: Scope,
    /// The form of its value, for readers.
    pub grammar: &'static str,
    /// A valid value.
    pub example: &'static str,
    /// Its meaning. The first sentence has at most 14 words and says what the key adds.
    pub doc: &'static str,
    /// Parses the value into its layer.
    pub set: SetKey,
}

/// Parses a value into a layer, or returns every error in the value.
pub type SetKey = fn(&mut Layer, &str) -> Result<(), Vec<Expected>>;

const PROBE: &str = "http, https, tcp or grpc, with or without a port, or exec:COMMAND, then options; \
                     or a Probe as JSON or YAML; or true, or false";
const AMOUNTS: &str = "RESOURCE=QUANTITY with commas, for cpu, memory and ephemeral-storage; or true, or false";

/// Every key, in the order of the documentation.
pub const KEYS: [Key; 15] = [
    Key {
        name: "inject",
        shape: None,
        scope: Scope::PodAndContainer,
        grammar: "\"true\" or \"false\"; for one container, only \"false\"",
        example: "true",
        doc: "Injects the whole profile (true), or disables podwright for the Pod (false), including validation. For \
              one container, false leaves that container out.",
        set: |layer, text| {
            layer.inject = Some(parse_bool(text)?);
            Ok(())
        },
    },
    Key {
        name: "profile",
        shape: None,
        scope: Scope::Pod,
        grammar: "the name of a profile",
        example: "web",
        doc: "Selects the profile, and implies inject: \"true\". The default is \"default\", or the Namespace's \
              profile.",
        set: |layer, text| {
            layer.profile = Some(text.to_owned());
            Ok(())
        },
    },
    Key {
        name: "containers",
        shape: None,
        scope: Scope::Pod,
        grammar: "comma-separated container names, or *",
        example: "app,worker",
        doc: "Restricts the settings of the Pod and the profile to these containers.",
        set: |layer, text| {
            layer.containers = Some(containers::Selection::parse(text)?);
            Ok(())
        },
    },
    Key {
        name: "downward-env",
        shape: Some(ValueShape::List),
        scope: Scope::PodAndContainer,
        grammar: "well-known names and NAME=SOURCE with commas; or true, or false",
        example: "POD_NAME,POD_IP,GOMEMLIMIT=limits.memory*90%",
        doc: "Adds environment variables from the Downward API, before the author's own. Replaces the profile's list.",
        set: |layer, text| {
            layer.settings.downward_env = Some(toggle(text, |text| downward::parse_list(text).map(Toggle::Value))?);
            Ok(())
        },
    },
    Key {
        name: "downward-volume",
        shape: Some(ValueShape::Text),
        scope: Scope::PodAndContainer,
        grammar: "an absolute path, or true, or false",
        example: "/etc/podinfo",
        doc: "Mounts the Pod's labels and annotations as read-only files. The kubelet keeps them up to date.",
        set: |layer, text| {
            layer.settings.downward_volume = Some(toggle(text, |text| one(MountPath::parse(text)))?);
            Ok(())
        },
    },
    Key {
        name: "termination-message-path",
        shape: Some(ValueShape::Text),
        scope: Scope::PodAndContainer,
        grammar: "an absolute path, or true, or false",
        example: "/tmp/termination-log",
        doc: "Sets terminationMessagePath, the file with the container's final message. /dev/termination-log counts as \
              unset.",
        set: |layer, text| {
            layer.settings.termination_message_path = Some(toggle(text, |text| one(MessagePath::parse(text)))?);
            Ok(())
        },
    },
    Key {
        name: "termination-message-policy",
        shape: Some(ValueShape::Word(&["File", "FallbackToLogsOnError"])),
        scope: Scope::PodAndContainer,
        grammar: "File or FallbackToLogsOnError, or true, or false",
        example: "FallbackToLogsOnError",
        doc: "Sets terminationMessagePolicy, the source of the container's final message. FallbackToLogsOnError uses \
              the end of the log if a failed container left the file empty. File counts as unset.",
        set: |layer, text| {
            layer.settings.termination_message_policy = Some(toggle(text, |text| one(MessagePolicy::parse(text)))?);
            Ok(())
        },
    },
    Key {
        name: "startup-probe",
        shape: Some(ValueShape::Probe),
        scope: Scope::PodAndContainer,
        grammar: PROBE,
        example: "tcp period=2s failure=60",
        doc: "Adds a startupProbe, which delays the other probes until it succeeds.",
        set: |layer, text| {
            layer.settings.startup_probe = Some(probe(text, ProbeKind::Startup)?);
            Ok(())
        },
    },
    Key {
        name: "readiness-probe",
        shape: Some(ValueShape::Probe),
        scope: Scope::PodAndContainer,
        grammar: PROBE,
        example: "http:8080/ready period=5s",
        doc: "Adds a readinessProbe; Services send requests only while it succeeds.",
        set: |layer, text| {
            layer.settings.readiness_probe = Some(probe(text, ProbeKind::Readiness)?);
            Ok(())
        },
    },
    Key {
        name: "liveness-probe",
        shape: Some(ValueShape::Probe),
        scope: Scope::PodAndContainer,
        grammar: PROBE,
        example: "http:/healthz delay=10s",
        doc: "Adds a livenessProbe; the kubelet restarts the container when it fails.",
        set: |layer, text| {
            layer.settings.liveness_probe = Some(probe(text, ProbeKind::Liveness)?);
            Ok(())
        },
    },
    Key {
        name: "pre-stop-sleep",
        shape: Some(ValueShape::Duration),
        scope: Scope::PodAndContainer,
        grammar: "a duration in whole seconds, or true, or false",
        example: "5s",
        doc: "Adds lifecycle.preStop.sleep, and extends the default grace period by it. 0 means false.",
        set: |layer, text| {
            layer.settings.pre_stop_sleep = Some(toggle(text, seconds_or_off)?);
            Ok(())
        },
    },
    Key {
        name: "termination-grace-period",
        shape: Some(ValueShape::Duration),
        scope: Scope::Pod,
        grammar: "a duration in whole seconds, or true, or false",
        example: "60s",
        doc: "Sets terminationGracePeriodSeconds if the Pod has the default of 30. The period includes the preStop \
              sleep. false keeps the Pod's period.",
        set: |layer, text| {
            layer.settings.termination_grace_period = Some(grace_period(text)?);
            Ok(())
        },
    },
    Key {
        name: "requests",
        shape: Some(ValueShape::Amounts),
        scope: Scope::PodAndContainer,
        grammar: AMOUNTS,
        example: "cpu=100m,memory=128Mi",
        doc: "Adds missing entries to resources.requests; existing entries stay. Merges its entries with the \
              profile's.",
        set: |layer, text| {
            layer.settings.requests = Some(toggle(text, |text| Amounts::parse(text).map(Toggle::Value))?);
            Ok(())
        },
    },
    Key {
        name: "limits",
        shape: Some(ValueShape::Amounts),
        scope: Scope::PodAndContainer,
        grammar: AMOUNTS,
        example: "memory=256Mi",
        doc: "Adds missing entries to resources.limits; existing entries stay. Merges its entries with the profile's. \
              The API server copies a limit without a request to the request.",
        set: |layer, text| {
            layer.settings.limits = Some(toggle(text, |text| Amounts::parse(text).map(Toggle::Value))?);
            Ok(())
        },
    },
    Key {
        name: "status",
        shape: None,
        scope: Scope::Pod,
        grammar: "JSON, written by podwright",
        example: r#"{"version":"0.1.0","profile":"default"}"#,
        doc: "Reports the injection, its profile and its version. podwright writes the status and never bases a \
              decision on it.",
        set: |_, _| Ok(()),
    },
];

/// Returns the keys that a profile can have, with the forms of their values.
pub fn of_profiles() -> impl Iterator<Item = (&'static Key, ValueShape)> {
    KEYS.iter().filter_map(|key| Some((key, key.shape?)))
}

/// Finds a key by its name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn parse_bool(text: &str) -> Result<bool, Vec<Expected>> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let problem = format!("invalid value \"{}\": expected \"true\" or \"false\"", shorten(text));
            Err(vec![Expected::new(problem, "")])
        }
    }
}

fn toggle<T>(
    text: &str,
    value: impl FnOnce(&str) -> Result<Toggle<T>, Vec<Expected>>,
) -> Result<Toggle<T>, Vec<Expected>> {
    match text {
        "true" => Ok(Toggle::FromProfile),
        "false" => Ok(Toggle::Off),
        text => value(text),
    }
}

fn one<T>(value: Result<T, Expected>) -> Result<Toggle<T>, Vec<Expected>> {
    value.map(Toggle::Value).map_err(|fault| vec![fault])
}

fn probe(text: &str, kind: ProbeKind) -> Result<Toggle<Probe>, Vec<Expected>> {
    toggle(text, |text| Probe::parse(text, kind).map(Toggle::Value))
}

fn seconds_or_off(text: &str) -> Result<Toggle<Seconds>, Vec<Expected>> {
    let seconds = Seconds::parse(text).map_err(|fault| vec![fault])?;
    Ok(seconds.map_or(Toggle::Off, Toggle::Value))
}

/// Parses a grace period. `false` is a value here: with it, a preStop sleep does not extend the period.
fn grace_period(text: &str) -> Result<Toggle<GracePeriod>, Vec<Expected>> {
    match toggle(text, seconds_or_off)? {
        Toggle::Off if text != "false" => {
            let problem = format!(
                "invalid grace period \"{}\": the Pod would have no time to stop; expected at least 1s, or false to \
                 keep the Pod's period",
                shorten(text)
            );
            Err(vec![Expected::new(problem, "60s")])
        }
        Toggle::Off => Ok(Toggle::Value(GracePeriod::AsItIs)),
        Toggle::FromProfile => Ok(Toggle::FromProfile),
        Toggle::Value(seconds) => Ok(Toggle::Value(GracePeriod::Total(seconds))),
    }
}

#[cfg(test)]
mod tests {
    use super::{KEYS, Layer};

    #[test]
    fn every_example_is_understood() {
        for key in KEYS {
            assert_eq!((key.set)(&mut Layer::default(), key.example), Ok(()), "{}", key.name);
        }
    }

    #[test]
    fn a_profile_has_every_key_that_is_a_setting() {
        for key in KEYS {
            let mut layer = Layer::default();
            let _ = (key.set)(&mut layer, "true");
            assert_eq!(key.shape.is_some(), !layer.settings.is_empty(), "{}", key.name);
        }
    }

    #[test]
    fn names_are_unique_and_legal_in_an_annotation() {
        for (place, key) in KEYS.iter().enumerate() {
            assert!(key.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", key.name);
            assert!(KEYS.iter().skip(place + 1).all(|other| other.name != key.name), "{}", key.name);
        }
    }
}
