//! One object that is followed: listed, then watched from there, and listed again whenever the watch ends.
//!
//! What was seen last stays where the API server is away: whoever serves goes on with it. Never a watch of more than the one
//! name, which is all that podwright may see.

use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use kube::api::{ListParams, WatchEvent, WatchParams};
use tokio::sync::watch;

use super::objects::{Kind, Object};
use super::{Cluster, Failure, answered};

/// How long a watch lasts. Every list is also a second look at what a watch may have missed.
pub(super) const WATCHED: Duration = Duration::from_secs(50);

/// What is known of an object.
#[derive(Clone)]
pub(super) enum Seen {
    /// It was never seen, and why.
    Unknown(String),
    Absent,
    There(Object),
}

impl Cluster {
    /// Tells what becomes of the object, for as long as it is polled.
    pub(super) async fn follow(&self, kind: Kind, seen: &watch::Sender<Seen>) {
        let mut failures = 0;
        loop {
            let begun = Instant::now();
            if let Err(failure) = self.follow_once(kind, seen).await {
                let error = self.failed("watch", kind, &failure);
                tracing::warn!("{error}; what was seen last stays, and it is tried again");
                let unknown = |seen: &mut Seen| {
                    let unknown = matches!(seen, Seen::Unknown(_));
                    if unknown {
                        *seen = Seen::Unknown(error.to_string());
                    }
                    unknown
                };
                seen.send_if_modified(unknown);
                failures = if begun.elapsed() > WATCHED / 2 { 1 } else { failures + 1 };
            } else {
                failures = 0;
            }
            tokio::time::sleep(pause(failures)).await;
        }
    }

    async fn follow_once(&self, kind: Kind, seen: &watch::Sender<Seen>) -> Result<(), Failure> {
        let (api, selector) = (self.api(kind), format!("metadata.name={}", self.name(kind)));
        let list = answered(api.list(&ListParams::default().fields(&selector))).await?;
        let version = list.metadata.resource_version.unwrap_or_default();
        tell(seen, list.items.into_iter().next().map(Object::new));
        let seconds = u32::try_from(WATCHED.as_secs()).unwrap_or(u32::MAX);
        let parameters = WatchParams::default().fields(&selector).timeout(seconds);
        let mut events = pin!(answered(api.watch(&parameters, &version)).await?);
        while let Some(event) = events.try_next().await? {
            match event {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => tell(seen, Some(Object::new(object))),
                WatchEvent::Deleted(_) => tell(seen, None),
                WatchEvent::Bookmark(_) => {}
                // As when the version is too old (410): listed anew.
                WatchEvent::Error(status) => return Err(Failure::Other(status.message)),
            }
        }
        Ok(())
    }
}

/// Wakes nobody where it is what was seen before.
pub(super) fn tell(seen: &watch::Sender<Seen>, object: Option<Object>) {
    let version = |seen: &Seen| match seen {
        Seen::Unknown(_) => None,
        Seen::Absent => Some(String::new()),
        Seen::There(object) => Some(object.version().to_owned()),
    };
    let new = object.map_or(Seen::Absent, Seen::There);
    seen.send_if_modified(|seen| {
        let differs = version(seen) != version(&new);
        *seen = new;
        differs
    });
}

/// How long to wait after so many failures: up to 10 seconds, and never the same for two replicas.
pub(super) fn pause(failures: u32) -> Duration {
    let base = Duration::from_millis(100 << failures.min(6)).min(Duration::from_secs(10));
    let random = u32::try_from(RandomState::new().hash_one(failures) % 1024).unwrap_or(0);
    base / 2 + base / 2 * random / 1024
}
