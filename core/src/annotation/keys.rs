//! The table of keys: the one place that knows them. The parser, the suggestions and (from the same rows) the
//! documentation and `podwright explain` read it.

use super::amounts::Amounts;
use super::duration::{GracePeriod, Seconds};
use super::paths::{MessagePath, MessagePolicy, MountPath};
use super::probe::{Probe, ProbeKind};
use super::settings::Toggle;
use super::value_shape::ValueShape;
use super::{Expected, Layer, containers, downward};

/// The places where a key may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On the Pod alone.
    Pod,
    /// On the Pod, and for one container as `<container>.podwright.dev/<key>`.
    PodAndContainer,
}

/// One key: what it is called, what it takes, and what it does to the layer it stands in.
#[derive(Clone, Copy)]
pub struct Key {
    /// The name behind the prefix: `downward-env`.
    pub name: &'static str,
    /// The form of its value in a profile of the configuration file; absent, it is no setting of a profile.
    pub shape: Option<ValueShape>,
    /// The places where it may stand.
    pub scope: Scope,
    /// The form of its value, for people.
    pub grammar: &'static str,
    /// A value that is understood; a test parses it.
    pub example: &'static str,
    /// Its meaning, in a sentence or two.
    pub doc: &'static str,
    /// Reads the value into its layer.
    pub set: SetKey,
}

/// Reads a value into a layer, or says everything that is wrong with it.
pub type SetKey = fn(&mut Layer, &str) -> Result<(), Vec<Expected>>;

const PROBE: &str = "http, https, tcp or grpc, each with a port or without, or exec:COMMAND; options; or a whole Probe as \
                     JSON or YAML; or true, or false";
const AMOUNTS: &str = "RESOURCE=QUANTITY, separated by commas, of cpu, memory and ephemeral-storage; or true, or false";

/// Every key, in the order of the documentation.
pub const KEYS: [Key; 15] = [
    Key {
        name: "inject",
        shape: None,
        scope: Scope::PodAndContainer,
        grammar: "\"true\" or \"false\"; for one container, \"false\" only",
        example: "true",
        doc: "true: everything the profile names. false: nothing, whatever else is set, and nothing is even validated; \
              for one container, it is left out.",
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
        doc: "Which profile supplies the defaults; \"default\" where absent. Implies inject: \"true\".",
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
        doc: "Restricts every Pod-level and profile setting to these containers.",
        set: |layer, text| {
            layer.containers = Some(containers::Selection::parse(text)?);
            Ok(())
        },
    },
    Key {
        name: "downward-env",
        shape: Some(ValueShape::List),
        scope: Scope::PodAndContainer,
        grammar: "a comma-separated list of well-known names and NAME=SOURCE, or true, or false",
        example: "POD_NAME,POD_IP,GOMEMLIMIT=limits.memory*90%",
        doc: "Environment variables from the Downward API, before the author's own. Replaces the profile's list.",
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
        doc: "Mounts the Pod's labels and annotations as files, read-only, kept up to date by the kubelet.",
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
        doc: "terminationMessagePath: the file whose content is the container's last word. /dev/termination-log counts as \
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
        doc: "terminationMessagePolicy: whether the end of the log serves where that file is empty. File counts as unset.",
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
        doc: "startupProbe: holds the other two back until it has succeeded once.",
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
        doc: "readinessProbe: whether Services send requests to the Pod.",
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
        doc: "livenessProbe: the container is restarted where it fails.",
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
        doc: "lifecycle.preStop.sleep, and room for it in the grace period. 0 is false.",
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
        doc: "terminationGracePeriodSeconds in total, the preStop sleep included, where the Pod left the default of 30. \
              false leaves it alone.",
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
        doc: "resources.requests: entries that are absent are filled, those that are there are kept. Merged entry by entry \
              over the profile's.",
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
        doc: "resources.limits, likewise. The API server makes a lone limit the request too.",
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
        doc: "What was injected, by which profile and version. Report only: it is never read to decide anything.",
        set: |_, _| Ok(()),
    },
];

/// The keys that are settings of a profile, with the form of their values there.
pub fn of_profiles() -> impl Iterator<Item = (&'static Key, ValueShape)> {
    KEYS.iter().filter_map(|key| Some((key, key.shape?)))
}

/// The row of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn parse_bool(text: &str) -> Result<bool, Vec<Expected>> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(vec![Expected::new("is neither true nor false", "true")]),
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

/// `false` is a value here: it keeps a preStop sleep from extending the period.
fn grace_period(text: &str) -> Result<Toggle<GracePeriod>, Vec<Expected>> {
    match toggle(text, seconds_or_off)? {
        Toggle::Off if text != "false" => {
            let problem =
                "would end the Pod without any grace; expected at least a second, or false to leave it as it is";
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
