//! The stop, in two steps that every part watches: it is announced, and after the lame duck it begins.
//!
//! An endpoint that is not ready is taken out of the Service by and by, and requests come until every API server knows; so
//! what is announced changes the answer to "ready?" and lets HTTP/1.1 connections end with their next answer. The parts
//! decide what the stop means to them; nothing is cut off from here, except by a second signal, which is somebody saying
//! that waiting is over, whatever is waited for.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::server::{Control, Error};

/// How far the stop has come; clones see the same stop.
#[derive(Clone)]
pub struct Stop {
    step: watch::Receiver<Step>,
    in_flight: Gauge,
    /// Keeps the sender of a stop that never comes, because a dropped one would count as a stop.
    _never: Option<Arc<watch::Sender<Step>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Serving,
    Announced,
    Begun,
}

/// What asks to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// SIGTERM: the kubelet.
    Terminate,
    /// Ctrl-C: a person at a terminal, behind whom no endpoints have to catch up.
    Interrupt,
}

impl Stop {
    /// A stop that is announced with SIGTERM and begins after `lame_duck`; with Ctrl-C it begins at once. A second signal of
    /// either kind ends the process at once, also where it does not serve yet. Watched by `control`, whatever holds the workers.
    ///
    /// # Errors
    /// Where the system does not let us listen for signals.
    pub fn on_signals(lame_duck: Duration, control: &Control) -> Result<Self, Error> {
        let sentence = |error| Error::new(format!("cannot listen for SIGTERM and Ctrl-C: {error}"));
        let _entered = control.handle().enter();
        let signals = Signals {
            terminate: signal(SignalKind::terminate()).map_err(sentence)?,
            interrupt: signal(SignalKind::interrupt()).map_err(sentence)?,
        };
        let (sender, step) = watch::channel(Step::Serving);
        let in_flight = Gauge::default();
        control.spawn(watch_signals(signals, lame_duck, sender, in_flight.clone()));
        Ok(Self { step, in_flight, _never: None })
    }

    /// A stop that never comes.
    pub(crate) fn never() -> Self {
        let (sender, step) = watch::channel(Step::Serving);
        Self { step, in_flight: Gauge::default(), _never: Some(Arc::new(sender)) }
    }

    /// Where requests in flight are counted, so that one can say how many a second signal cuts off.
    pub(crate) fn in_flight(&self) -> Gauge {
        self.in_flight.clone()
    }

    /// Whether it is announced, or has begun.
    pub(crate) fn is_announced(&self) -> bool {
        *self.step.borrow() >= Step::Announced
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        *self.step.borrow() == Step::Begun
    }

    /// Returns when it begins, at once where it already has. Who waits is told one after the other: another who was told
    /// before may have come to its end by then.
    pub(crate) async fn begun(&self) {
        // An error means that the one who would say so is gone, which is an end as well.
        let _ = self.step.clone().wait_for(|step| *step == Step::Begun).await;
    }
}

impl Asked {
    fn signal(self) -> &'static str {
        match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
        }
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Terminate,
            _ = self.interrupt.recv() => Asked::Interrupt,
        }
    }
}

async fn watch_signals(mut signals: Signals, lame_duck: Duration, stop: watch::Sender<Step>, in_flight: Gauge) {
    let asked = signals.next().await;
    tracing::info!(signal = asked.signal(), "asked to stop");
    tokio::spawn(begin(asked, lame_duck, stop));
    let again = signals.next().await;
    tracing::warn!(
        signal = again.signal(),
        requests_in_flight = in_flight.get(),
        "asked to stop again: ending at once, requests in flight are cut off"
    );
    std::process::exit(1);
}

async fn begin(asked: Asked, lame_duck: Duration, stop: watch::Sender<Step>) {
    if asked == Asked::Terminate && !lame_duck.is_zero() {
        stop.send_replace(Step::Announced);
        tracing::info!(?lame_duck, "not ready any more, serving on until the API servers know (--lame-duck)");
        tokio::time::sleep(lame_duck).await;
    }
    stop.send_replace(Step::Begun);
}
