//! The API server's version, as far as it matters to what is written into Pods.

use super::follow::pause;
use super::{Cluster, answered};

/// Such as 1.37.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1.
    pub major: u32,
    /// Such as 37.
    pub minor: u32,
}

impl Version {
    /// As the API server tells them; some clouds write `30+`.
    pub fn read(major: &str, minor: &str) -> Option<Self> {
        let number = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text.get(..end)?.parse().ok()
        };
        Some(Self { major: number(major)?, minor: number(minor)? })
    }

    /// Whether Pods with a `preStop.sleep` are taken as they are: 1.29 refuses it or has it behind a feature gate.
    pub fn knows_sleep(self) -> bool {
        self >= Self { major: 1, minor: 30 }
    }
}

impl Cluster {
    /// Asks for the version, which everybody may, until there is an answer; nothing where that is no version.
    pub async fn version(&self) -> Option<Version> {
        let mut failures = 0;
        loop {
            match answered(self.client.apiserver_version()).await {
                Ok(info) => return Version::read(&info.major, &info.minor),
                Err(failure) => tracing::debug!("cannot ask the API server for its version: {failure}"),
            }
            failures += 1;
            tokio::time::sleep(pause(failures)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_sleep_is_for_servers_from_1_30_on() {
        let knows = |major, minor| Version::read(major, minor).map(Version::knows_sleep);
        assert_eq!([knows("1", "36"), knows("1", "30+"), knows("2", "0")], [Some(true); 3]);
        assert_eq!([knows("1", "29"), knows("1", "28-gke.1")], [Some(false); 2]);
        assert_eq!([knows("", ""), knows("one", "thirty")], [None; 2]);
    }
}
