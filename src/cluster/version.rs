//! The API server's version, which decides about native sleeps.

use super::backoff::pause;
use super::client::Cluster;

/// The version of an API server, such as 1.37.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubernetesVersion {
    /// The major version: 1.
    pub major: u32,
    /// The minor version, such as 37.
    pub minor: u32,
}

/// The number of minor versions by which a kubelet may be older than its API server.
const OLDER_KUBELETS: u32 = 3;

impl KubernetesVersion {
    /// The first version that has `preStop.sleep` on by default, in the API server and in the kubelet.
    const WITH_SLEEP: Self = Self { major: 1, minor: 30 };

    /// Parses the two numbers. Accepts suffixes, because some clouds write `30+`.
    pub fn parse(major: &str, minor: &str) -> Option<Self> {
        let number = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text.get(..end)?.parse().ok()
        };
        Some(Self { major: number(major)?, minor: number(minor)? })
    }

    /// Reports whether it supports `preStop.sleep`. Version 1.29 refuses the field, or has it behind a feature gate.
    pub fn knows_sleep(self) -> bool {
        self >= Self::WITH_SLEEP
    }

    /// Reports whether a node of this API server may have a kubelet that ignores `preStop.sleep`. A kubelet may be three
    /// minor versions older than its API server. Version 1.29 has the sleep behind a feature gate and skips it silently;
    /// 1.28 reports a failed hook. Neither waits.
    pub fn may_have_kubelets_without_sleep(self) -> bool {
        self.knows_sleep() && self.minor < Self::WITH_SLEEP.minor + OLDER_KUBELETS && self.major == 1
    }
}

impl Cluster {
    /// Requests the version until the API server answers; returns nothing if the answer is not a version.
    pub async fn version(&self) -> Option<KubernetesVersion> {
        let mut failures = 0;
        loop {
            match self.answered(self.client().apiserver_version()).await {
                Ok(info) => return KubernetesVersion::parse(&info.major, &info.minor),
                Err(failure) => tracing::debug!("cannot read the API server's version: {failure}; retrying"),
            }
            failures += 1;
            tokio::time::sleep(pause(failures)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KubernetesVersion;

    #[test]
    fn a_sleep_is_for_servers_from_1_30_on() {
        let knows = |major, minor| KubernetesVersion::parse(major, minor).map(KubernetesVersion::knows_sleep);
        assert_eq!([knows("1", "36"), knows("1", "30+"), knows("2", "0")], [Some(true); 3]);
        assert_eq!([knows("1", "29"), knows("1", "28-gke.1")], [Some(false); 2]);
        assert_eq!([knows("", ""), knows("one", "thirty")], [None; 2]);
    }

    #[test]
    fn a_kubelet_may_be_three_minor_versions_older() {
        let may = |minor| KubernetesVersion { major: 1, minor }.may_have_kubelets_without_sleep();
        assert_eq!([29, 30, 31, 32, 33, 37].map(may), [false, true, true, true, false, false]);
        assert!(!KubernetesVersion { major: 2, minor: 0 }.may_have_kubelets_without_sleep());
    }
}
