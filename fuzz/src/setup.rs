//! What podwright runs with: a few configurations that differ in what they do with the same Pod.

use std::sync::LazyLock;

use podwright_core::profile::file::ConfigurationFile;
use podwright_core::profile::{Configuration, OptIn};

/// A profile that names everything, and in as many grammars as there are.
const FULL: &str = r#"
apiVersion: podwright.dev/v1alpha1
kind: Configuration
excludeContainers: [istio-proxy]
profiles:
  full:
    downwardEnv: [POD_NAME, "GOMEMLIMIT=limits.memory*90%", "REQUEST=requests.memory*50%", "PORT=container.port"]
    downwardVolume: /etc/podinfo
    terminationMessagePath: /data/log
    terminationMessagePolicy: FallbackToLogsOnError
    startupProbe: "exec:'pg_isready -U app'"
    readinessProbe: tcp:8080
    livenessProbe: grpc grace=5s
    preStopSleep: 10s
    terminationGracePeriod: 45s
    requests: {cpu: 200m, memory: 2Gi, ephemeral-storage: 1Gi}
    limits: {cpu: "0.5", memory: 2048Mi}
"#;

/// A configuration, and the profile with which the Namespace opted in, where it did.
#[derive(Debug)]
pub struct Setup {
    /// What podwright runs with.
    pub configuration: Configuration,
    /// The Namespace's profile.
    pub namespace: Option<&'static str>,
}

impl Setup {
    /// Who opted in.
    pub fn opt_in(&self) -> OptIn<'static> {
        self.namespace.map_or(OptIn::Pod, |profile| OptIn::Namespace { profile })
    }
}

static ALL: LazyLock<Vec<Setup>> = LazyLock::new(|| {
    let with = |fields: &str| {
        let document = ConfigurationFile::parse(&format!("{FULL}{fields}\n"));
        document.unwrap_or_else(|problems| panic!("{:?}", problems.lines("full"))).configuration().clone()
    };
    let (deny, warn, exec) = (with(""), with("onInvalidAnnotation: Warn"), with("preStopAction: Exec"));
    vec![
        Setup { configuration: deny.clone(), namespace: None },
        Setup { configuration: deny.clone(), namespace: Some("default") },
        Setup { configuration: warn.clone(), namespace: Some("full") },
        Setup { configuration: exec, namespace: Some("full") },
        Setup { configuration: warn, namespace: Some("web") },
        Setup { configuration: deny, namespace: Some("full") },
    ]
});

/// The setup for these bytes: the same for the same bytes, and another one soon, as their number is what mutations change
/// most. One for each input, not all of them, so that there are more inputs in a minute.
pub fn of(bytes: &[u8]) -> &'static Setup {
    &ALL[bytes.len() % ALL.len()]
}
