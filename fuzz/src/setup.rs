//! Setups of podwright: a few configurations that treat the same Pod differently.

use std::sync::LazyLock;

use podwright_core::profile::file::ConfigurationFile;
use podwright_core::profile::{Configuration, OptIn};

/// A profile with every setting, in as many grammars as there are.
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

/// A configuration, and the profile with which the Namespace opted in, if it did.
#[derive(Debug)]
pub struct Setup {
    /// podwright's configuration.
    pub configuration: Configuration,
    /// The Namespace's profile.
    pub namespace: Option<&'static str>,
}

impl Setup {
    /// The source of the opt-in.
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

/// The setup for these bytes. It depends on their number, because mutations change that most often. One setup per
/// input, not all, allows more inputs in a minute.
pub fn of(bytes: &[u8]) -> &'static Setup {
    &ALL[bytes.len() % ALL.len()]
}
