//! The stop has two steps: SIGTERM announces it, and it begins after the lame duck.
//!
//! API servers learn with a delay that an endpoint is not ready. From the announcement on, `/readyz` fails and HTTP/1.1
//! connections end with their next response, but podwright still serves requests. A second signal ends the process at
//! once.

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
    /// The sender of a stop that never comes. A dropped sender would count as a stop.
    _never: Option<Arc<watch::Sender<StopStep>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StopStep {
    Serving,
    Announced,
    Begun,
}

impl Stop {
    /// Returns a stop that SIGTERM announces and that begins after `lame_duck`. Ctrl-C begins it at once. A second
    /// signal ends the process at once, even before it serves. `control` watches the signals, so busy workers do not
    /// delay them.
    ///
    /// # Errors
    /// The system does not deliver signals.
    pub fn on_signals(lame_duck: Duration, control: &Control) -> Result<Self, Error> {
        let _entered = control.handle().enter();
        let signal = |kind| signal(kind).map_err(|error| Error::System("listen for SIGTERM and Ctrl-C", error));
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (sender, step) = watch::channel(StopStep::Serving);
        let in_flight = Gauge::default();
        control.spawn(watch_signals(Signals { terminate, interrupt }, lame_duck, sender, in_flight.clone()));
        Ok(Self { step, in_flight, _never: None })
    }

    pub(crate) fn never() -> Self {
        let (sender, step) = watch::channel(StopStep::Serving);
        Self { step, in_flight: Gauge::default(), _never: Some(Arc::new(sender)) }
    }

    /// Returns the gauge of requests in flight. A second signal logs how many it cuts off.
    pub(crate) fn in_flight(&self) -> Gauge {
        self.in_flight.clone()
    }

    pub(crate) fn is_announced(&self) -> bool {
        *self.step.borrow() >= StopStep::Announced
    }

    pub(crate) fn has_begun(&self) -> bool {
        *self.step.borrow() == StopStep::Begun
    }

    pub(crate) async fn begun(&self) {
        // An error means a dropped sender, which is a stop too.
        let _ = self.step.clone().wait_for(|step| *step == StopStep::Begun).await;
    }

    /// Waits for the stop, then at most `time` for the end of the webhook's listener.
    pub(crate) async fn drain(self, mut webhook: JoinHandle<()>, time: Duration) -> Result<(), Error> {
        let ended = tokio::select! {
            () = self.begun() => false,
            _ = &mut webhook => true,
        };
        // The listener may see the stop before this task, and ends at once if it has no connections.
        if ended && !self.has_begun() {
            return Err(Error::Bug("the webhook's listener ended unexpectedly"));
        }
        tracing::info!("stopping: no longer ready; finishing the requests in flight");
        if !ended && timeout(time, &mut webhook).await.is_err() {
            webhook.abort();
            return Err(Error::DrainTimeout(time.as_secs()));
        }
        tracing::info!("stopped: all requests were answered");
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
    tracing::info!(signal, "received a signal to stop");
    // No API server calls a podwright in a terminal.
    tokio::spawn(begin(if signal == "SIGTERM" { lame_duck } else { Duration::ZERO }, stop));
    let signal = signals.next().await;
    let requests_in_flight = in_flight.get();
    tracing::warn!(
        signal,
        requests_in_flight,
        "received a second signal: ending at once without the responses to requests in flight"
    );
    std::process::exit(1);
}

async fn begin(lame_duck: Duration, stop: watch::Sender<StopStep>) {
    if !lame_duck.is_zero() {
        stop.send_replace(StopStep::Announced);
        tracing::info!(?lame_duck, "no longer ready; still serving until all API servers know (--lame-duck)");
        tokio::time::sleep(lame_duck).await;
    }
    stop.send_replace(StopStep::Begun);
}
