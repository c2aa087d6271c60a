//! The API server's version, which decides about native sleeps.

use super::backoff::pause;
use super::client::Cluster;
use super::error::answered;

/// The version of an API server, such as 1.37.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubernetesVersion {
    /// The major version: 1.
    pub major: u32,
    /// The minor version, such as 37.
    pub minor: u32,
}

impl KubernetesVersion {
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
        self >= Self { major: 1, minor: 30 }
    }
}

impl Cluster {
    /// Requests the version until the API server answers; returns nothing if the answer is not a version.
    pub async fn version(&self) -> Option<KubernetesVersion> {
        let mut failures = 0;
        loop {
            match answered(self.client().apiserver_version()).await {
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
}
