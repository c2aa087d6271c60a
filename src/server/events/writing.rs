//! The task that writes events, one after another.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Shared;
use super::ledger::DueWrite;
use super::note::PodEvent;
use crate::cluster::{EventText, EventWriter, Regarding, RequestFailure};
use crate::server::metrics::EventResult;

/// The time between two rounds. Pods of a rollout within it become one event.
const ROUND: Duration = Duration::from_secs(1);
/// The time between two log lines about failures.
const QUIET: Duration = Duration::from_secs(5 * 60);
/// The end of the API server's message in a Namespace that is being deleted, which is also a 403.
const TERMINATING: &str = "because it is being terminated";

/// Writes events as they fall due, as long as the process runs.
pub(super) async fn write_events(shared: Arc<Shared>, writer: EventWriter) {
    let (mut rounds, mut log) = (interval(ROUND), FailureLog::default());
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        for due in shared.with_ledger(|ledger| ledger.due(Instant::now())) {
            match write(&writer, &due).await {
                Ok(()) => {
                    shared.counters.count(EventResult::Success);
                    log.forbidden = false;
                }
                Err(failure) => {
                    shared.counters.count(EventResult::Failure);
                    shared.with_ledger(|ledger| ledger.forget(&due.event));
                    log.failed(&failure);
                }
            }
        }
    }
}

async fn write(writer: &EventWriter, due: &DueWrite) -> Result<(), RequestFailure> {
    let DueWrite { event, name, occurrences, is_new } = due;
    let text = text(event);
    match is_new {
        true => writer.create(name, &text, *occurrences).await,
        false => writer.repeat(name, text.regarding, *occurrences).await,
    }
}

fn text(PodEvent { controller, kind, reason, note }: &PodEvent) -> EventText<'_> {
    let regarding = Regarding {
        namespace: &controller.namespace,
        api_version: &controller.api_version,
        kind: &controller.kind,
        name: &controller.name,
        uid: &controller.uid,
    };
    EventText { regarding, kind, reason, note }
}

/// The failures in the log so far.
#[derive(Default)]
struct FailureLog {
    /// True after the line about a missing right, until an event is written.
    forbidden: bool,
    last: Option<Instant>,
}

impl FailureLog {
    /// Logs a failure: a missing right once, and others rarely.
    fn failed(&mut self, failure: &RequestFailure) {
        match failure {
            RequestFailure::NotAllowed(message) if !message.contains(TERMINATING) => {
                if !std::mem::replace(&mut self.forbidden, true) {
                    tracing::warn!(
                        "cannot write events: {message}. Pods are injected without them. Grant the right with \
                         `podwright install --component events` or the chart's value events.enabled=true, or remove --events"
                    );
                }
            }
            failure => {
                if self.last.is_none_or(|last| last.elapsed() >= QUIET) {
                    self.last = Some(Instant::now());
                    tracing::warn!("cannot write an event: {failure}. Pods are injected without it");
                }
            }
        }
    }
}
