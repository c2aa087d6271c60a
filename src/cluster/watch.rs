//! One watched object: podwright lists it, watches it, and lists it again when the watch ends.
//!
//! Without an API server the last state stays. Each watch is for one name, because podwright may read no other objects.

use std::pin::pin;
use std::time::Instant;

use futures_util::TryStreamExt;
use kube::api::{ListParams, WatchEvent, WatchParams};
use tokio::sync::watch;

use super::backoff::pause;
use super::client::Cluster;
use super::error::{Error, RequestFailure};
use super::objects::{Object, ObjectKind, WATCH_TIMEOUT};

/// The known state of an object.
#[derive(Clone)]
pub(super) enum ObjectState {
    /// The API server has never answered, for this reason.
    Unknown(Error),
    Absent,
    Present(Object),
}

/// The latest state of an object, with notifications of changes.
pub(super) struct Watched(watch::Sender<ObjectState>);

impl Watched {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(ObjectState::Unknown(Error::NotAnsweredYet)))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<ObjectState> {
        self.0.subscribe()
    }

    /// Returns the object, or nothing if it does not exist.
    ///
    /// # Errors
    /// If the API server has never answered.
    pub(super) fn known(&self) -> Result<Option<Object>, Error> {
        match &*self.0.borrow() {
            ObjectState::Unknown(error) => Err(error.clone()),
            ObjectState::Absent => Ok(None),
            ObjectState::Present(object) => Ok(Some(object.clone())),
        }
    }

    /// Sets the state, and notifies subscribers if it differs.
    pub(super) fn set(&self, object: Option<Object>) {
        let new = object.map_or(ObjectState::Absent, ObjectState::Present);
        self.0.send_if_modified(|state| {
            let differs = state.version() != new.version();
            *state = new;
            differs
        });
    }

    /// Replaces the reason if the state is unknown.
    fn set_unknown(&self, error: Error) {
        self.0.send_if_modified(|state| {
            let is_unknown = matches!(state, ObjectState::Unknown(_));
            if is_unknown {
                *state = ObjectState::Unknown(error);
            }
            is_unknown
        });
    }
}

impl ObjectState {
    /// Returns a value that differs between states: the object's version, an empty text, or nothing.
    fn version(&self) -> Option<&str> {
        match self {
            Self::Unknown(_) => None,
            Self::Absent => Some(""),
            Self::Present(object) => Some(object.version()),
        }
    }
}

impl Cluster {
    /// Keeps the state up to date, until the future is dropped.
    pub(super) async fn watch(&self, kind: ObjectKind, watched: &Watched) {
        let mut failures = 0;
        loop {
            let begun = Instant::now();
            if let Err(failure) = self.watch_once(kind, watched).await {
                let error = self.request_error("watch", kind, failure);
                tracing::warn!("{error}; keeping the last known state and retrying");
                watched.set_unknown(error);
                failures = if begun.elapsed() > WATCH_TIMEOUT / 2 { 1 } else { failures + 1 };
            } else {
                failures = 0;
            }
            tokio::time::sleep(pause(failures)).await;
        }
    }

    async fn watch_once(&self, kind: ObjectKind, watched: &Watched) -> Result<(), RequestFailure> {
        let (api, selector) = (self.api(kind), format!("metadata.name={}", self.name(kind)));
        let list = self.answered(api.list(&ListParams::default().fields(&selector))).await?;
        let version = list.metadata.resource_version.unwrap_or_default();
        watched.set(list.items.into_iter().next().map(Object::new));
        let seconds = u32::try_from(WATCH_TIMEOUT.as_secs()).unwrap_or(u32::MAX);
        let parameters = WatchParams::default().fields(&selector).timeout(seconds);
        let mut events = pin!(self.answered(api.watch(&parameters, &version)).await?);
        let failed = |error| RequestFailure::of(error, self.destination());
        while let Some(event) = events.try_next().await.map_err(failed)? {
            match event {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => watched.set(Some(Object::new(object))),
                WatchEvent::Deleted(_) => watched.set(None),
                WatchEvent::Bookmark(_) => {}
                // Such as a version that is too old (410). List again.
                WatchEvent::Error(status) => return Err(RequestFailure::Refused(status.message)),
            }
        }
        Ok(())
    }
}
