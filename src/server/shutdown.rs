//! The stop: one value that every part watches, begun by SIGTERM or Ctrl-C.
//!
//! The parts decide what the stop means to them; nothing is cut off from here, except by a second signal, which is the
//! operator saying that waiting is over.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::Error;

/// Whether the stop has begun; clones see the same stop.
#[derive(Clone)]
pub struct Stop {
    begun: watch::Receiver<bool>,
    /// Keeps the sender of a stop that never comes, because a dropped one would count as a stop.
    _never: Option<Arc<watch::Sender<bool>>>,
}

impl Stop {
    /// A stop that begins with the first SIGTERM or Ctrl-C; a second one ends the process at once.
    ///
    /// # Errors
    /// Where the system does not let us listen for signals.
    pub fn on_signals() -> Result<Self, Error> {
        let sentence = |error| Error::new(format!("cannot listen for SIGTERM and Ctrl-C: {error}"));
        let terminate = signal(SignalKind::terminate()).map_err(sentence)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(sentence)?;
        let (sender, begun) = watch::channel(false);
        tokio::spawn(watch_signals(terminate, interrupt, sender));
        Ok(Self { begun, _never: None })
    }

    /// A stop that never comes.
    pub(super) fn never() -> Self {
        let (sender, begun) = watch::channel(false);
        Self { begun, _never: Some(Arc::new(sender)) }
    }

    /// Whether it has begun.
    pub(super) fn has_begun(&self) -> bool {
        *self.begun.borrow()
    }

    /// Returns when it begins, at once where it already has.
    pub(super) async fn begun(&self) {
        // An error means that the one who would say so is gone, which is an end as well.
        let _ = self.begun.clone().wait_for(|begun| *begun).await;
    }
}

async fn watch_signals(mut terminate: Signal, mut interrupt: Signal, stop: watch::Sender<bool>) {
    let name = either(&mut terminate, &mut interrupt).await;
    tracing::info!(signal = name, "asked to stop");
    stop.send_replace(true);
    let name = either(&mut terminate, &mut interrupt).await;
    tracing::warn!(signal = name, "asked to stop again: ending at once, requests in flight are cut off");
    std::process::exit(1);
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
