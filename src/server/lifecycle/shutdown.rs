//! The stop, in two steps that every part watches: it is announced, and begins after the lame duck.
//!
//! The API servers learn only by and by that an endpoint is not ready. The announcement therefore changes the answer of `/readyz`,
//! and HTTP/1.1 connections end with their next response. Requests are still served. A second signal ends the process at once.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::runtimes::Control;
use crate::server::error::Error;

/// The progress of the stop; clones see the same stop.
#[derive(Clone)]
pub struct Stop {
    step: watch::Receiver<StopStep>,
    in_flight: Gauge,
    /// The sender of a stop that never comes: a dropped one would count as a stop.
    _never: Option<Arc<watch::Sender<StopStep>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StopStep {
    Serving,
    Announced,
    Begun,
}

impl Stop {
    /// Returns a stop that SIGTERM announces and that begins after `lame_duck`. Ctrl-C begins it at once. A second signal of
    /// either kind ends the process at once, even before it serves. `control` watches the signals, so busy workers do not matter.
    ///
    /// # Errors
    /// The system does not deliver signals.
    pub fn on_signals(lame_duck: Duration, control: &Control) -> Result<Self, Error> {
        let _entered = control.handle().enter();
        let terminate = signal(SignalKind::terminate()).map_err(Error::Signals)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(Error::Signals)?;
        let (sender, step) = watch::channel(StopStep::Serving);
        let in_flight = Gauge::default();
        control.spawn(watch_signals(Signals { terminate, interrupt }, lame_duck, sender, in_flight.clone()));
        Ok(Self { step, in_flight, _never: None })
    }

    /// Returns a stop that never comes.
    pub(crate) fn never() -> Self {
        let (sender, step) = watch::channel(StopStep::Serving);
        Self { step, in_flight: Gauge::default(), _never: Some(Arc::new(sender)) }
    }

    /// The gauge of requests in flight: a second signal logs how many it cuts off.
    pub(crate) fn in_flight(&self) -> Gauge {
        self.in_flight.clone()
    }

    /// Returns whether the stop is announced or has begun.
    pub(crate) fn is_announced(&self) -> bool {
        *self.step.borrow() >= StopStep::Announced
    }

    /// Returns whether the stop has begun.
    pub(crate) fn has_begun(&self) -> bool {
        *self.step.borrow() == StopStep::Begun
    }

    /// Waits for the beginning of the stop.
    pub(crate) async fn begun(&self) {
        // An error means that the sender is gone, which is an end as well.
        let _ = self.step.clone().wait_for(|step| *step == StopStep::Begun).await;
    }

    /// Waits for the stop, and from then on at most `time` for the end of the webhook's listener.
    pub(crate) async fn drain(self, mut webhook: JoinHandle<()>, time: Duration) -> Result<(), Error> {
        let ended = tokio::select! {
            () = self.begun() => false,
            _ = &mut webhook => true,
        };
        // The listener may see the stop before this task does, and end at once if it has no connections.
        if ended && !self.has_begun() {
            return Err(Error::ListenerEnded);
        }
        tracing::info!("stopping: not ready any more, finishing the requests in flight");
        if !ended && timeout(time, &mut webhook).await.is_err() {
            webhook.abort();
            return Err(Error::DrainTimeout(time.as_secs()));
        }
        tracing::info!("stopped: every request was answered");
        Ok(())
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Returns the name of the next signal: SIGTERM from the kubelet, or SIGINT (Ctrl-C) from a terminal.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

async fn watch_signals(mut signals: Signals, lame_duck: Duration, stop: watch::Sender<StopStep>, in_flight: Gauge) {
    let signal = signals.next().await;
    tracing::info!(signal, "asked to stop");
    // No API server has to learn of a Ctrl-C.
    tokio::spawn(begin(if signal == "SIGTERM" { lame_duck } else { Duration::ZERO }, stop));
    let signal = signals.next().await;
    let requests_in_flight = in_flight.get();
    tracing::warn!(signal, requests_in_flight, "asked to stop again: ending at once, requests in flight are cut off");
    std::process::exit(1);
}

async fn begin(lame_duck: Duration, stop: watch::Sender<StopStep>) {
    if !lame_duck.is_zero() {
        stop.send_replace(StopStep::Announced);
        tracing::info!(?lame_duck, "not ready any more, serving on until the API servers know (--lame-duck)");
        tokio::time::sleep(lame_duck).await;
    }
    stop.send_replace(StopStep::Begun);
}
