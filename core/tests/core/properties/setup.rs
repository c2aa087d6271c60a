//! A setup of podwright, and one round with it.

use std::sync::OnceLock;

use podwright_core::annotation::{Layer, keys};
use podwright_core::inject::{Injection, Refused, Root, inject, pod::Pod};
use podwright_core::profile::{Configuration, OnInvalidAnnotation, OptIn, PreStopAction, Profile};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::kept::patched;

/// A configuration, and the profile of the Pod's Namespace, if that opted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    action: Action,
    namespace: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// The built-in configuration.
    BuiltIn,
    /// `onInvalidAnnotation: Warn`
    Warn,
    /// `preStopAction: Exec`
    Exec,
}

/// In half of each, the Pods must opt in themselves.
pub fn setup() -> impl Strategy<Value = Setup> {
    let namespaces = select(vec![None, None, None, Some("default"), Some("web"), Some("full")]);
    (select(vec![Action::BuiltIn, Action::BuiltIn, Action::Warn, Action::Exec]), namespaces)
        .prop_map(|(action, namespace)| Setup { action, namespace })
}

impl Setup {
    pub const BUILT_IN: Self = Self { action: Action::BuiltIn, namespace: None };

    /// The setup with `onInvalidAnnotation: Warn`.
    pub fn warn(self) -> Self {
        Self { action: Action::Warn, ..self }
    }

    fn configuration(self) -> &'static Configuration {
        static ALL: OnceLock<[Configuration; 3]> = OnceLock::new();
        let [built_in, warn, exec] = ALL.get_or_init(|| {
            let mut built_in = Configuration::default();
            built_in.profiles.insert("full".to_owned(), full());
            let warn = Configuration { on_invalid_annotation: OnInvalidAnnotation::Warn, ..built_in.clone() };
            let exec = Configuration { pre_stop_action: PreStopAction::Exec, ..built_in.clone() };
            [built_in, warn, exec]
        });
        match self.action {
            Action::BuiltIn => built_in,
            Action::Warn => warn,
            Action::Exec => exec,
        }
    }
}

/// A profile with every setting.
fn full() -> Profile {
    profile(&[
        (
            "downward-env",
            "POD_NAME,OTEL,GOMAXPROCS,GOMEMLIMIT=limits.memory*90%,REQUEST=requests.memory*50%,PORT=container.port",
        ),
        ("downward-volume", "/etc/podinfo"),
        ("termination-message-path", "/data/log"),
        ("termination-message-policy", "FallbackToLogsOnError"),
        ("startup-probe", "exec:'pg_isready -U app'"),
        ("readiness-probe", "tcp:8080"),
        ("liveness-probe", "grpc grace=5s"),
        ("pre-stop-sleep", "10s"),
        ("termination-grace-period", "45s"),
        ("requests", "cpu=200m,memory=2Gi,ephemeral-storage=1Gi"),
        ("limits", "cpu=0.5,memory=2048Mi"),
    ])
}

/// A profile of these values, in the annotations' grammar.
pub fn profile(values: &[(&str, &str)]) -> Profile {
    let mut layer = Layer::default();
    for (key, value) in values {
        (keys::find(key).unwrap().set)(&mut layer, value).unwrap();
    }
    layer.settings
}

/// Runs one round; the error is the message of a denial.
pub fn try_round(pod: &Value, setup: Setup, root: Root) -> Result<Injection, String> {
    let json = serde_json::to_vec(pod).unwrap();
    let opt_in = setup.namespace.map_or(OptIn::Pod, |profile| OptIn::Namespace { profile });
    let configuration = setup.configuration();
    match inject(&Pod::parse(&json).unwrap(), opt_in, configuration, root) {
        Ok(injection) => Ok(injection),
        Err(Refused::Faults(faults)) => {
            assert_eq!(configuration.on_invalid_annotation, OnInvalidAnnotation::Deny, "denied: {faults}");
            assert!(faults.to_string().len() <= 4096 && faults.count() > 0);
            Err(faults.to_string())
        }
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    }
}

/// Runs one round; `None` if the Pod is denied.
pub fn round(pod: &Value, setup: Setup) -> Option<Injection> {
    try_round(pod, setup, Root::Pod).ok()
}

/// The document with the patch applied, if there is one.
pub fn applied(document: &Value, injection: &Injection) -> Value {
    let patch = injection.patch.as_ref();
    patch.map_or_else(|| document.clone(), |patch| patched(document, patch.as_json()))
}
